"""What an export takes out: the cells of each table, how each stands, and which are not fresh.

Pure; the rows themselves are no part of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.errors import ConfigError
from planning.cells import Outcome
from planning.decisions import Decision, Planner
from planning.freshness import damage_of
from planning.ledger import NOTHING, Records, undated_first
from planning.reasons import Cause, GapCause, HoldsRows, Reason
from planning.verify import Contents
from processors.catalog import Catalog


@dataclass(frozen=True)
class NotFresh:
    """A cell that is not as its inputs, its code and the ledger make it.

    `stands`: the cause for which it is to be computed, the outcome of a gap, or `unobserved` for
    raw rows that changed behind the ledger's back. `why`: what is behind it; None for the latter.
    `day`: None for a table without dates.
    """

    table: str
    day: date | None
    stands: str
    why: Reason | GapCause | None

    @property
    def is_due(self) -> bool:
        """Whether a backfill of the cell itself makes it fresh."""
        return self.stands not in (Outcome.UPSTREAM_MISSING, UNOBSERVED)


UNOBSERVED = "unobserved"


@dataclass(frozen=True)
class CellOut:
    """A cell that is taken out: its rows, the fingerprint of what it holds, and that of what it was
    computed from; None for raw rows."""

    day: date | None
    rows: int
    content: str
    inputs: str | None = None


@dataclass(frozen=True)
class TableOut:
    """A table as it is taken out.

    `cells`: those that hold rows, by date. `outcomes`: of the cells asked for that hold none, and
    are fresh all the same, how many ended how. `waiting`: the dates of those whose games are not
    final. `code`: the fingerprint of the query as it stands; None for a raw table.
    """

    table: str
    cells: tuple[CellOut, ...]
    outcomes: Mapping[str, int] = field(default_factory=dict)
    waiting: tuple[date, ...] = ()
    not_fresh: tuple[NotFresh, ...] = ()
    code: str | None = None

    @property
    def rows(self) -> int:
        """Rows of all cells."""
        return sum(cell.rows for cell in self.cells)

    @property
    def days(self) -> tuple[date, ...]:
        """The dates that hold rows, in order."""
        return tuple(cell.day for cell in self.cells if cell.day)


def table_out(planner: Planner, table: str, dates: Sequence[date]) -> TableOut:
    """A computed table on these dates."""
    decision = planner.decide(table, dates)
    not_fresh = tuple(_not_fresh(decision))
    stale = {cell.day for cell in not_fresh}
    skipped: Counter[str] = Counter()
    waiting: list[date] = []
    for day, outcome in sorted(decision.settled.items()):
        if day in stale or outcome is Outcome.DONE:
            continue
        skipped[outcome.value] += 1
        if outcome is Outcome.NOT_FINAL:
            waiting.append(day)
    cells = tuple(_cells(planner, table, dates))
    assert planner.book is not None, "only a planner with a book knows what is fresh"
    return TableOut(
        table=table,
        cells=cells,
        outcomes=dict(sorted(skipped.items())),
        waiting=tuple(waiting),
        not_fresh=not_fresh,
        code=planner.book.codes[table],
    )


def _not_fresh(decision: Decision) -> Iterator[NotFresh]:
    table = decision.table
    for day in sorted({*decision.compute, *decision.settled}):
        if reason := decision.compute.get(day):
            yield NotFresh(table, day, reason.cause, reason)
            continue
        outcome = decision.settled[day]
        if outcome.is_gap:
            yield NotFresh(table, day, outcome, decision.reasons.get(day))
        elif day in decision.clear:
            yield NotFresh(table, day, Cause.STALE, HoldsRows(outcome))


def _cells(planner: Planner, table: str, dates: Sequence[date]) -> Iterator[CellOut]:
    """The cells that hold rows, as the table holds them now."""
    freshness = planner.freshness
    for day in sorted(dates):
        held = freshness.content(table, day)
        if held.rows:
            record = freshness.record(table, day)
            inputs = record.held.inputs if record and record.held else None
            yield CellOut(day, held.rows, held.fingerprint, inputs)


def raw_table_out(
    table: str, records: Records, contents: Contents, chosen: Collection[date] | None
) -> TableOut:
    """A raw table on these dates, all for None; whole, where it has no dates."""
    cells: list[CellOut] = []
    changed: list[date | None] = []
    for day in undated_first({*records, *contents}):
        if chosen is not None and day is not None and day not in chosen:
            continue
        held = contents.get(day, NOTHING)
        if held.rows:
            cells.append(CellOut(day, held.rows, held.fingerprint))
        if damage_of(records.get(day), held):
            changed.append(day)
    return TableOut(
        table,
        tuple(cells),
        not_fresh=tuple(raw_not_fresh(table, changed)),
    )


def raw_not_fresh(table: str, changed: Sequence[date | None]) -> Iterator[NotFresh]:
    """The cells of a raw table that changed since they were last observed: what was computed from
    them may be stale, and nobody knows."""
    for day in changed:
        yield NotFresh(table, day, UNOBSERVED, None)


def require_tables_known(catalog: Catalog, tables: Sequence[str]) -> None:
    """Raise ConfigError for a table that is neither computed nor raw, or is named twice."""
    for table in tables:
        if table not in catalog.raw and table not in catalog.processors:
            computed, raw = ", ".join(catalog.processors), ", ".join(catalog.raw)
            raise ConfigError(
                f"no table named {table}; the tables are: {computed}; the raw ones: {raw}"
            )
    if twice := sorted({table for table in tables if tables.count(table) > 1}):
        raise ConfigError(f"named twice: {', '.join(twice)}; name each table once")
