"""Queries with a fault planted on one date, and what is said of that date."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from planning.batches import Batch
from processors.catalog import Catalog
from processors.discovery import load
from tests.loop import rows
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import BatchResult

BAD, NEXT = date(2023, 11, 21), date(2023, 11, 22)
TEAM, PLAYER = "team_offense_game_summary", "player_game_summary"
CONTEXT, PLAYER_CONTEXT = "upcoming_team_game_context", "upcoming_player_game_context"
FACTORS = "player_composite_factors"
Planted = Callable[..., DuckDBWarehouse]


def catalog_with(table: str, sql: str) -> Catalog:
    """The catalog with another query for a table."""
    catalog = load()
    return replace(
        catalog,
        processors={**catalog.processors, table: replace(catalog[table], sql=sql)},
    )


def changed(
    table: str, where: str = "TRUE", copies: str = "[1]", **columns: str
) -> str:
    """The table's query with, on the bad date, columns computed otherwise,
    rows left out or multiplied."""
    processor = load()[table]
    day = processor.contract.date_column
    names = [c.name for c in processor.contract.columns]
    selected = [
        f"IF({day} = DATE '{BAD}', {columns[n]}, {n}) AS {n}" if n in columns else n
        for n in names
    ]
    body = processor.sql.strip()
    return (
        f"SELECT {', '.join(selected)} FROM ({body}) AS computed CROSS JOIN UNNEST({copies}) AS "
        f"copy WHERE {day} != DATE '{BAD}' AND copy = 1 OR {day} = DATE '{BAD}' AND ({where})"
    )


def batch(table: str, *dates: date) -> Batch:
    """A batch of these dates; of the bad one and the next by default."""
    return Batch.of_season(table, 2023, date(2023, 10, 24), dates or (BAD, NEXT))


def breaches(result: BatchResult) -> dict[str, int]:
    """Check -> rows or keys that broke it, on the bad date, the only one held back."""
    assert result.quarantined.keys() == {BAD}
    return {breach.check: breach.count for breach in result.quarantined[BAD]}


def quarantine(warehouse: DuckDBWarehouse) -> dict[tuple[str, date, str], list[str]]:
    """(table, date, check) -> the keys kept as evidence."""
    listed = rows(
        warehouse,
        "SELECT table_name, cell_date, check_name, keys FROM nba_backfill.quarantine",
    )
    return {
        (r["table_name"], r["cell_date"], r["check_name"]): json.loads(r["keys"])
        for r in listed
    }
