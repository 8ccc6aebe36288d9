"""Read every computed table back and hold it against the ledger; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from planning.calendar import Calendar
from planning.cells import EMPTY
from planning.selection import Selection
from planning.verify import (
    Difference,
    Verification,
    Verified,
    comparison_of,
    unobserved,
)
from warehouse.protocol import Warehouse

KEYS_SHOWN_FOR = 3
"""Cells per table whose keys are looked up; the numbers are there for all."""


def read_back(warehouse: Warehouse, selection: Selection) -> Verification:
    """The tables asked for, and every raw table, on the dates asked for;
    ConfigError without a schedule."""
    calendar = Calendar.of(warehouse.game_days())
    selection.chosen_range(calendar)
    tables: list[Verified] = []
    for table in selection.chosen_tables(warehouse.catalog):
        tables.append(_comparison(warehouse, table, selection, calendar))
    changed: dict[str, tuple[date | None, ...]] = {}
    for table in warehouse.catalog.raw:
        if days := _raw_changes(warehouse, table, selection, calendar):
            changed[table] = days
    return Verification(tuple(tables), changed)


def _comparison(
    warehouse: Warehouse, table: str, selection: Selection, calendar: Calendar
) -> Verified:
    records, contents = warehouse.records(table)[table], warehouse.contents(table)
    days = _chosen(selection, calendar, {*records, *contents})
    found = comparison_of(table, records, contents, days)
    return (
        replace(found, differences=_with_keys(warehouse, found))
        if found.differences
        else found
    )


def _raw_changes(
    warehouse: Warehouse, table: str, selection: Selection, calendar: Calendar
) -> tuple[date | None, ...]:
    records, contents = warehouse.records(table)[table], warehouse.contents(table)
    return unobserved(
        records, contents, _chosen(selection, calendar, {*records, *contents})
    )


def _chosen(
    selection: Selection, calendar: Calendar, known: Iterable[date | None]
) -> tuple[date, ...] | None:
    """The dates asked for, on the schedule or not; None for all, rows without a date among them."""
    if not (selection.dates or selection.last_days or selection.start or selection.end):
        return None
    return selection.chosen_dates(calendar, [day for day in known if day])


def _with_keys(warehouse: Warehouse, found: Verified) -> tuple[Difference, ...]:
    """What differs, with how the keys compare, and some of the keys of the first cells."""
    states = warehouse.cell_states(found.table)
    whole = [
        replace(d, state=states.get(d.day, EMPTY) if d.day else EMPTY)
        for d in found.differences
    ]
    for i, difference in enumerate(whole[:KEYS_SHOWN_FOR]):
        if difference.day and not difference.state.holds_what_is_expected:
            whole[i] = replace(
                difference, keys=warehouse.keys_amiss(found.table, difference.day)
            )
    return tuple(whole)
