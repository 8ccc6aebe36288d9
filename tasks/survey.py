"""Look at the warehouse: calendar and state of every table, as a planner."""

from __future__ import annotations

from collections.abc import Iterable

from planning.calendar import Calendar
from planning.decisions import Planner
from processors.discovery import load
from warehouse.protocol import Warehouse


def survey(warehouse: Warehouse) -> Planner:
    """A planner on what the warehouse holds now."""
    catalog = load()
    states = {table: warehouse.cell_states(table) for table in catalog.ordered()}
    return Planner(catalog, Calendar.of(warehouse.game_days()), states)


def looked_again(planner: Planner, warehouse: Warehouse, tables: Iterable[str]) -> Planner:
    """The planner with the state of these tables read again."""
    states = {**planner.states, **{table: warehouse.cell_states(table) for table in tables}}
    return Planner(planner.catalog, planner.calendar, states)
