"""Some dates of a table read alone are what they are among all, on both engines."""

from __future__ import annotations

from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import Warehouse


def test_some_dates_are_what_they_are_among_all(
    computed_stand_in: StandIn, computed_on_duckdb: DuckDBWarehouse
) -> None:
    check(warehouse_on(computed_stand_in))
    check(computed_on_duckdb)


def test_no_dates_are_no_cells(
    computed_on_duckdb: DuckDBWarehouse,
) -> None:
    table = "player_game_summary"
    assert computed_on_duckdb.cell_states(table, []) == {}
    assert computed_on_duckdb.contents(table, []) == {}
    assert computed_on_duckdb.records(table, dates=[]) == {table: {}}


def check(warehouse: Warehouse) -> None:
    """Compare what is read of some dates with those of all that is read."""
    for table in ("player_game_summary", "upcoming_player_game_context"):
        states, contents = warehouse.cell_states(table), warehouse.contents(table)
        records = warehouse.records(table)[table]
        days = sorted(states)[3:-3:5]
        assert warehouse.cell_states(table, days) == {day: states[day] for day in days}
        assert warehouse.contents(table, days) == {
            day: contents[day] for day in days if day in contents
        }
        assert warehouse.records(table, dates=days)[table] == {
            day: records[day] for day in days if day in records
        }
