"""Published rows that a run takes away: which, how many, and because of what. Pure.

Rows go where a cell that holds some is to hold none, and where a cell is computed again without
keys that it has. Nothing published goes unannounced, and above a share of its table not without a
person's word.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Any

from core.grouping import group
from planning.cells import Outcome
from planning.decisions import Decision, Planner
from planning.forecast import decisions_ahead
from planning.open_games import DatedGame, called_off_on
from planning.reasons import GapCause, Reason, Skip, kind
from planning.roots import Root
from planning.scope import Scope
from planning.standing import because_of
from planning.waived import WaivedGame, waived_behind


@dataclass(frozen=True, slots=True)
class Unexpected:
    """The cell is computed again, for this reason, without keys that it has."""

    reason: Reason


RemovalCause = Unexpected | Root | GapCause | Skip

_OF_GAMES = (None, Outcome.CALLED_OFF)
"""Ends of cells whose rows go with the called-off games of their date: computed again, or none."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Rows of one table that go for one cause.

    `held`: the rows of the whole table. `outcome`: how the cells end instead; None where they are
    computed again. `because`: the cause of the first cell; the others' differs in dates, games and
    numbers alone. `called_off`: the called-off games of all its dates, where these are the cause;
    `waived`: the waived games, where those are.
    """

    table: str
    rows: int
    held: int
    cells: int
    first: date
    last: date
    outcome: Outcome | None
    because: RemovalCause
    called_off: tuple[DatedGame, ...] = ()
    waived: tuple[WaivedGame, ...] = ()


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A table that holds fewer rows after a run than before it."""

    table: str
    before: int
    after: int

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


Waived = Callable[[], Sequence[WaivedGame]]
"""The waived games: read only where rows go."""


def none_waived() -> Sequence[WaivedGame]:
    """The waived games where none is."""
    return ()


def removals(
    planner: Planner, decision: Decision, waived: Waived = none_waived
) -> list[Removal]:
    """What one table loses by a decision, one entry per cause."""
    rows = _rows_that_go(planner, decision)
    if not rows:
        return []
    held = sum(state.present for state in planner.states[decision.table].values())
    found: list[Removal] = []
    off = {day: called_off_on(planner, day) for day in rows}
    games_waived = waived()
    behind: dict[date, tuple[WaivedGame, ...]] = {}
    for day in rows:
        is_off = bool(off[day])
        behind[day] = (
            () if is_off else waived_behind(planner, decision, day, games_waived)
        )
    causes = group(
        sorted(rows), lambda day: (bool(behind[day]), _cause(decision, day, off[day]))
    )
    for days in causes.values():
        outcome = decision.clear.get(days[0])
        games = chain.from_iterable(map(off.__getitem__, days))
        given = chain.from_iterable(map(behind.__getitem__, days))
        removal = Removal(
            table=decision.table,
            rows=sum(map(rows.__getitem__, days)),
            held=held,
            cells=len(days),
            first=days[0],
            last=days[-1],
            outcome=outcome,
            because=_because(planner, decision, days[0]),
            called_off=tuple(games) if outcome in _OF_GAMES else (),
            waived=tuple(dict.fromkeys(given)),
        )
        found.append(removal)
    return found


def foreseen(scope: Scope, waived: Waived = none_waived) -> list[Removal]:
    """What all needed tables would lose in a run, upstream first."""
    # Nearly always nothing, which is told without deciding all that follows from what is due.
    if not scope.ahead.losing:
        return []
    found: list[Removal] = []
    wanted, rerun = scope.needs, scope.selection.rerun
    for planner, decision in decisions_ahead(scope.planner, wanted, rerun):
        found += removals(planner, decision, waived)
    return found


def not_agreed(shrunk: Iterable[Shrunk], found: Sequence[Removal]) -> list[Shrunk]:
    """The tables that lost more rows than went with games that a person has waived."""
    by_table = group(found, attrgetter("table"))
    left: list[Shrunk] = []
    for one in shrunk:
        of_table = by_table.get(one.table, [])
        waived = sum(removal.rows for removal in of_table if removal.waived)
        if one.before - one.after > waived:
            left.append(one)
    return left


def above(found: Iterable[Removal], at_most_pct: float) -> list[Removal]:
    """The removals of tables that would lose more than a share of their rows, in percent."""
    large: list[Removal] = []
    for listed in group(found, attrgetter("table")).values():
        if _lose_more(listed, at_most_pct):
            large += listed
    return large


def _lose_more(of_table: Sequence[Removal], at_most_pct: float) -> bool:
    """Whether the removals of one table take more than a share of its rows."""
    rows = sum(removal.rows for removal in of_table)
    return 100 * rows > at_most_pct * of_table[0].held


def _rows_that_go(planner: Planner, decision: Decision) -> dict[date, int]:
    """Date -> rows that go, where any do."""
    rows: dict[date, int] = {}
    for day, state in planner.states[decision.table].items():
        if day in decision.compute or day in decision.clear:
            number = state.rows_lost(decision.clear.get(day))
            if number:
                rows[day] = number
    return rows


def _cause(decision: Decision, day: date, called_off: Sequence[DatedGame]) -> Hashable:
    """What cells that lose rows for one cause have in common."""
    if day in decision.compute:
        return bool(called_off)
    because = kind(decision.reasons.get(day))
    return decision.clear[day], because


def _because(planner: Planner, decision: Decision, day: date) -> RemovalCause:
    if day not in decision.compute:
        return because_of(planner, decision.table, day)
    return Unexpected(decision.compute[day])
