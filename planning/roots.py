"""The root of an upstream gap: the first cell upstream that is not complete for a reason of its
own. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from planning.cells import Outcome
from planning.decisions import Planner
from planning.freshness import inside
from planning.reasons import GapCause, Reason, WaitsFor


@dataclass(frozen=True, slots=True)
class Root:
    """The cell upstream that others wait for: it is due for a reason, a gap for a cause, or to hold
    no rows (its outcome) and holds some."""

    table: str
    day: date
    because: Reason | GapCause | Outcome

    @property
    def heals(self) -> bool:
        """Whether a backfill completes it."""
        match self.because:
            case Reason():
                return True
            case Outcome() as outcome:
                return outcome.is_skip
            case _:
                return False


@dataclass(frozen=True)
class Roots:
    """Finds the roots of a planner's gaps; each cell on the way is looked at once."""

    planner: Planner
    _known: dict[tuple[str, date], Root] = field(default_factory=dict)

    def find(self, table: str, day: date) -> Root | None:
        """Find the root of an upstream gap; None where no cell is at the root: what lacks is raw
        data of the date itself."""
        planner = self.planner
        for _, read in planner.catalog.upstream(table):
            waited_for = inside(
                read, planner.calendar.days[day], planner.incomplete(read.table)
            )
            if waited_for:
                return self._at(read.table, waited_for[0])
        return None

    def _at(self, table: str, day: date) -> Root:
        """The root of a gap that begins with this cell, or upstream of it."""
        if (table, day) not in self._known:
            self._known[table, day] = self._look_at(table, day)
        return self._known[table, day]

    def _look_at(self, table: str, day: date) -> Root:
        found = self.planner.find(table, day)
        if found.reason is not None:
            return Root(table, day, found.reason)
        if found.outcome is not None and found.outcome is not Outcome.UPSTREAM_MISSING:
            return Root(table, day, found.outcome)
        assert found.gap is not None, "a cell that waits says for what"
        # What the cell itself lacks comes before what lies upstream of it.
        waits = isinstance(found.gap, WaitsFor)
        upstream = self.find(table, day) if waits else None
        return upstream or Root(table, day, found.gap)
