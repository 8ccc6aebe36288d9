"""Damage: computed rows and the ledger changed behind the warehouse's back,
tables gone, code changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from processors.catalog import Catalog
from processors.discovery import load
from tests.loop import rows
from tests.property.games import by_hand
from warehouse.duckdb import DuckDBWarehouse


def _cell(warehouse: DuckDBWarehouse, random: Random) -> tuple[str, str, Any] | None:
    """Qualified table, date column and a date on which it holds rows."""
    table = random.choice(warehouse.catalog.ordered())
    name, column = warehouse.names(table), warehouse.catalog[table].contract.date_column
    days = [
        row["day"]
        for row in rows(
            warehouse, f"SELECT DISTINCT {column} AS day FROM {name} ORDER BY 1"
        )
    ]
    return (name, column, random.choice(days)) if days else None


def value_changed(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A number of one row, or of a cell, is another."""
    cell = _cell(warehouse, random)
    if cell is None:
        return None
    name, column, day = cell
    table = warehouse.catalog[name.rpartition(".")[2]].contract
    numbers = [
        c.name
        for c in table.columns
        if c.type in ("INT64", "FLOAT64") and c.name not in table.grain
    ]
    changed = random.choice(numbers)
    sql = f"UPDATE {name} SET {changed} = COALESCE({changed}, 0) + 1 WHERE {column} = $day"
    by_hand(warehouse, sql, day=day)
    return f"{changed} of {name} {day} changed"


def rows_deleted(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """The rows of a date, some of them, those of a range, or all are gone."""
    cell = _cell(warehouse, random)
    if cell is None:
        return None
    name, column, day = cell
    some = f"{column} = $day AND rowid % 3 = 0"
    among = random.choice(
        (f"{column} = $day", some, f"{column} >= $day", f"{column} < $day")
    )
    gone = by_hand(warehouse, f"DELETE FROM {name} WHERE {among}", day=day)
    return f"{gone} rows of {name} deleted where {among} {day}"


def rows_out_of_place(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """Rows of a date stand on another as well, twice on their own,
    or on one that is not on the schedule."""
    cell = _cell(warehouse, random)
    if cell is None:
        return None
    name, column, day = cell
    by = random.choice((0, 1, -1, 7, 400))
    sql = (
        f"INSERT INTO {name} SELECT * REPLACE ({column} + {by} AS {column}) FROM {name} WHERE "
        f"{column} = $day"
    )
    by_hand(warehouse, sql, day=day)
    return f"rows of {name} {day} copied {by} days on"


def ledger_lost(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """The whole ledger is gone, or a part of it."""
    table = random.choice((*warehouse.catalog.ordered(), *warehouse.catalog.raw))
    lost = random.choice(
        (
            "TRUE",
            f"table_name = '{table}'",
            "table_name IN ('schedule', 'player_box', 'team_box', 'shots', 'players')",
            f"table_name = '{table}' AND attempt > 1",
            "hash(cell_date) % 3 = 0",
        )
    )
    gone = by_hand(warehouse, f"DELETE FROM nba_backfill.ledger WHERE {lost}")
    return f"{gone} entries of the ledger lost where {lost}" if gone else None


def table_dropped(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A computed table is gone; the next opening makes it anew."""
    table = random.choice(warehouse.catalog.ordered())
    warehouse.drop(table)
    warehouse.ensure_tables()
    return f"{table} dropped"


CHANGED: Sequence[tuple[str, str]] = (
    ("player_game_summary", "0.5 * computed.ts_pct"),
    ("player_game_summary", "computed.ts_pct"),
)


def code_changed(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """Another query of a table, with other rows or with the same ones; or the first again."""
    known = [_catalog(None), *(_catalog(n) for n in range(len(CHANGED)))]
    warehouse.catalog = random.choice(
        [catalog for catalog in known if catalog is not warehouse.catalog]
    )
    return f"code {known.index(warehouse.catalog)} of {CHANGED[0][0]}"


@cache
def _catalog(number: int | None) -> Catalog:
    """The catalog of the project, or with one of the changed queries;
    made once, its texts with it."""
    catalog = load()
    if number is None:
        return catalog
    table, expression = CHANGED[number]
    processor = catalog[table]
    names = [c.name for c in processor.contract.columns]
    columns = ", ".join(
        f"{expression} AS {n}" if f".{n}" in expression else f"computed.{n}"
        for n in names
    )
    sql = f"SELECT {columns} FROM ({processor.sql.strip()}) AS computed"
    return replace(
        catalog, processors={**catalog.processors, table: replace(processor, sql=sql)}
    )
