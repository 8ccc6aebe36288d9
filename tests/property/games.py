"""The raw rows of a warehouse as edits see them:
games by what they are, their rows, ways to write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from tests.league import TEAMS, play
from tests.loop import rows
from tests.raw_rows import Row, World, raw_load
from warehouse.duckdb import DuckDBWarehouse

Edit = Callable[[DuckDBWarehouse, Random], str | None]
"""Changes a warehouse at random and says what it did; None when there is nothing to do it to."""

ELIGIBLE = "2456"
GAME_TABLES = ("team_box", "player_box", "shots", "player_props", "game_lines")


def games(
    warehouse: DuckDBWarehouse, *statuses: str, covered: bool = False
) -> list[Row]:
    """The eligible games of these statuses (all by default),
    by id, with what their source declares."""
    found = warehouse.schedule().to_pylist()
    return [
        game
        for game in found
        if game["game_type"] in ELIGIBLE
        and (not statuses or game["status"] in statuses)
        and (game["covers_player_box"] or not covered)
    ]


def rows_of(warehouse: DuckDBWarehouse, table: str, *game_ids: str) -> list[Row]:
    """The rows of a raw table that belong to these games, in the order of its key."""
    key = ", ".join(warehouse.catalog.raw[table].grain)
    sql = f"SELECT * FROM nba_raw.{table} WHERE game_id IN (SELECT UNNEST($games)) ORDER BY {key}"
    return rows(warehouse, sql, games=list(game_ids))


def with_box_scores(warehouse: DuckDBWarehouse) -> list[Row]:
    """The covered final games that have player lines."""
    there = {
        r["game_id"]
        for r in rows(warehouse, "SELECT DISTINCT game_id FROM nba_raw.player_box")
    }
    return [
        game
        for game in games(warehouse, "final", covered=True)
        if game["game_id"] in there
    ]


def write(warehouse: DuckDBWarehouse, **tables: Iterable[Row]) -> None:
    """Load these rows as a source would hand them over; a table without rows is not mentioned."""
    listed = {table: list(found) for table, found in tables.items()}
    warehouse.load(raw_load({table: found for table, found in listed.items() if found}))


def by_hand(warehouse: DuckDBWarehouse, sql: str, **parameters: Any) -> int:
    """Run a statement behind the ledger's back; rows that it touched."""
    with warehouse.engine.transaction() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.fetchall()[0][0])


def emptied(warehouse: DuckDBWarehouse, game_id: str, *tables: str) -> None:
    """Take a game's rows out of raw tables (all but the schedule
    by default) behind the ledger's back."""
    for table in tables or GAME_TABLES:
        by_hand(
            warehouse,
            f"DELETE FROM nba_raw.{table} WHERE game_id = $game",
            game=game_id,
        )


def played_out(
    warehouse: DuckDBWarehouse, played: Iterable[Row], random: Random
) -> None:
    """Load these games with box scores, shots and lines; those that are not final come without."""
    world: World = {table: [] for table in ("schedule", *GAME_TABLES)}
    for game in played:
        world["schedule"].append(game)
        if game["status"] == "final":
            play(world, game, random)
    write(warehouse, **world)


def moved_to(game: Row, day: date) -> Row:
    """The game on another date, its tip-off with it."""
    tip_off: datetime | None = game["tip_off"]
    return game | {
        "game_date": day,
        "tip_off": tip_off and tip_off + (day - game["game_date"]),
    }


def free_date(
    warehouse: DuckDBWarehouse, random: Random, game: Row, reach: int
) -> date | None:
    """Another date within `reach` days on which neither team plays; sometimes one of them does."""
    taken = {
        other["game_date"]
        for other in games(warehouse, "scheduled", "live", "final")
        if {other["home_team"], other["away_team"]}
        & {game["home_team"], game["away_team"]}
    }
    days = [
        game["game_date"] + timedelta(days=n) for n in range(-reach, reach + 1) if n
    ]
    free = [day for day in days if day not in taken or random.random() < 0.02]
    return random.choice(free) if free else None


def two_teams(random: Random) -> tuple[str, str]:
    """Home and away."""
    home, away = random.sample(TEAMS, 2)
    return home, away


def spelled(game: Row) -> str:
    """A game as a failure names it."""
    return f"{game['game_id']} of {game['game_date']} ({game['away_team']} at {game['home_team']})"
