"""What every tool starts from: one season of the demo league, and the tables that it is given.

Three tables are computed. The three that player_daily_cache reads besides come with the data, so
that every tool does the same work; the file below `source` is what the peers read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

import demo
from bench.backfill import due_dates, publish_straight
from planning.batches import batches
from processors.catalog import Catalog
from processors.discovery import load
from runs.survey import survey
from warehouse.binding import staged
from warehouse.connections import open_warehouse
from warehouse.dialect import to_duckdb
from warehouse.duckdb import DuckDBWarehouse

TABLES = ("team_offense_game_summary", "player_game_summary", "player_daily_cache")
"""The tables that every tool computes, upstream first."""
GIVEN = (
    "upcoming_player_game_context",
    "upcoming_team_game_context",
    "player_shot_zone_analysis",
)
"""The tables that player_daily_cache reads and that no tool computes."""
DATES = {
    "team_offense_game_summary": "game_date",
    "player_game_summary": "game_date",
    "player_daily_cache": "cache_date",
}
"""Table -> its date column."""
BOOTSTRAP_DAYS = 14


@dataclass(frozen=True)
class Range:
    """Dates of one season, both ends included, and the season's first date."""

    start: date
    end: date
    season: int
    season_start: date

    @property
    def middle(self) -> date:
        """The day in the middle."""
        return self.start + (self.end - self.start) / 2


def make_league(path: Path, start: date, end: date) -> Range:
    """Write the season's raw tables and the given ones into a file, in the schema `source`.

    They are computed here, in a plain loop, by the same queries as everywhere.
    """
    whole = path.with_suffix(".whole.duckdb")
    with open_warehouse(f"duckdb:{whole}") as warehouse:
        assert isinstance(warehouse, DuckDBWarehouse)
        warehouse.load(demo.generate(start=start, end=end))
        planner = survey(warehouse)
        for table in given_and_upstream(warehouse.catalog):
            days = due_dates(planner, table)
            for batch in batches(planner.calendar, table, days):
                publish_straight(warehouse, batch)
        catalog = warehouse.catalog
    copy_tables(whole, path, catalog)
    whole.unlink()
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "SELECT min(game_date), max(game_date), min(season) FROM source.schedule "
            "WHERE game_type IN ('2', '4', '5', '6')"
        ).fetchall()[0]
    return Range(found[0], found[1], found[2], found[0])


def given_and_upstream(catalog: Catalog) -> list[str]:
    """The given tables and those that they read, directly or not, upstream first."""
    needed = set(GIVEN)
    for table in reversed(catalog.ordered()):
        if table in needed:
            reads = catalog[table].contract.reads.values()
            needed |= {read.table for read in reads if read.table not in catalog.raw}
    return [table for table in catalog.ordered() if table in needed]


def copy_tables(whole: Path, path: Path, catalog: Catalog) -> None:
    """Copy the raw tables and the given ones of a warehouse into the schema `source` of a file."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"ATTACH '{whole}' AS whole (READ_ONLY)")
        connection.execute("CREATE SCHEMA source")
        for table in (*catalog.raw, *GIVEN):
            dataset = "nba_raw" if table in catalog.raw else catalog.dataset(table)
            connection.execute(
                f"CREATE TABLE source.{table} AS FROM whole.{dataset}.{table}"
            )


def query_between(
    table: str, first: str, last: str, season: int, season_start: date
) -> str:
    """The bound text of a table in DuckDB's SQL with every parameter filled in: inputs of `source`,
    computed ones of `peers`; `first` and `last` are SQL expressions."""
    catalog = load()

    def name_of(name: str) -> str:
        return f"peers.{name}" if name in TABLES else f"source.{name}"

    tree = staged(catalog[table], catalog, name_of)
    (dates,) = (cte for cte in tree.find_all(exp.CTE) if cte.alias == "dates")
    of_one_season = (
        f"SELECT as_of, {season} AS season, DATE '{season_start}' AS season_start "
        "FROM UNNEST(@dates) AS as_of"
    )
    dates.set("this", sqlglot.parse_one(of_one_season, read="bigquery"))
    text = to_duckdb(tree)
    filled = {
        "$dates": f"CAST(generate_series({first}, {last}, INTERVAL 1 DAY) AS DATE[])",
        "$season_start": f"DATE '{season_start}'",
        "$first": first,
        "$last": last,
    }
    for parameter, value in filled.items():
        text = text.replace(parameter, value)
    if table == "player_daily_cache":
        since = f"DATE '{season_start}' + {BOOTSTRAP_DAYS}"
        return f"{text}\nWHERE computed.cache_date >= {since}"
    return text


def correct(path: Path, schema: str, day: date) -> None:
    """Give the best scorer of a date's first game, and his team, a point more."""
    best = (
        f"SELECT game_id, player_id, team FROM {schema}.player_box "
        "WHERE game_date = ? ORDER BY game_id, pts DESC, player_id LIMIT 1"
    )
    with duckdb.connect(str(path)) as connection:
        game, player, team = fetch_row(connection, best, [day])
        connection.execute(
            f"UPDATE {schema}.player_box SET pts = pts + 1 "
            "WHERE game_id = ? AND player_id = ?",
            [game, player],
        )
        connection.execute(
            f"UPDATE {schema}.team_box SET pts = pts + 1 WHERE game_id = ? AND team = ?",
            [game, team],
        )


def spoil(path: Path, schema: str, day: date) -> tuple[str, str, float]:
    """Give a team of a date minutes that no integer holds: its statement raises at that date.

    The game, the team and the minutes that it had.
    """
    first = (
        f"SELECT game_id, team, minutes FROM {schema}.team_box WHERE game_date = ? "
        "ORDER BY ALL LIMIT 1"
    )
    with duckdb.connect(str(path)) as connection:
        game, team, minutes = fetch_row(connection, first, [day])
    restore(path, schema, (game, team, 1e30))
    return game, team, minutes


def restore(path: Path, schema: str, row: tuple[str, str, float]) -> None:
    """Give a team of a game these minutes."""
    game, team, minutes = row
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"UPDATE {schema}.team_box SET minutes = ? WHERE game_id = ? AND team = ?",
            [minutes, game, team],
        )


def fetch_row(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any]
) -> tuple[Any, ...]:
    """The only row of a query; LookupError where there is none."""
    found = connection.execute(sql, list(values)).fetchone()
    if found is None:
        raise LookupError(f"no row for {values}: {sql}")
    return tuple(found)


def game_day_near(path: Path, day: date) -> date:
    """The last date up to `day` with box scores of games."""
    sql = "SELECT max(game_date) FROM source.player_box WHERE game_date <= ?"
    with duckdb.connect(str(path), read_only=True) as connection:
        (found,) = fetch_row(connection, sql, [day])
    assert isinstance(found, date)
    return found
