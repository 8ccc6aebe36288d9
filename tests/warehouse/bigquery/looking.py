"""Rows of a table as either warehouse holds them, and what a batch's requests were."""

from __future__ import annotations

from typing import Any

from tests.bigquery_stand_in.asked import Request
from tests.bigquery_stand_in.opening import URL
from tests.bigquery_stand_in.server import StandIn
from tests.loop import rows
from warehouse.bigquery.address import Address
from warehouse.duckdb import DuckDBWarehouse

PREFIX = Address.parsed(URL).prefix
Row = dict[str, Any]


def on_duckdb(warehouse: DuckDBWarehouse, table: str) -> list[Row]:
    """A table's rows, in an order of their own."""
    columns = ", ".join(c.name for c in warehouse.catalog.columns(table))
    return _ordered(rows(warehouse, f"SELECT {columns} FROM {warehouse.names(table)}"))


def on_stand_in(stand_in: StandIn, duckdb: DuckDBWarehouse, table: str) -> list[Row]:
    """A table's rows as the stand-in holds them, in the same order."""
    columns = ", ".join(c.name for c in duckdb.catalog.columns(table))
    name = f"{PREFIX}{duckdb.catalog.dataset(table)}.{table}"
    return _ordered(stand_in.engine.rows(f"SELECT {columns} FROM {name}"))


def _ordered(found: list[Row]) -> list[Row]:
    return sorted(found, key=lambda row: [(value is None, str(value)) for value in row.values()])


def jobs(stand_in: StandIn, **wanted: object) -> list[Request]:
    """The jobs that were inserted, dry runs aside."""
    return stand_in.calls("jobs.insert", dry_run=False, **wanted)


def table_rows(stand_in: StandIn, table: str) -> list[Row]:
    """The rows of a bookkeeping table."""
    return stand_in.engine.rows(f"SELECT * FROM {PREFIX}nba_backfill.{table}")
