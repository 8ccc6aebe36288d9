"""Raw rows into the warehouse: replaced by (raw table,
game), dated by the schedule, rejects kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planning.raw_load import LOAD_ORDER, RawLoad
from planning.waivers import COVERAGE, HOLES
from processors.contract import RawContract
from warehouse.duckdb import waivers
from warehouse.duckdb.engine import Cursor, count

Names = Callable[[str], str]


def load(
    cursor: Cursor, raw: RawLoad, contracts: Mapping[str, RawContract], names: Names
) -> dict[str, int]:
    """Write a load inside the caller's transaction; rows written per raw table."""
    written = {}
    for table in (t for t in LOAD_ORDER if t in raw.tables):
        cursor.register("incoming", raw.tables[table])
        written[table] = (
            _merge_players(cursor)
            if table == "players"
            else _replace(cursor, contracts[table], names(table))
        )
        cursor.unregister("incoming")
    if "schedule" in raw.tables:
        waivers.hold(cursor, raw.tables["schedule"])
    for table in game_tables(contracts):
        if table != "schedule":
            _follow_the_schedule(cursor, names(table))
    _name_players(cursor)
    _keep_rejects(cursor, raw)
    return written


def game_tables(contracts: Mapping[str, RawContract]) -> list[str]:
    """The raw tables whose rows belong to a game."""
    return [table for table, contract in contracts.items() if "game_id" in contract.grain]


def _replace(cursor: Cursor, contract: RawContract, name: str) -> int:
    columns = ", ".join(c.name for c in contract.columns)
    cursor.execute(f"DELETE FROM {name} WHERE game_id IN (SELECT game_id FROM incoming)")
    return count(cursor, f"INSERT INTO {name} ({columns}) SELECT {columns} FROM incoming")


def _merge_players(cursor: Cursor) -> int:
    """A known birth date or position is never lost to a source without one."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE merged_players AS "
        "SELECT incoming.player_id, incoming.player_name, "
        "COALESCE(incoming.birth_date, known.birth_date) AS birth_date, "
        "COALESCE(incoming.position, known.position) AS position "
        "FROM incoming LEFT JOIN nba_raw.players AS known USING (player_id)"
    )
    cursor.execute(
        "DELETE FROM nba_raw.players WHERE player_id IN (SELECT player_id FROM merged_players)"
    )
    merged = count(cursor, "INSERT INTO nba_raw.players BY NAME SELECT * FROM merged_players")
    cursor.execute("DROP TABLE merged_players")
    return merged


def _follow_the_schedule(cursor: Cursor, name: str) -> None:
    """The schedule's date and season of a game are those of all its raw rows."""
    cursor.execute(
        f"UPDATE {name} AS found SET game_date = games.game_date, season = games.season "
        "FROM nba_raw.schedule AS games WHERE games.game_id = found.game_id "
        "AND (games.game_date != found.game_date OR games.season != found.season)"
    )


def _name_players(cursor: Cursor) -> None:
    """A player's name is its latest spelling, whatever the order in which seasons were loaded."""
    cursor.execute(
        "UPDATE nba_raw.players AS players SET player_name = latest.player_name FROM ("
        "SELECT player_id, ARG_MAX(player_name, (game_date, game_id)) AS player_name "
        "FROM nba_raw.player_box GROUP BY player_id) AS latest "
        "WHERE latest.player_id = players.player_id AND latest.player_name != players.player_name"
    )


def _keep_rejects(cursor: Cursor, raw: RawLoad) -> None:
    """The rejects of a file are those of its last reading."""
    files = [f.file for f in raw.files] + [f.file for f in raw.refused]
    cursor.execute(
        "DELETE FROM nba_backfill.rejects WHERE file IN (SELECT UNNEST($files))", {"files": files}
    )
    cursor.register("incoming", raw.rejects)
    cursor.execute(
        "INSERT INTO nba_backfill.rejects (file, row, raw_table, game_id, column_name, reason, "
        "value) SELECT * FROM incoming"
    )
    cursor.unregister("incoming")


def remove_game(
    cursor: Cursor, game_id: str, contracts: Mapping[str, RawContract], names: Names
) -> dict[str, int]:
    """Delete a game from every raw table, and its waivers; rows deleted per table."""
    sql = "DELETE FROM {} WHERE game_id = $game"
    removed = {
        t: count(cursor, sql.format(names(t)), {"game": game_id}) for t in game_tables(contracts)
    }
    return {**removed, "waivers": waivers.forget(cursor, game_id)}


def remove_from_table(cursor: Cursor, game_id: str, table: str, names: Names) -> dict[str, int]:
    """Delete a game from one raw table; a table that covers game by game no longer covers it."""
    removed = count(cursor, f"DELETE FROM {names(table)} WHERE game_id = $game", {"game": game_id})
    if table in HOLES:
        sql = f"UPDATE nba_raw.schedule SET {COVERAGE[table]} = false WHERE game_id = $game"
        cursor.execute(sql, {"game": game_id})
    return {table: removed}
