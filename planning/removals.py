"""Published rows that a run takes away: which, how many, and because of what. Pure.

Rows go where a cell that holds some is to hold none, and where a cell is computed again without
keys that it has. Nothing published goes unannounced, and above a share of its table not without a
person's word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from planning.cells import EMPTY, Outcome
from planning.decisions import Decision, Planner
from planning.forecast import decided
from planning.gaps import kind
from planning.needs import Needs
from planning.standing import because_of


@dataclass(frozen=True, slots=True)
class Removal:
    """Rows of one table that go for one cause.

    `held`: the rows of the whole table. `because`: the cause of the first cell, with its game where
    it has one; the others' differs in dates, games and numbers alone.
    """

    table: str
    rows: int
    held: int
    cells: int
    first: date
    last: date
    because: str

    def __str__(self) -> str:
        dates = str(self.first) if self.first == self.last else f"{self.first} to {self.last}"
        return f"{self.rows:,} of {self.held:,} rows of {self.table} ({dates}): {self.because}"

    def to_json(self) -> dict[str, Any]:
        """Plain data, dates as ISO 8601 writes them."""
        return {**asdict(self), "first": str(self.first), "last": str(self.last)}


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A table that holds fewer rows after a run than before it."""

    table: str
    before: int
    after: int

    def __str__(self) -> str:
        return f"{self.table} {self.before:,} to {self.after:,}"

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def removals(planner: Planner, decision: Decision) -> list[Removal]:
    """What one table loses by a decision, one entry per cause."""
    rows = _rows_that_go(planner, decision)
    groups: dict[str, list[date]] = {}
    for day in sorted(rows):
        groups.setdefault(_cause(decision, day), []).append(day)
    held = sum(state.present for state in planner.states[decision.table].values())
    return [
        Removal(
            table=decision.table,
            rows=sum(rows[day] for day in days),
            held=held,
            cells=len(days),
            first=days[0],
            last=days[-1],
            because=_because(planner, decision, days[0]),
        )
        for days in groups.values()
    ]


def foreseen(planner: Planner, wanted: Needs, rerun: bool) -> list[Removal]:
    """What all needed tables would lose in a run, upstream first."""
    found: list[Removal] = []
    for at, decision in decided(planner, wanted, rerun):
        found += removals(at, decision)
    return found


def above(found: Iterable[Removal], at_most_pct: float) -> list[Removal]:
    """The removals of tables that would lose more than a share of their rows, in percent."""
    of_table: dict[str, list[Removal]] = {}
    for removal in found:
        of_table.setdefault(removal.table, []).append(removal)
    return [
        removal
        for listed in of_table.values()
        for removal in listed
        if 100 * sum(r.rows for r in listed) > at_most_pct * listed[0].held
    ]


def _rows_that_go(planner: Planner, decision: Decision) -> dict[date, int]:
    """Date -> rows that go, where any do."""
    states = planner.states[decision.table]
    rows = {day: states.get(day, EMPTY).present for day in decision.clear}
    rows |= {day: states.get(day, EMPTY).unexpected for day in decision.compute}
    return {day: number for day, number in rows.items() if number}


def _cause(decision: Decision, day: date) -> str:
    """What cells that lose rows for one cause have in common."""
    if day in decision.compute:
        return "computed again"
    return f"{decision.clear[day]} {kind(decision.reasons.get(day, ''))}"


def _because(planner: Planner, decision: Decision, day: date) -> str:
    if day in decision.compute:
        game_day = planner.calendar.days.get(day)
        if game_day and game_day.called_off_games:
            return f"called off: {', '.join(game_day.called_off_games)}"
        return f"no longer expected: {decision.compute[day]}"
    outcome = decision.clear[day]
    told = because_of(planner, decision.table, day)
    return told if outcome is Outcome.UPSTREAM_MISSING else f"{outcome}: {told}"
