"""What is to be done, in order: root causes before their effects, and what brings data before what
goes on without it.

One list for the page, the report and the end of a run. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from operator import attrgetter

from core.counted import counted, noun_for, verb_for
from core.remedy import INGEST_FILES, PLACEHOLDER, Remedy
from planning.causes import BehindGate, SharedCause
from planning.open_games import DatedGame
from planning.overrides import Override
from planning.reasons import Cause, Reason
from planning.selection import Selection
from planning.waivers import COVERAGE_FLAGS, SCHEDULE
from reports.breaches import SHOT_CHECKS, BrokenCheck, closing_checks, games_behind
from reports.causes import cause_steps, remove_step, tell_cause_of_gaps
from reports.commands import spell
from reports.next_steps import Step, command_on
from reports.no_go import tell_closing
from reports.notices import awaited_words, tell_overdue
from reports.reasons import tell_game_list
from validation.extent import Extent
from validation.verdict import Verdict

WAITS = (
    "dates whose games were played wait for a game that is not final; load its result"
)
ALL_IS_THERE = "all is there; read it back against the ledger"
COVERED_IS_THERE = (
    "all is there but for games that a raw table has no rows of; read it back against the "
    "ledger"
)
GONE = "rows were removed that nobody had agreed to; the report tells which and why"
WHERE_WRONG = "where they should have stayed: load what is wrong again"
BRINGS_BACK = "after that, not before: computes what was removed"
LEFT = "what is there now, and which games are called off"
AGAIN = "computes what is not fresh, and judges again"
ONCE_CHANGED = (
    "once something changed: a verdict stands until data, a limit, a waiver or a query is "
    "another"
)
JUDGES = "judges what no gate has judged"
ONCE_CORRECTED = (
    "once the data is corrected, not before: computes what broke, and judges again"
)
ONCE_LOADED = "after that, not before: computes what waits, and judges again"
WHAT_AN_OVERRIDE_DOES = (
    "an override let one run pass; the next backfill stops here again, unless it is given "
    "--on-no-go override as well"
)
"""What it lets pass, and what it does not."""
AGREEMENT = ("--allow-removal", PLACEHOLDER)
WHICH_GO = (
    "which rows a backfill would remove, and because of what; where that is wrong, load it "
    "again"
)


class Rank(IntEnum):
    """Where something stands in the list: what lies behind others comes before them."""

    RAW = 0
    BROKEN = 1
    GATE = 2
    DAMAGED = 3
    DUE = 4
    RUN = 5
    EFFECT = 6
    FEATURES = 7
    LAST = 8


@dataclass(frozen=True)
class Todo:
    """Something to be done: what is amiss, in a sentence, and the command that helps; commands
    after the first are other ways. `section`: the section of the page that tells more."""

    rank: Rank
    what: str
    steps: Sequence[Step] = ()
    section: str = ""


@dataclass(frozen=True)
class Standing:
    """How a selection stands, as far as something follows from it: see the fields of a report.

    `has_waiting`: dates whose games were played wait. `has_uncovered`: a raw table does not cover
    some final games. `extents`: of the phases whose verdict is not on all that is there.
    `needs_agreement`: a backfill would remove more rows than anybody has agreed to.
    `has_lost_rows`: the run that ends here removed rows that nobody had agreed to.
    """

    selection: Selection
    causes: Sequence[SharedCause] = ()
    verdicts: Mapping[str, Verdict | None] = field(default_factory=dict)
    overrides: Sequence[Override] = ()
    games_lacking: Mapping[str, Sequence[str]] = field(default_factory=dict)
    overdue: Sequence[DatedGame] = ()
    awaited: Sequence[DatedGame] = ()
    has_waiting: bool = False
    has_uncovered: bool = False
    extents: Mapping[str, Extent] = field(default_factory=dict)
    needs_agreement: bool = False
    has_lost_rows: bool = False


def todos(standing: Standing) -> list[Todo]:
    """What is to be done, in order; a last look where all is there."""
    listed = in_order([*_of_causes(standing), *_of_games(standing), *_gates(standing)])
    found = [*listed, *_last(standing, listed)]
    return _agreeing(standing, found) if standing.needs_agreement else found


def _agreeing(standing: Standing, found: Sequence[Todo]) -> list[Todo]:
    """The same where every backfill stops before rows go, until a person says why they may."""
    look = Step(command_on(standing.selection, "plan"), WHICH_GO)
    asked = Todo(Rank.RAW, "a backfill stops before it removes rows", [look])
    agreed = [replace(todo, steps=list(map(_agreed, todo.steps))) for todo in found]
    return in_order([*agreed, asked])


def _agreed(step: Step) -> Step:
    if step.remedy.command != "backfill":
        return step
    arguments = (*step.remedy.arguments, *AGREEMENT)
    remedy = replace(step.remedy, arguments=arguments)
    return Step(remedy, f"agrees to that; {step.why}")


def in_order(listed: Sequence[Todo]) -> list[Todo]:
    """What lies behind others first; what stands alike stays in its order."""
    return sorted(listed, key=attrgetter("rank"))


def steps_of(listed: Sequence[Todo]) -> list[Step]:
    """The commands of a list, in its order, each once."""
    found: dict[Remedy, Step] = {}
    for todo in listed:
        for step in todo.steps:
            found.setdefault(step.remedy, step)
    return list(found.values())


def shell_lines(listed: Sequence[Todo]) -> Iterator[str]:
    """The list as a shell takes it: what is amiss as a comment over its commands."""
    for number, todo in enumerate(listed, 1):
        if todo.what:
            yield f"# {number}. {todo.what}"
        yield from map(str, todo.steps)


def _of_causes(standing: Standing) -> Iterator[Todo]:
    """What lies behind the gaps; what waits for a gate is told with the gate."""
    for cause in standing.causes:
        if not isinstance(cause.because, BehindGate):
            steps = cause_steps(cause, standing.selection)
            yield Todo(_rank(cause), tell_cause_of_gaps(cause), steps)


def _rank(cause: SharedCause) -> Rank:
    if cause.is_raw:
        return Rank.RAW
    match cause.because:
        case Reason(cause=Cause.FAILED | Cause.QUARANTINED):
            return Rank.BROKEN
        case Reason(cause=Cause.DAMAGED):
            return Rank.DAMAGED
        case _:
            return Rank.DUE


def _of_games(standing: Standing) -> Iterator[Todo]:
    """Games that hold dates back or lack raw data, of which no gap tells."""
    told = {game for cause in standing.causes for game in cause.games}
    if overdue := [game for game in standing.overdue if game.game_id not in told]:
        it, is_ = ("it", "it is") if len(overdue) == 1 else ("them", "they are")
        what = f"{tell_overdue(overdue)}; load {it} again, or say that {is_} not played"
        ids = [game.game_id for game in overdue]
        never = Step(_waive(ids, SCHEDULE), f"or accept that {is_} not played")
        yield Todo(Rank.RAW, what, [_load_results(overdue), never])
    if standing.awaited:
        what = spell(awaited_words(standing.awaited))
        yield Todo(Rank.RAW, what, [_load_results(standing.awaited)])
    for table, games in standing.games_lacking.items():
        if lacking := [game for game in games if game not in told]:
            yield _lacking(table, lacking)


def _load_results(games: Sequence[DatedGame]) -> Step:
    return Step(INGEST_FILES, f"load {noun_for(len(games), 'the result')}")


def _lacking(table: str, games: Sequence[str]) -> Todo:
    """Final games without rows in a raw table."""
    lacks = verb_for(len(games), "lacks rows of", "lack rows of")
    subject = f"{counted(len(games), 'final game')} {lacks}"
    if table in COVERAGE_FLAGS:
        never = Step(_waive(games, table), "or accept that it will never come")
    else:
        never = remove_step(games)
    what = f"{subject} {table}: {', '.join(games[:3])}{', …' if len(games) > 3 else ''}"
    return Todo(Rank.RAW, what, [Step(INGEST_FILES, "load it"), never])


def _waive(games: Sequence[str], table: str) -> Remedy:
    which = (games[0],) if len(games) == 1 else ("--games", "FILE")
    return Remedy("waive", (*which, "--table", table, "--reason", PLACEHOLDER))


def _gates(standing: Standing) -> Iterator[Todo]:
    """Each closed gate with the check that broke; one that only counts gaps is an effect of what
    lies behind those."""
    behind = _behind_gates(standing.causes)
    for phase, verdict in standing.verdicts.items():
        if not verdict or not verdict.blocking:
            continue
        is_effect = bool(standing.causes) and verdict.is_closed_by_gaps
        check = _first(verdict)
        what = f"the gate of {phase} is closed: {tell_closing(check)}"
        if is_effect:
            what += "; it counts gaps alone, and is judged again once they are closed"
        if override_of(verdict, standing.overrides):
            what += f"; {WHAT_AN_OVERRIDE_DOES}"
        if phase in behind:
            what += f"; {tell_cause_of_gaps(behind[phase])}"
        steps = [_gate_step(standing.selection, phase, check)]
        rank = Rank.EFFECT if is_effect else Rank.GATE
        load = [] if is_effect else list(_load_steps(standing, verdict))
        if load:
            # Until what was loaded is another, nothing else helps.
            rank = Rank.RAW
            steps = [*load, *steps]
        yield Todo(rank, what, steps, "gates")


def _load_steps(standing: Standing, verdict: Verdict) -> Iterator[Step]:
    """Load the games that closed a gate again; none of a table whose damage a backfill repairs."""
    damaged: set[str] = set()
    for cause in standing.causes:
        if _rank(cause) is Rank.DAMAGED:
            damaged.update(cause.tables)
    of_boxes: dict[str, None] = {}
    of_shots: dict[str, None] = {}
    for check in closing_checks(verdict):
        if check.breaches[0].table not in damaged:
            found = of_shots if check.name in SHOT_CHECKS else of_boxes
            found |= dict.fromkeys(games_behind(check))
    if games := list(of_boxes or of_shots):
        scores = noun_for(len(games), "box score")
        what = scores if of_boxes else "shots"
        why = f"load the {what} of {tell_game_list(games)} again"
        yield Step(INGEST_FILES, why)


def override_of(verdict: Verdict, overrides: Sequence[Override]) -> Override | None:
    """The decision to go on after this verdict; None where nobody made one."""
    for override in overrides:
        if override.verdict_id == verdict.made.verdict_id:
            return override
    return None


def _behind_gates(causes: Sequence[SharedCause]) -> dict[str, SharedCause]:
    """Phase -> the cells of later phases that wait for its gate."""
    found: dict[str, SharedCause] = {}
    for cause in causes:
        if isinstance(cause.because, BehindGate):
            found[cause.because.phase] = cause
    return found


def _first(verdict: Verdict) -> BrokenCheck:
    """The check to be looked at first: one that something wrong broke before one on gaps."""
    return min(closing_checks(verdict), key=_is_of_gaps)


def _is_of_gaps(check: BrokenCheck) -> bool:
    return check.breaches[0].is_of_gaps


def _gate_step(selection: Selection, phase: str, check: BrokenCheck) -> Step:
    breach = check.breaches[0]
    name = breach.threshold.measurement
    remedy = command_on(selection, "gate", phase, "--check", name)
    return Step(remedy, f"what closed the gate, in {breach.table}")


def _last(standing: Standing, listed: Sequence[Todo]) -> Iterator[Todo]:
    """What comes after all else: compute and judge again, or a last look."""
    selection = standing.selection
    if not listed and standing.has_lost_rows:
        yield Todo(Rank.LAST, GONE, _after_a_loss(selection))
        return
    if standing.has_waiting and not listed:
        yield Todo(Rank.LAST, "", [Step(command_on(selection, "status"), WAITS)])
        return
    if not listed and _are_open(standing):
        why = COVERED_IS_THERE if standing.has_uncovered else ALL_IS_THERE
        look = Step(command_on(selection, "verify"), why)
        yield Todo(Rank.LAST, "", [look])
        return
    reached = [cause for cause in standing.causes if not _is_held(cause)]
    why = _why_again(reached, listed)
    if not listed and _is_unjudged(standing):
        why = JUDGES
    again = Step(command_on(selection, "backfill"), why)
    if all(step.remedy != again.remedy for step in steps_of(listed)):
        yield Todo(Rank.LAST, "", [again])


def _after_a_loss(selection: Selection) -> list[Step]:
    """What to run where rows are gone that nobody agreed to."""
    return [
        Step(command_on(selection, "status"), LEFT),
        Step(INGEST_FILES, WHERE_WRONG),
        Step(command_on(selection, "backfill"), BRINGS_BACK),
    ]


def _is_held(cause: SharedCause) -> bool:
    """Whether a backfill of everything stops at a closed gate before it."""
    return bool(cause.held_by) or isinstance(cause.because, BehindGate)


def _why_again(causes: Sequence[SharedCause], listed: Sequence[Todo]) -> str:
    """What the backfill is for, after the steps before it."""
    if any(todo.rank is Rank.RAW for todo in listed):
        return ONCE_LOADED
    if causes and all(map(_is_quarantined, causes)):
        return ONCE_CORRECTED
    return AGAIN if causes else ONCE_CHANGED


def _is_quarantined(cause: SharedCause) -> bool:
    """Whether computing again breaks the contract again."""
    because = cause.because
    return isinstance(because, Reason) and because.cause is Cause.QUARANTINED


def _are_open(standing: Standing) -> bool:
    """Whether every phase was judged on all that is there, and no gate is closed."""
    is_open = (v and v.decision != "NO-GO" for v in standing.verdicts.values())
    return all(is_open) and not _is_unjudged(standing)


def _is_unjudged(standing: Standing) -> bool:
    """Whether a phase has dates that no gate has judged."""
    extents = standing.extents.values()
    return None in standing.verdicts.values() or any(e.unjudged for e in extents)
