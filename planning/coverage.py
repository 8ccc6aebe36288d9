"""Coverage: the cells of tables and seasons by outcome, counted from decisions. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.grouping import group
from planning.cells import Outcome
from planning.decisions import Decision, Planner
from planning.reasons import GapCause, HoldsRows, Reason, WaitsFor
from planning.roots import Root, Roots
from planning.scope import Scope


@dataclass(frozen=True)
class Coverage:
    """One table and season: cells done, gaps with their reasons,
    skips and waits by outcome, rows present.

    `stands`: of each cell with a reason, its outcome or why it is to be computed. `games`: final
    games (covered ones, but for tables of all final games), waiting dates aside; `games_held` of
    them on dates that are done, `games_possible` on dates where any row is expected: the ceiling.
    `played_waiting`: waiting cells of dates whose games were played, at least some of them.
    `roots`: of cells that wait for another, the cell upstream where the gap begins. `built_on`: the
    phases of the tables that it derives from.
    """

    table: str
    phase: str
    season: int
    done: int
    rows: int
    gaps: int
    outcomes: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, Reason | GapCause] = field(default_factory=dict)
    stands: dict[str, str] = field(default_factory=dict)
    games: int = 0
    games_held: int = 0
    games_possible: int = 0
    played_waiting: int = 0
    roots: dict[str, Root] = field(default_factory=dict)
    built_on: tuple[str, ...] = ()

    @property
    def processable(self) -> int:
        """Cells that are to be done: everything but skips by design and waiting cells.

        Dates whose games were played are to be done, though they wait.
        """
        return self.done + self.gaps + self.played_waiting

    @property
    def percent(self) -> float | None:
        """Done of processable, in percent; None where nothing is to be done."""
        of = self.processable
        return 100 * self.done / of if of else None


def coverage_of(scope: Scope) -> list[Coverage]:
    """The cells asked for, per table and season."""
    found: list[Coverage] = []
    roots = Roots(scope.planner)
    for table, dates in scope.needs.targets.items():
        found += coverage(scope.planner, table, dates, roots)
    return found


def coverage(
    planner: Planner, table: str, dates: Sequence[date], roots: Roots | None = None
) -> list[Coverage]:
    """The cells of a table on these dates, per season; `roots`: those found for other tables."""
    decision = planner.decide(table, dates)
    roots = roots or Roots(planner)
    there = [d for d in dates if d in planner.calendar.days or d in decision.clear]
    seasons = group(there, planner.calendar.season_of)

    parts: list[Coverage] = []
    for season in sorted(filter(None, seasons)):
        parts.append(_of_season(roots, decision, season, seasons[season]))
    return parts


def _of_season(
    roots: Roots, decision: Decision, season: int, days: Sequence[date]
) -> Coverage:
    planner = roots.planner
    outcomes: Counter[str] = Counter()
    reasons: dict[str, Reason | GapCause] = {}
    stands: dict[str, str] = {}
    gaps = waiting = 0
    for day in days:
        standing = _standing(decision, day)
        outcomes[standing] += 1
        is_gap = day in decision.compute or day in decision.reasons
        gaps += is_gap
        if is_gap or day in decision.clear:
            reasons[str(day)] = _reason(decision, day)
            stands[str(day)] = standing
        waiting += _waits_though_played(planner, decision, day)
    done = outcomes.pop(Outcome.DONE.value, 0)
    held, possible, games = _games(planner, decision, days)
    built_on = planner.catalog.phases_before(decision.table)
    phase = planner.catalog[decision.table].phase
    return Coverage(
        table=decision.table,
        phase=phase,
        season=season,
        done=done,
        rows=_rows_present(planner, decision.table, days),
        gaps=gaps,
        outcomes=dict(sorted(outcomes.items())),
        reasons=reasons,
        stands=stands,
        games=games,
        games_held=held,
        games_possible=possible,
        played_waiting=waiting,
        roots=_roots(roots, decision, days),
        built_on=built_on,
    )


def _roots(roots: Roots, decision: Decision, days: Sequence[date]) -> dict[str, Root]:
    """Where the gaps begin that these cells wait behind."""
    found: dict[str, Root] = {}
    for day in days:
        if isinstance(decision.reasons.get(day), WaitsFor):
            root = roots.find(decision.table, day)
            if root is not None:
                found[str(day)] = root
    return found


def _rows_present(planner: Planner, table: str, days: Sequence[date]) -> int:
    states = planner.states[table]
    return sum(states[day].present for day in days if day in states)


def _waits_though_played(planner: Planner, decision: Decision, day: date) -> bool:
    """Whether a cell waits although games of its date are final."""
    waits = decision.settled.get(day) is Outcome.NOT_FINAL
    return waits and _has_final_games(planner, day)


def _has_final_games(planner: Planner, day: date) -> bool:
    game_day = planner.calendar.days.get(day)
    return game_day is not None and game_day.final_games > 0


def _games(
    planner: Planner, decision: Decision, days: Sequence[date]
) -> tuple[int, int, int]:
    """Final games on dates that are done, on dates where rows are expected,
    and on all that do not wait."""
    wants = planner.catalog[decision.table].contract.expected
    of_all_final = wants.needs_own_games and not wants.covered_only
    held = possible = games = 0
    for day in days:
        outcome, game_day = decision.settled.get(day), planner.calendar.days.get(day)
        if game_day is None or outcome is Outcome.NOT_FINAL:
            continue
        number = game_day.final_games if of_all_final else game_day.covered_final_games
        games += number
        is_due = outcome is None or outcome is Outcome.DONE or outcome.is_gap
        if is_due and planner.state(decision.table, day).expected:
            possible += number
        if outcome is Outcome.DONE:
            held += number
    return held, possible, games


def _standing(decision: Decision, day: date) -> str:
    """The outcome of a cell, or why it is to be computed."""
    if day in decision.compute:
        reason = decision.compute[day]
        return str(reason.cause)
    return str(decision.settled[day])


def _reason(decision: Decision, day: date) -> Reason | GapCause:
    """Why a cell is a gap, or holds what it should not."""
    if day in decision.compute:
        return decision.compute[day]
    return decision.reasons.get(day) or HoldsRows(decision.settled[day])


def total(parts: Iterable[Coverage]) -> tuple[int, int, int]:
    """Cells done, cells to be done, rows."""
    done = processable = rows = 0
    for part in parts:
        done += part.done
        processable += part.processable
        rows += part.rows
    return done, processable, rows
