"""A ledger without a warehouse: every cell of a few days is fresh by the book,
until a test writes to one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from planning.calendar import Calendar, GameDay
from planning.cells import EMPTY, CellState, Outcome
from planning.decisions import Decision, Planner
from planning.freshness import Book
from planning.ledger import NOTHING, Content, Entry, Record, Run, following, records
from processors.catalog import Catalog
from processors.discovery import load
from reports.reasons import tell_reason
from tests.planning.small_calendar import planner

AS_EVER, OTHER = Content(2, "duckdb:a"), Content(2, "duckdb:b")


@dataclass
class SmallWarehouse:
    """A ledger and the tables that it speaks of, without rows:
    every cell of the days given is fresh."""

    days: tuple[GameDay, ...]
    catalog: Catalog = field(default_factory=load)
    states: dict[tuple[str, date], CellState] = field(default_factory=dict)
    contents: dict[str, dict[date | None, Content]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    clock: datetime = datetime(2025, 1, 1, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.codes = dict.fromkeys(self.catalog.ordered(), "code")
        for table in self.catalog.raw:
            dated = self.catalog.date_column(table) is not None
            for day in [d.game_date for d in self.days] if dated else [None]:
                self.write(table, day)
        self.backfill()

    def write(
        self,
        table: str,
        day: date | None,
        content: Content = AS_EVER,
        outcome: Outcome = Outcome.DONE,
        **facts: Any,
    ) -> None:
        """Put a cell on record, later than all before it, with what its table holds from now on."""
        self.clock += timedelta(seconds=1)
        known = records(
            e for e in self.entries if (e.table, e.day) == (table, day)
        ).get(table, {})
        content = content if outcome is Outcome.DONE else NOTHING
        entry = Entry(table, day, outcome, content, started_at=self.clock, **facts)
        self.entries.append(
            following(entry, known.get(day), Run("run", "v1"), self.clock)
        )
        if outcome is not Outcome.FAILED:
            self.contents.setdefault(table, {})[day] = content

    def compute(self, table: str, *days: date, content: Content = AS_EVER) -> None:
        """Compute cells of a table from its inputs as they stand, whether due or not."""
        freshness, calendar = self.planner().freshness, Calendar.of(self.days)
        for day in days:
            inputs = freshness.inputs(table, calendar.days[day])
            self.write(table, day, content, inputs=inputs, code=self.codes[table])

    def planner(self) -> Planner:
        """A planner on all of it as it stands."""
        held = {t: self.contents.get(t, {}) for t in self.catalog.ordered()}
        empty: dict[str, dict[date | None, Record]] = {
            t: {} for t in (*self.catalog.raw, *held)
        }
        book = Book({**empty, **records(self.entries)}, held, self.codes)
        rows = planner(self.days, self.states).states
        return Planner(self.catalog, Calendar.of(self.days), rows, book)

    def decided(self, table: str) -> Decision:
        """What becomes of every cell of a table, those on no schedule among them."""
        known = self.planner()
        return known.decide(table, {*known.calendar.days, *known.strays(table)})

    def due(self, table: str) -> dict[date, str]:
        """The cells of a table that are to be computed, each with its reason."""
        return {
            day: tell_reason(reason)
            for day, reason in self.decided(table).compute.items()
        }

    def backfill(self, content: Content = AS_EVER) -> list[tuple[str, date]]:
        """Clear and compute what is due, table by table,
        every cell with this content; the cells computed."""
        computed = []
        for table in self.catalog.ordered():
            decision = self.decided(table)
            for day, outcome in decision.clear.items():
                self.write(table, day, outcome=outcome)
                self.states[table, day] = EMPTY
            self.compute(table, *decision.compute, content=content)
            computed += [(table, day) for day in decision.compute]
        return computed
