"""Rows of a table as either warehouse holds them, and what a batch's requests were."""

from __future__ import annotations

import math
from typing import Any

from tests.bigquery_stand_in.asked import Request
from tests.bigquery_stand_in.opening import URL
from tests.bigquery_stand_in.server import StandIn
from tests.loop import rows
from warehouse.bigquery.names import Names
from warehouse.bigquery.warehouse import BigQueryWarehouse
from warehouse.duckdb import DuckDBWarehouse

PREFIX = Names.at(URL).prefix
Row = dict[str, Any]
A_SHARE, NINTH_DECIMAL = 1e-9, 1.5e-9
"""What the order of a sum may change: a share of a float,
and where it was rounded when it was staged."""


def on_duckdb(warehouse: DuckDBWarehouse, table: str) -> list[Row]:
    """A table's rows, in an order of their own."""
    columns = ", ".join(c.name for c in warehouse.catalog.columns(table))
    return _ordered(rows(warehouse, f"SELECT {columns} FROM {warehouse.names(table)}"))


def on_stand_in(stand_in: StandIn, duckdb: DuckDBWarehouse, table: str) -> list[Row]:
    """A table's rows as the stand-in holds them, in the same order."""
    columns = ", ".join(c.name for c in duckdb.catalog.columns(table))
    name = f"{PREFIX}{duckdb.catalog.dataset(table)}.{table}"
    return _ordered(stand_in.engine.rows(f"SELECT {columns} FROM {name}"))


def rows_on(warehouse: BigQueryWarehouse, table: str) -> list[Row]:
    """A table's rows as the client reads them from BigQuery, in the same order."""
    columns = ", ".join(c.name for c in warehouse.catalog.columns(table))
    return _ordered(
        warehouse.jobs.rows(
            "look", f"SELECT {columns} FROM {warehouse.texts.whole(table)}"
        )
    )


def unlike(here: list[Row], there: list[Row]) -> list[tuple[Row, Row]]:
    """The rows that differ by more than the order in which an engine adds floats up."""
    assert len(here) == len(there)
    return [(a, b) for a, b in zip(here, there, strict=True) if not _alike(a, b)]


def _alike(here: Row, there: Row) -> bool:
    return here.keys() == there.keys() and all(
        _same(here[column], there[column]) for column in here
    )


def _same(here: Any, there: Any) -> bool:
    if isinstance(here, float) and isinstance(there, float):
        return math.isclose(here, there, rel_tol=A_SHARE, abs_tol=NINTH_DECIMAL)
    return type(here) is type(there) and bool(here == there)


def _ordered(found: list[Row]) -> list[Row]:
    return sorted(
        found, key=lambda row: [(value is None, str(value)) for value in row.values()]
    )


def jobs(stand_in: StandIn, **wanted: object) -> list[Request]:
    """The jobs that were inserted, dry runs aside."""
    return stand_in.calls("jobs.insert", dry_run=False, **wanted)


def table_rows(stand_in: StandIn, table: str) -> list[Row]:
    """The rows of a bookkeeping table."""
    return stand_in.engine.rows(f"SELECT * FROM {PREFIX}nba_backfill.{table}")
