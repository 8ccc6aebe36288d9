"""Dropping a computed table: the repair of one
that differs from its contract by more than can be added."""

from __future__ import annotations

from core.counted import counted
from core.errors import ConfigError
from core.remedy import Remedy
from processors.discovery import load
from warehouse.connections import open_as_found


def drop_table(url: str, table: str, sure: bool) -> int:
    """Drop a computed table; rows lost. ConfigError, and nothing lost,
    for a raw table or when not sure.

    Works on a warehouse that is refused for this very table: its tables are not compared here.
    """
    catalog = load()
    if table in catalog.raw:
        raise ConfigError(
            f"{table} is raw data, which no backfill computes again: take a game out with ",
            Remedy("ingest remove", ("GAME",)),
            ", or ingest into a new file: ",
            Remedy("ingest", warehouse="duckdb:OTHER.duckdb", goes_on=True),
        )
    name = f"{catalog.dataset(table)}.{table}"
    with open_as_found(url) as warehouse:
        rows = warehouse.rows_held(table)
        if not sure:
            raise ConfigError(
                f"{url}: {name} would be lost with {counted(rows, 'row')}; add --yes to drop it, "
                "then compute it again: ",
                Remedy("backfill", ("--table", table)),
            )
        warehouse.drop(table)
    return rows
