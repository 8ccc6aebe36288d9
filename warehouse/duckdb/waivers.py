"""Waivers in the DuckDB file: kept apart, and held against what sources declare.

A waived game's coverage flag in nba_raw.schedule is false; what its source declares is kept beside
the reason. Every function works on a cursor inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.errors import SourceError
from core.remedy import Remedy
from planning.waivers import (
    COVERAGE,
    HOLES,
    SCHEDULE,
    Waiver,
    coverage_flag,
    require_open,
    stated,
    to_waive,
    waived_games,
)
from warehouse.duckdb.engine import Cursor, count, fetched

_FOUND = "SELECT game_id, raw_table, reason, declared, waived_at FROM nba_backfill.waivers"
_WAIVED = "game_id IN (SELECT game_id FROM nba_backfill.waivers WHERE raw_table = '{table}'{more})"


def waive(cursor: Cursor, game_id: str, raw_table: str, reason: str) -> Waiver:
    """Let a raw table no longer cover a game.

    ConfigError for a table that cannot be waived and for an empty reason; SourceError when the
    schedule does not know the game, when it is waived already, and when its source does not cover
    it and nobody misses it.
    """
    if raw_table == SCHEDULE:
        return _call_off(cursor, game_id, stated(reason))
    flag, reason = coverage_flag(raw_table), stated(reason)
    declared = _require_waivable(cursor, game_id, raw_table, flag)
    cursor.execute(
        "INSERT INTO nba_backfill.waivers (game_id, raw_table, reason, declared, waived_at) "
        "VALUES ($game, $table, $reason, $declared, now())",
        {"game": game_id, "table": raw_table, "reason": reason, "declared": declared},
    )
    _set_flag(cursor, game_id, flag, False)
    return _known(cursor, game_id, raw_table)


def waive_games(cursor: Cursor, game_ids: Sequence[str], raw_table: str, reason: str) -> int:
    """Let a raw table no longer cover a set of games, for one reason; how many were waived."""
    flag, reason = coverage_flag(raw_table), stated(reason)
    games = fetched(
        cursor,
        f"SELECT game_id, {flag} AS covered FROM nba_raw.schedule WHERE list_contains($games, "
        "game_id)",
        {"games": list(game_ids)},
    )
    covered = {row["game_id"]: bool(row["covered"]) for row in games}
    left = to_waive(game_ids, covered, waived_games(in_force(cursor), raw_table), raw_table)
    cursor.execute(
        "INSERT INTO nba_backfill.waivers (game_id, raw_table, reason, declared, waived_at) "
        f"SELECT game_id, $table, $reason, {flag}, now() FROM nba_raw.schedule "
        "WHERE list_contains($games, game_id)",
        {"table": raw_table, "reason": reason, "games": left},
    )
    sql = f"UPDATE nba_raw.schedule SET {flag} = false WHERE list_contains($games, game_id)"
    cursor.execute(sql, {"games": left})
    return len(left)


def unwaive_games(cursor: Cursor, game_ids: Sequence[str], raw_table: str) -> int:
    """Take the waivers of a set of games back; how many there were."""
    coverage_flag(raw_table)
    waived = [game for game in waived_games(in_force(cursor), raw_table) if game in set(game_ids)]
    for game_id in waived:
        unwaive(cursor, game_id, raw_table)
    return len(waived)


def unwaive(cursor: Cursor, game_id: str, raw_table: str) -> Waiver:
    """Take a waiver back and give the flag what the source declares;
    SourceError when there is none."""
    if raw_table != SCHEDULE:
        coverage_flag(raw_table)
    waiver = _known(cursor, game_id, raw_table)
    if raw_table == SCHEDULE:
        _set_status(cursor, game_id, "scheduled")
    else:
        _set_flag(cursor, game_id, coverage_flag(raw_table), waiver.declared)
    cursor.execute(
        "DELETE FROM nba_backfill.waivers WHERE game_id = $game AND raw_table = $table",
        {"game": game_id, "table": raw_table},
    )
    return waiver


def in_force(cursor: Cursor) -> tuple[Waiver, ...]:
    """Every waiver, by game and raw table."""
    return tuple(
        Waiver(**row) for row in fetched(cursor, f"{_FOUND} ORDER BY game_id, raw_table", {})
    )


def hold(cursor: Cursor, loaded: Any) -> None:
    """After a load of these schedule rows:
    keep what they declare, and let the waivers win again."""
    cursor.register("loaded", loaded)
    for table, flag in COVERAGE.items():
        cursor.execute(
            f"UPDATE nba_backfill.waivers AS waived SET declared = loaded.{flag} FROM loaded "
            f"WHERE loaded.game_id = waived.game_id AND waived.raw_table = '{table}'"
        )
        cursor.execute(
            f"UPDATE nba_raw.schedule SET {flag} = false "
            f"WHERE {flag} AND {_WAIVED.format(table=table, more='')}"
        )
    cursor.unregister("loaded")
    _hold_statuses(cursor)


def _hold_statuses(cursor: Cursor) -> None:
    """Let games that are waived for the schedule stay called off;
    one that was played needs no waiver."""
    waived = _WAIVED.format(table=SCHEDULE, more="")
    cursor.execute(
        "DELETE FROM nba_backfill.waivers WHERE raw_table = 'schedule' "
        "AND game_id IN (SELECT game_id FROM nba_raw.schedule WHERE status = 'final')"
    )
    cursor.execute(
        "UPDATE nba_raw.schedule SET status = 'cancelled' WHERE status IN ('scheduled', 'live') "
        f"AND {waived}"
    )


def forget(cursor: Cursor, game_id: str) -> int:
    """Drop the waivers of a game that is removed; how many there were."""
    return count(
        cursor, "DELETE FROM nba_backfill.waivers WHERE game_id = $game", {"game": game_id}
    )


def declared_schedule() -> str:
    """A SELECT of the raw schedule with the coverage that its sources declare."""
    flags = ", ".join(
        f"{flag} OR {_WAIVED.format(table=table, more=' AND declared')} AS {flag}"
        for table, flag in COVERAGE.items()
    )
    waived = _WAIVED.format(table=SCHEDULE, more="")
    status = (
        f"CASE WHEN status = 'cancelled' AND {waived} THEN 'scheduled' ELSE status END AS status"
    )
    return f"SELECT * REPLACE ({flags}, {status}) FROM nba_raw.schedule ORDER BY game_id"


def _call_off(cursor: Cursor, game_id: str, reason: str) -> Waiver:
    """Let an open game count as cancelled; SourceError for one that is not open."""
    games = fetched(
        cursor, "SELECT status FROM nba_raw.schedule WHERE game_id = $game", {"game": game_id}
    )
    require_open(game_id, [row["status"] for row in games])
    cursor.execute(
        "INSERT INTO nba_backfill.waivers (game_id, raw_table, reason, declared, waived_at) "
        "VALUES ($game, 'schedule', $reason, true, now())",
        {"game": game_id, "reason": reason},
    )
    _set_status(cursor, game_id, "cancelled")
    return _known(cursor, game_id, SCHEDULE)


def _set_status(cursor: Cursor, game_id: str, status: str) -> None:
    sql = "UPDATE nba_raw.schedule SET status = $status WHERE game_id = $game"
    cursor.execute(sql, {"status": status, "game": game_id})


def _require_waivable(cursor: Cursor, game_id: str, raw_table: str, flag: str) -> bool:
    """Whether the source declares the game;
    SourceError for a game that there is nothing to waive of."""
    sql = f"SELECT {flag} AS covered FROM nba_raw.schedule WHERE game_id = $game"
    games = fetched(cursor, sql, {"game": game_id})
    if not games:
        raise SourceError(
            f"the schedule does not know game {game_id}; ids have ten characters, such as "
            "0022400061"
        )
    if known := _find(cursor, game_id, raw_table):
        raise SourceError(
            f"game {game_id} is waived for {raw_table} already ({known.reason}); "
            "to take that back: ",
            Remedy("waive", (game_id, "--table", raw_table, "--remove")),
        )
    covered = bool(games[0]["covered"])
    if not covered and raw_table not in HOLES:
        raise SourceError(
            f"the source of {raw_table} does not cover game {game_id}: nothing waits for it, "
            "nothing to waive"
        )
    return covered


def _find(cursor: Cursor, game_id: str, raw_table: str) -> Waiver | None:
    sql = f"{_FOUND} WHERE game_id = $game AND raw_table = $table"
    rows = fetched(cursor, sql, {"game": game_id, "table": raw_table})
    return Waiver(**rows[0]) if rows else None


def _known(cursor: Cursor, game_id: str, raw_table: str) -> Waiver:
    if waiver := _find(cursor, game_id, raw_table):
        return waiver
    raise SourceError(
        f"game {game_id} is not waived for {raw_table}; ",
        Remedy("waive"),
        " lists the waivers in force",
    )


def _set_flag(cursor: Cursor, game_id: str, flag: str, covered: bool) -> None:
    sql = f"UPDATE nba_raw.schedule SET {flag} = $covered WHERE game_id = $game"
    cursor.execute(sql, {"covered": covered, "game": game_id})
