"""Read all that is known of one cell, raw or computed; nothing is written, and nothing observed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core.errors import ConfigError
from planning.batches import Batch
from planning.calendar import GameDay
from planning.cells import Outcome
from planning.freshness import Book
from planning.selection import Selection
from planning.verify import unobserved
from planning.why import Explanation, RawExplanation, explanation_of, raw_explained
from runs.survey import survey
from warehouse.protocol import Warehouse


def explain(
    warehouse: Warehouse, table: str, day: date, with_query: bool = False
) -> Explanation | RawExplanation:
    """Why a cell is as it is; ConfigError for a table that is not there, and without a schedule."""
    catalog = warehouse.catalog
    if table in catalog.raw:
        return _raw(warehouse, table, day if catalog.date_column(table) else None)
    if table not in catalog.processors:
        computed, raw = ", ".join(catalog.processors), ", ".join(catalog.raw)
        raise ConfigError(
            f"no table named {table}; the tables are: {computed}; the raw ones: {raw}"
        )
    planner = survey(warehouse, anew=True)
    Selection().chosen_range(planner.calendar)
    found = explanation_of(planner, table, day, warehouse.entries(table, day))
    record = planner.freshness.record(table, day)
    held = record and record.held
    if held and held.outcome is Outcome.QUARANTINED:
        found = replace(found, evidence=warehouse.evidence(table, day))
    game_day = planner.calendar.days.get(day)
    if with_query and game_day:
        found = _with_query(warehouse, found, game_day)
    return replace(found, unobserved=_raw_changes(warehouse, planner.book, day))


def _with_query(warehouse: Warehouse, found: Explanation, day: GameDay) -> Explanation:
    """The explanation with the statement that computes the cell."""
    batch = Batch.of_season(found.table, day.season, day.season_start, [day.game_date])
    query, parameters = warehouse.bound_query(batch)
    return replace(found, query=query, parameters=parameters)


def _raw_changes(
    warehouse: Warehouse, book: Book | None, until: date
) -> dict[str, tuple[date | None, ...]]:
    """Raw table -> its dates up to this one that changed since
    it was last observed; undated rows as well."""
    records = book.records if book else {}
    found: dict[str, tuple[date | None, ...]] = {}
    for table in warehouse.catalog.raw:
        changed = unobserved(records.get(table, {}), warehouse.contents(table))
        if early := tuple(day for day in changed if day is None or day <= until):
            found[table] = early
    return found


def _raw(warehouse: Warehouse, table: str, day: date | None) -> RawExplanation:
    record, contents = (
        warehouse.records(table)[table].get(day),
        warehouse.contents(table),
    )
    return raw_explained(
        warehouse.catalog, table, day, record, contents, warehouse.entries(table, day)
    )
