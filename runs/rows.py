"""Choose the cells of tables that are to be taken out, refuse what is not fresh, read their rows.

Rows are read season by season, so that what is in memory does not grow with the range.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

import pyarrow as pa

from core.errors import NotFreshError, TransientWarehouseError
from core.grouping import group
from planning.calendar import Calendar
from planning.decisions import Planner
from planning.export import (
    NotFresh,
    TableOut,
    raw_not_fresh,
    raw_table_out,
    require_tables_known,
    table_out,
)
from planning.labels import LABEL_SOURCES, require_labels
from planning.ledger import Content
from planning.scope import Scope
from planning.selection import Selection
from planning.verify import unobserved
from processors.raw_schemas import arrow_schema
from reports.export import not_fresh_words
from runs.survey import survey
from warehouse.protocol import Warehouse

Recorded = Mapping[date | None, Content]


@dataclass(frozen=True)
class Chosen:
    """The tables that are taken out, by name.

    `sources`: the cells that their labels are read from. `unobserved`: raw data that changed behind
    the ledger's back, with which what is computed may be stale without anybody knowing.
    `recorded`: table -> date -> what the ledger said of each cell when it was chosen.
    """

    planner: Planner
    tables: Mapping[str, TableOut]
    sources: Mapping[str, TableOut]
    unobserved: tuple[NotFresh, ...]
    recorded: Mapping[str, Recorded]

    @property
    def outs(self) -> dict[str, list[TableOut]]:
        """Table -> what is read of it, as a table of its own and for labels."""
        tables = self.tables.values()
        sources = self.sources.values()
        return group((*tables, *sources), attrgetter("table"))

    @property
    def not_fresh(self) -> tuple[NotFresh, ...]:
        """Every cell that is not fresh, once each, table by table."""
        cells = [
            cell
            for outs in self.outs.values()
            for out in outs
            for cell in out.not_fresh
        ]
        return tuple(dict.fromkeys([*cells, *self.unobserved]))


@dataclass(frozen=True)
class SeasonOfRows:
    """The rows of one season of a table, in key order; season None for rows without dates."""

    season: int | None
    rows: Any


def choose(
    warehouse: Warehouse, selection: Selection, with_labels: bool = False
) -> Chosen:
    """The cells of the selection's tables, raw ones as well, as they stand now.

    ConfigError for a table or a date that is not there, and for labels of a table without any.
    """
    catalog = warehouse.catalog
    require_tables_known(catalog, selection.tables)
    if with_labels:
        require_labels(catalog, selection.tables)
    planner = survey(warehouse, anew=True)
    computed = tuple(table for table in selection.tables if table not in catalog.raw)
    asked = selection.model_copy(update={"tables": computed, "only": True})
    targets = Scope(planner, asked).needs.targets
    tables: dict[str, TableOut] = {}
    days: set[date] = set()
    for table in selection.tables:
        if table in catalog.raw:
            tables[table] = _raw(warehouse, table, selection, planner.calendar)
        else:
            tables[table] = table_out(planner, table, targets[table])
        days.update(tables[table].days)
    last = max(selection.chosen_range(planner.calendar)[1], planner.calendar.first)
    sources: dict[str, TableOut] = {}
    for table in LABEL_SOURCES if with_labels else ():
        sources[table] = table_out(planner, table, sorted(days))
    unknown = tuple(_raw_changes(warehouse, last)) if computed else ()
    recorded = _contents_on_record(warehouse, [*tables, *sources])
    return Chosen(planner, tables, sources, unknown, recorded)


def require_fresh(chosen: Chosen) -> None:
    """Raise NotFreshError where any chosen cell is not fresh."""
    if cells := chosen.not_fresh:
        raise NotFreshError(*not_fresh_words(cells))


def read_rows(
    warehouse: Warehouse,
    selection: Selection,
    columns: Sequence[str] = (),
    as_is: bool = False,
) -> tuple[Any, tuple[NotFresh, ...]]:
    """The rows of the selection's one table as a pyarrow Table, and its cells that are not fresh.

    NotFreshError where any is not fresh, unless `as_is`.
    """
    chosen = choose(warehouse, selection)
    if not as_is:
        require_fresh(chosen)
    (out,) = chosen.tables.values()
    parts = read_by_season(warehouse, chosen.planner.calendar, out, columns)
    schema = arrow_schema(warehouse.catalog.columns_named(out.table, columns))
    found = pa.concat_tables([schema.empty_table(), *(part.rows for part in parts)])
    require_unchanged(warehouse, chosen)
    return found, chosen.not_fresh


def read_by_season(
    warehouse: Warehouse, calendar: Calendar, out: TableOut, columns: Sequence[str] = ()
) -> Iterator[SeasonOfRows]:
    """The rows of a table's chosen cells, a season at a time.

    TransientWarehouseError where the table holds other rows than it did when it was looked at.
    """
    rows = {cell.day: cell.rows for cell in out.cells}
    for season, days in _seasons(calendar, out).items():
        found = warehouse.table_rows(out.table, days or None, columns)
        if found.num_rows != sum(rows[day] for day in days or (None,)):
            raise _change_error(out.table)
        yield SeasonOfRows(season, found)


def require_unchanged(warehouse: Warehouse, chosen: Chosen) -> None:
    """Raise TransientWarehouseError where a run wrote to a chosen cell since it was chosen."""
    now = _contents_on_record(warehouse, list(chosen.outs))
    for table, outs in chosen.outs.items():
        days = {cell.day for out in outs for cell in out.cells}
        before = chosen.recorded[table]
        if any(before.get(day) != now[table].get(day) for day in days):
            raise _change_error(table)


def _contents_on_record(
    warehouse: Warehouse, tables: Sequence[str]
) -> dict[str, Recorded]:
    """What the ledger says now of every cell of these tables."""
    found: dict[str, Recorded] = {}
    for table, cells in warehouse.records(*dict.fromkeys(tables)).items():
        found[table] = {day: record.content for day, record in cells.items()}
    return found


def _raw(
    warehouse: Warehouse, table: str, selection: Selection, calendar: Calendar
) -> TableOut:
    records, contents = warehouse.records(table)[table], warehouse.contents(table)
    held = [day for day in {*records, *contents} if day]
    dates = selection.chosen_dates(calendar, held)
    return raw_table_out(table, records, contents, dates)


def _raw_changes(warehouse: Warehouse, last: date) -> Iterator[NotFresh]:
    """Raw rows up to a date that changed since they were last observed."""
    records = warehouse.records(*warehouse.catalog.raw)
    for table in warehouse.catalog.raw:
        changed = unobserved(records[table], warehouse.contents(table))
        yield from raw_not_fresh(table, _up_to(last, changed))


def _up_to(last: date, days: Iterable[date | None]) -> list[date | None]:
    """The days up to a date, and None, which stands for rows without a date."""
    return [day for day in days if day is None or day <= last]


def _seasons(calendar: Calendar, out: TableOut) -> dict[int | None, list[date]]:
    """Season -> the dates of it that hold rows; one without dates for a table that has none."""
    if not out.days:
        return {None: []} if out.cells else {}
    # Raw rows may be of before the first season that the schedule knows.
    return group(out.days, lambda day: calendar.season_of(day) or day.year)


def _change_error(table: str) -> TransientWarehouseError:
    return TransientWarehouseError(
        f"{table} changed while it was read: another run writes to this warehouse; wait for it, "
        "then run the same command again"
    )
