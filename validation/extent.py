"""Which cells a verdict judged, and how much of what a phase's tables hold that is. Pure."""

from __future__ import annotations

from datetime import date

from core.model import Frozen
from validation.regression import Spans


class Judged(Frozen):
    """The cells that a verdict judged: its tables, from when to when, and by month where that is on
    record."""

    tables: tuple[str, ...]
    first_date: date | None
    last_date: date | None
    spans: Spans | None = None

    def has(self, table: str, day: date) -> bool:
        """Whether a cell is among them; by the range alone where its months are not on record."""
        first, last = self.first_date, self.last_date
        if first is None or last is None or not first <= day <= last:
            return False
        if not self.spans:
            return table in self.tables
        span = self.spans.get(table, {}).get(day.isoformat()[:7])
        return span is not None and span[0] <= day <= span[1]


class Extent(Frozen):
    """A verdict that is not on all of what the tables of its phase hold.

    `dates`: those on which they hold rows; `unjudged`: how many of these no verdict is on, neither
    this nor an earlier one. `is_of_some_tables`: tables with rows were left out of what was judged.
    """

    dates: int
    unjudged: int = 0
    is_of_some_tables: bool = False
