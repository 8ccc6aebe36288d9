"""Whatever is asked of a warehouse, BigQuery's answer is DuckDB's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.loop import open_warehouse, rows
from tests.raw_rows import World
from tests.warehouse.bigquery.journey import differences
from tests.warehouse.bigquery.looking import PREFIX, on_duckdb, on_stand_in, table_rows
from tests.warehouse.planting import CONTEXT, catalog_with, changed
from warehouse import bookkeeping
from warehouse.bigquery.warehouse import BigQueryWarehouse
from warehouse.duckdb import DuckDBWarehouse

# Rows of an unknown team, and rows of none, each twice.
WRONG_TEAMS = "CASE team WHEN 'ASH' THEN 'XYZ' WHEN 'BAY' THEN NULL ELSE team END"
PLANTED = catalog_with(
    CONTEXT, changed(CONTEXT, spread="1000.5", team=WRONG_TEAMS, copies="[1, 1]")
)


@pytest.fixture
def on_bigquery(league_stand_in: StandIn) -> BigQueryWarehouse:
    """The computed league with faults in one query."""
    return warehouse_on(league_stand_in, PLANTED)


@pytest.fixture
def embedded(
    computed_on_duckdb: DuckDBWarehouse, tmp_path: Path
) -> Iterator[DuckDBWarehouse]:
    """The same on DuckDB."""
    path = tmp_path / "league.duckdb"
    rows(computed_on_duckdb, f"ATTACH '{path}' AS saved")
    rows(computed_on_duckdb, "COPY FROM DATABASE warehouse TO saved")
    rows(computed_on_duckdb, "DETACH saved")
    warehouse = open_warehouse(path=str(path), catalog=PLANTED)
    yield warehouse
    warehouse.close()


def test_a_journey_through_the_whole_protocol_is_the_same_on_both(
    on_bigquery: BigQueryWarehouse,
    embedded: DuckDBWarehouse,
    league_stand_in: StandIn,
    world: World,
) -> None:
    assert differences(on_bigquery, embedded, world) == []
    for table in PLANTED.raw:
        assert on_stand_in(league_stand_in, embedded, table) == on_duckdb(
            embedded, table
        ), table
    assert table_rows(league_stand_in, "rejects") == []


def test_the_bookkeeping_tables_have_the_columns_that_they_have_on_duckdb(
    league_stand_in: StandIn, computed_on_duckdb: DuckDBWarehouse
) -> None:
    """The quarantine alone has one more: when its rows were kept."""
    for table in bookkeeping.TABLES:
        resource = league_stand_in.engine.tables[f"{PREFIX}{table.path}"].resource
        here = [field["name"] for field in resource["schema"]["fields"]]
        described = rows(computed_on_duckdb, f"DESCRIBE {table.path}")
        there = [row["column_name"] for row in described]
        assert [name for name in here if name != "kept_at"] == there, table.name
        assert ("kept_at" in here) == (table.name == "quarantine")
