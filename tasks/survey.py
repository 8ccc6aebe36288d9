"""Look at the warehouse: calendar and state of every table, as a planner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from planning.calendar import Calendar
from planning.cells import CellState
from planning.decisions import Planner
from processors.discovery import load
from warehouse.protocol import Warehouse


class StatesOnDemand(Mapping[str, Mapping[date, CellState]]):
    """Table -> state of its cells, read from the warehouse when first asked for, once."""

    def __init__(self, warehouse: Warehouse, tables: tuple[str, ...]) -> None:
        self._warehouse, self._tables = warehouse, tables
        self._read: dict[str, Mapping[date, CellState]] = {}

    def __getitem__(self, table: str) -> Mapping[date, CellState]:
        if table not in self._read:
            self._read[table] = self._warehouse.cell_states(table)
        return self._read[table]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def survey(warehouse: Warehouse) -> Planner:
    """A planner on what the warehouse holds; a table's state is read when first needed, while it is open."""
    catalog = load()
    return Planner(catalog, Calendar.of(warehouse.game_days()), StatesOnDemand(warehouse, catalog.ordered()))
