"""What to run next: commands to be typed as they stand,
from what is missing and which gates are closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter

from core.counted import counted, verb_for
from core.remedy import INGEST_FILES, Remedy
from planning.cells import Outcome
from planning.gaps import Gap
from planning.open_games import DatedGame
from planning.reasons import Cause
from planning.remedies import backfill_remedy
from planning.selection import Selection
from planning.waivers import COVERAGE_FLAGS
from reports.commands import command_line
from reports.terminal import COMMENT
from validation.verdict import Breach, Verdict

WAITS = (
    "dates whose games were played wait for a game that is not final; load its result"
)
ALL_IS_THERE = "all is there; read it back against the ledger"
AGAIN = "computes what is not fresh, and judges again"
ONCE_CHANGED = (
    "once something changed: a verdict stands until data, a limit, a waiver or a query is "
    "another"
)
ONCE_CORRECTED = (
    "once the data is corrected, not before: computes what broke, and judges again"
)
ONCE_LOADED = "after that, not before: computes what waits, and judges again"
AGREEMENT = ("--allow-removal", "why these rows may go")
WHICH_GO = (
    "which rows a backfill would remove, and because of what; where that is wrong, load it "
    "again"
)
TABLES_NAMED = 3
"""More tables than these are computed by the command as it was typed."""
LOOKED_AT = 3
"""Broken causes of which a cell is named to look at; after the first ones come more of the same."""


@dataclass(frozen=True)
class Step:
    """A command and, in a few words, what it is for."""

    remedy: Remedy
    why: str

    @property
    def command(self) -> str:
        """The command as it is typed."""
        return command_line(self.remedy)

    def __str__(self) -> str:
        return f"{self.command}{COMMENT}{self.why}"

    def to_json(self) -> dict[str, str]:
        """Plain data."""
        return {"command": self.command, "why": self.why}


def next_steps(
    selection: Selection,
    gaps: Sequence[Gap],
    verdicts: Mapping[str, Verdict | None],
    games_lacking: Mapping[str, Sequence[str]],
    overdue: Sequence[DatedGame] = (),
    has_waiting: bool = False,
) -> list[Step]:
    """What to look at, what to repair or accept, what to compute; a last look where all is there.

    `overdue`: open games that hold dates back. `has_waiting`: dates whose games were played wait.
    """
    steps = [
        *_overdue(overdue),
        *_raw(games_lacking),
        *_gate_steps(selection, verdicts),
        *_broken(gaps),
    ]
    _closed, held = closed_gate(verdicts)
    reached = [gap for gap in gaps if gap.phase not in held]
    steps += _compute(selection, reached)
    if has_waiting and not steps:
        return [Step(command_on(selection, "status"), WAITS)]
    if not gaps and not steps and _are_open(verdicts):
        return [Step(command_on(selection, "verify"), ALL_IS_THERE)]
    again = Step(
        command_on(selection, "backfill"), _why_again(reached, steps, games_lacking)
    )
    if all(step.remedy != again.remedy for step in steps):
        steps.append(again)
    return steps


def agreeing(selection: Selection, steps: Sequence[Step]) -> list[Step]:
    """The same where rows would go that nobody has agreed to: every backfill stops before that
    until a person says why they may."""
    agreed = [Step(command_on(selection, "plan"), WHICH_GO)]
    for step in steps:
        if step.remedy.command == "backfill":
            arguments = (*step.remedy.arguments, *AGREEMENT)
            remedy = replace(step.remedy, arguments=arguments)
            agreed.append(Step(remedy, f"agrees to that; {step.why}"))
        else:
            agreed.append(step)
    return agreed


def closed_gate(verdicts: Mapping[str, Verdict | None]) -> tuple[str, Sequence[str]]:
    """The first phase whose gate is closed, and the phases after it, which no backfill reaches;
    empty where every gate lets through."""
    phases = list(verdicts)
    for number, (phase, verdict) in enumerate(verdicts.items(), 1):
        if verdict and verdict.decision == "NO-GO":
            return phase, phases[number:]
    return "", ()


def _why_again(
    gaps: Sequence[Gap], steps: Sequence[Step], lacking: Mapping[str, Sequence[str]]
) -> str:
    """What the backfill is for, after the steps before it."""
    if lacking and steps:
        return ONCE_LOADED
    due = [gap for gap in gaps if gap.stands != Outcome.UPSTREAM_MISSING]
    if due and not any(map(_may_heal, due)):
        return ONCE_CORRECTED
    return AGAIN if gaps else ONCE_CHANGED


def _may_heal(gap: Gap) -> bool:
    """Whether computing again may mend a gap: what broke its contract breaks it again."""
    return gap.stands != Cause.QUARANTINED


def _are_open(verdicts: Mapping[str, Verdict | None]) -> bool:
    """Whether every phase was judged, and no gate is closed."""
    return all(v and v.decision != "NO-GO" for v in verdicts.values())


def command_on(selection: Selection, command: str, *arguments: str) -> Remedy:
    """A command on this selection; a gate is of the phase that it names."""
    words = list(arguments)
    for option, bound in (("--start", selection.start), ("--end", selection.end)):
        words += [option, str(bound)] if bound else []
    if selection.last_days is not None:
        words += ["--last-days", str(selection.last_days)]
    phases = selection.phases if command != "gate" else ()
    several = {
        "--dates": map(str, selection.dates),
        "--phase": phases,
        "--table": selection.tables,
    }
    for option, values in several.items():
        for value in values:
            words += [option, value]
    if selection.only and command == "backfill":
        words.append("--only")
    return Remedy(command, tuple(words))


def _gate_steps(
    selection: Selection, verdicts: Mapping[str, Verdict | None]
) -> Iterator[Step]:
    """Of each closed gate, the check that broke first, to be looked at alone."""
    for phase, verdict in verdicts.items():
        for breach in verdict.blocking[:1] if verdict else ():
            yield _gate_step(selection, phase, breach)


def _gate_step(selection: Selection, phase: str, breach: Breach) -> Step:
    check = breach.threshold.measurement
    remedy = command_on(selection, "gate", phase, "--check", check)
    return Step(remedy, f"what closed the gate, in {breach.table}")


def _overdue(games: Sequence[DatedGame]) -> Iterator[Step]:
    """Games that hold dates back: load their results, or say that they are not played."""
    yield from map(_overdue_step, games[:LOOKED_AT])
    others = len(games) - LOOKED_AT
    if others > 0:
        yield Step(
            Remedy("dates"),
            f"{counted(others, 'more game')} {verb_for(others, 'is', 'are')} still open",
        )


def _overdue_step(game: DatedGame) -> Step:
    return Step(
        _waive(game.game_id, "schedule", "why it is not played"),
        f"the game of {game.game_date} is still open and holds back what comes after; "
        "or load its result, or take it out: ingest remove",
    )


def _waive(game: str, table: str, reason: str) -> Remedy:
    return Remedy("waive", (game, "--table", table, "--reason", reason))


def _broken(gaps: Iterable[Gap]) -> Iterator[Step]:
    """A cell of each cause that computing again may not repair."""
    broken = [gap for gap in gaps if gap.stands in (Cause.FAILED, Cause.QUARANTINED)]
    for gap in broken[:LOOKED_AT]:
        cell = Remedy("why", (gap.table, str(gap.first)))
        cells = "1 cell" if gap.cells == 1 else f"{gap.cells:,} cells"
        yield Step(cell, f"{cells} {gap.stands}")


def _raw(games_lacking: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    """Games that wait for raw data: load them, or accept that they will never come."""
    for table, games in games_lacking.items():
        lack = (
            "1 final game lacks"
            if len(games) == 1
            else f"{len(games):,} final games lack"
        )
        yield Step(INGEST_FILES, f"{lack} {table}: load it")
        yield _give_up(table, games)


def _give_up(table: str, games: Sequence[str]) -> Step:
    """Accept that the first of the games never gets its data, or take it out."""
    each = "" if len(games) == 1 else ", each,"
    if table in COVERAGE_FLAGS:
        remedy = _waive(games[0], table, "why it never comes")
        return Step(remedy, f"or accept{each} that it will never come")
    return Step(
        Remedy("ingest remove", (games[0],)), f"or take it out{each.rstrip(',')}"
    )


def _compute(selection: Selection, gaps: Sequence[Gap]) -> Iterator[Step]:
    """What can be computed now; and what has to be computed first where nobody asked for it."""
    due = [gap for gap in gaps if gap.stands in tuple(Cause) and _may_heal(gap)]
    waiting = [gap for gap in gaps if gap.stands == Outcome.UPSTREAM_MISSING]
    if due:
        yield _compute_due(selection, due, bool(waiting))
    here = {gap.table for gap in gaps}
    healing = [gap for gap in waiting if gap.heals]
    for waits_for in dict.fromkeys(map(attrgetter("waits_for"), healing)):
        if waits_for and waits_for.table not in here:
            days = (waits_for.span.first, waits_for.span.last)
            first = backfill_remedy(
                [waits_for.table],
                days,
                as_range=True,
            )
            yield Step(first, "others wait for it")


def _compute_due(selection: Selection, due: Sequence[Gap], others_wait: bool) -> Step:
    """The narrowest command that computes what is due, and what waits for it."""
    tables: dict[str, None] = {}
    days: list[date] = []
    cells = 0
    for gap in due:
        tables[gap.table] = None
        days += (gap.first, gap.last)
        cells += gap.cells
    it = "it" if cells == 1 else "them"
    also = f" at least, and what waits for {it}" if others_wait else ""
    why = f"{counted(cells, 'cell')} can be computed{also}"
    if others_wait or len(tables) > TABLES_NAMED:
        return Step(command_on(selection, "backfill"), why)
    return Step(backfill_remedy(tables, days), why)
