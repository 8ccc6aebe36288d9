"""What a planner found of the cells of its tables, and what a later planner may keep of that.

A later planner is made when tables were written to. What was found of a cell holds as long as
neither the cell itself was written, nor a cell inside its cuts was written, became complete or
ceased to be.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from planning.cells import Outcome
from planning.reasons import GapCause, Reason
from processors.contract import Read

Dates = frozenset[date] | None
"""Some dates of a table; all that there are for None."""
NO_DATES: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class CellDecision:
    """What was found of one cell: its outcome, or the reason to compute it;
    `gap` says what a gap lacks."""

    outcome: Outcome | None
    reason: Reason | None = None
    gap: GapCause | None = None


@cache
def settled(outcome: Outcome | None) -> CellDecision:
    """What is found of a cell where the outcome says all: one value for the many that end so."""
    return CellDecision(outcome)


@dataclass(slots=True)
class Found:
    """What was found of one table so far: cells, the dates on which it is not complete, and those
    that are not on the schedule; None where that was not asked yet.

    `waits_for`: what the table reads that is not complete on some dates, with those.
    """

    cells: dict[date, CellDecision] = field(default_factory=dict)
    incomplete: list[date] | None = None
    strays: list[date] | None = None
    waits_for: list[tuple[Read, list[date]]] | None = None

    def copy(self) -> Found:
        """The same, for a planner that goes on finding by itself."""
        return Found(dict(self.cells), self.incomplete, self.strays, self.waits_for)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier planner found of a table, and what happened since: the dates written, and
    those that moved of each table that it reads."""

    found: Found
    written: Dates = NO_DATES
    moved: Mapping[str, Dates] = field(default_factory=dict)

    def after(self, written: Dates) -> Earlier:
        """The same after further dates of the table were written; where those are most of it,
        nothing is kept of what was found of it, nor of what reads it."""
        dates = both(self.written, written)
        if dates is None or 2 * len(dates) > len(self.found.cells):
            return Earlier(Found(), written=None)
        return Earlier(self.found, dates, self.moved)

    def beside(self, table: str, moved: Dates) -> Earlier:
        """The same after dates of a table that it reads were written, became complete or ceased to
        be."""
        known = both(self.moved.get(table, NO_DATES), moved)
        return Earlier(self.found, self.written, {**self.moved, table: known})

    @property
    def has_news(self) -> bool:
        """Whether anything happened that what was found may hang on."""
        return self.written != NO_DATES or any(
            dates != NO_DATES for dates in self.moved.values()
        )


def both(one: Dates, other: Dates) -> Dates:
    """The dates of either."""
    return None if one is None or other is None else one | other


def unlike(before: Collection[date], now: Collection[date]) -> frozenset[date]:
    """The dates of one and not of the other."""
    return frozenset(before).symmetric_difference(now)
