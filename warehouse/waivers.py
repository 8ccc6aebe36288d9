"""Waivers as a warehouse keeps them, held against what sources declare.

A waived game's coverage flag in the schedule is false; what its source declares is kept beside the
reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.errors import SourceError
from core.remedy import Remedy
from planning.waivers import (
    COVERAGE_FLAGS,
    ENDED,
    SCHEDULE,
    Waiver,
    coverage_flag,
    is_missed,
    require_open,
    require_reason,
    to_waive,
    waived_games,
)
from warehouse.bookkeeping import WAIVERS
from warehouse.games import FINAL_ELIGIBLE
from warehouse.store import EVERY_DATE, Row, Store, texts

if TYPE_CHECKING:
    import pyarrow as pa

Key = tuple[str, str]
"""A game and a raw table."""


@dataclass(frozen=True)
class Waivers:
    """The waivers in one store."""

    store: Store

    def in_force(self) -> tuple[Waiver, ...]:
        """Every waiver, by game and raw table."""
        columns = ", ".join(WAIVERS.column_names)
        sql = f"SELECT {columns} FROM {self.store.name('waivers')} ORDER BY game_id, raw_table"
        rows = self.store.rows("waivers", sql)
        return tuple(Waiver(**row) for row in rows)

    def waive(self, game_id: str, raw_table: str, reason: str, at: datetime) -> Waiver:
        """Let a raw table no longer cover a game; `at`: the warehouse's time.

        The reason is kept first: without transactions, a crash before the flag is written leaves a
        waiver to be given again. ConfigError for a table that cannot be waived and for an empty
        reason; SourceError when the schedule does not know the game, when it is waived already, and
        when its source does not cover it and nobody misses it.
        """
        if raw_table == SCHEDULE:
            return self._call_off(game_id, require_reason(reason), at)
        flag, reason = coverage_flag(raw_table), require_reason(reason)
        declared = self._require_waivable(game_id, raw_table, flag)
        waiver = Waiver(game_id, raw_table, reason, declared, at)
        self._add([waiver])
        self._set_flag([game_id], flag, False)
        return waiver

    def waive_games(
        self, game_ids: Sequence[str], raw_table: str, reason: str, at: datetime
    ) -> int:
        """Let a raw table no longer cover a set of games, for one reason; how many were waived."""
        flag, reason = coverage_flag(raw_table), require_reason(reason)
        rows = self._find_games(game_ids, flag)
        covered = {row["game_id"]: bool(row["covered"]) for row in rows}
        missed = {row["game_id"]: _is_missed(row, raw_table) for row in rows}
        waived = waived_games(self.in_force(), raw_table)
        left = to_waive(game_ids, missed, waived, raw_table)
        self._add([Waiver(game, raw_table, reason, covered[game], at) for game in left])
        self._set_flag(left, flag, False)
        return len(left)

    def unwaive(self, game_id: str, raw_table: str) -> Waiver:
        """Take a waiver back and give the flag what the source declares;
        SourceError when there is none."""
        flag = "" if raw_table == SCHEDULE else coverage_flag(raw_table)
        waiver = self._find(game_id, raw_table)
        if waiver is None:
            raise SourceError(
                f"game {game_id} is not waived for {raw_table}; ",
                Remedy("waive"),
                " lists the waivers in force",
            )
        if flag:
            self._set_flag([game_id], flag, waiver.declared)
        else:
            self._set_status(game_id, "scheduled")
        self._remove([game_id], raw_table)
        return waiver

    def unwaive_games(self, game_ids: Sequence[str], raw_table: str) -> int:
        """Take the waivers of a set of games back; how many there were."""
        flag, asked = coverage_flag(raw_table), set(game_ids)
        games: list[str] = []
        declared: list[str] = []
        for waiver in self.in_force():
            if waiver.raw_table == raw_table and waiver.game_id in asked:
                games.append(waiver.game_id)
                declared += [waiver.game_id] if waiver.declared else []
        self._set_flag(declared, flag, True)
        self._remove(games, raw_table)
        return len(games)

    def remove_games(self, game_ids: Sequence[str]) -> int:
        """Drop the waivers of games that are removed; how many there were."""
        waivers = self.store.name("waivers")
        sql = f"DELETE FROM {waivers} WHERE game_id IN UNNEST(@games)"
        return self.store.change("waivers", "waivers", sql, games=texts(game_ids))

    def hold(self, schedule: pa.Table) -> pa.Table:
        """Keep what these schedule rows declare, and give them as they are to be written:
        the waivers win."""
        waivers = self._by_key()
        if not waivers:
            return schedule
        rows = schedule.to_pylist()
        declared = _new_declarations(rows, waivers)
        for (raw_table, covered), games in declared.items():
            self._declare(games, raw_table, covered)
        played = _final_after_all(rows, waivers)
        self._remove(played, SCHEDULE)
        written = [_row_as_written(row, waivers) for row in rows]
        import pyarrow as pa

        return pa.Table.from_pylist(written, schema=schedule.schema)

    def declared(self, schedule: pa.Table) -> pa.Table:
        """Schedule rows with the coverage that their sources declare, waivers aside."""
        waivers = self._by_key()
        if not waivers:
            return schedule
        rows = [_declared_row(row, waivers) for row in schedule.to_pylist()]
        import pyarrow as pa

        return pa.Table.from_pylist(rows, schema=schedule.schema)

    def _by_key(self) -> dict[Key, Waiver]:
        in_force = self.in_force()
        return {(waiver.game_id, waiver.raw_table): waiver for waiver in in_force}

    def _find(self, game_id: str, raw_table: str) -> Waiver | None:
        waivers = self._by_key()
        return waivers.get((game_id, raw_table))

    def _call_off(self, game_id: str, reason: str, at: datetime) -> Waiver:
        """Let an open game count as cancelled; SourceError for one that is not open."""
        sql = f"SELECT status FROM {self.store.whole(SCHEDULE)} WHERE game_id = @game"
        games = self.store.rows(
            "waivers",
            sql,
            game=game_id,
        )
        require_open(game_id, [row["status"] for row in games])
        waiver = Waiver(game_id, SCHEDULE, reason, True, at)
        self._add([waiver])
        self._set_status(game_id, "cancelled")
        return waiver

    def _require_waivable(self, game_id: str, raw_table: str, flag: str) -> bool:
        """Whether the source declares the game;
        SourceError for a game that there is nothing to waive of."""
        games = self._find_games([game_id], flag)
        if not games:
            raise SourceError(
                f"the schedule does not know game {game_id}; ids have ten characters, such as "
                "0022400061"
            )
        if known := self._find(game_id, raw_table):
            raise SourceError(
                f"game {game_id} is waived for {raw_table} already ({known.reason}); "
                "to take that back: ",
                Remedy("waive", (game_id, "--table", raw_table, "--remove")),
            )
        if not _is_missed(games[0], raw_table):
            raise SourceError(
                f"the source of {raw_table} does not cover game {game_id}: nothing waits for it, "
                "nothing to waive"
            )
        return bool(games[0]["covered"])

    def _find_games(self, game_ids: Sequence[str], flag: str) -> list[Row]:
        """Those of the games that the schedule knows: whether their source covers them, by its
        flag, and whether they count."""
        sql = (
            f"SELECT game_id, {flag} AS covered, {FINAL_ELIGIBLE} AS counts "
            f"FROM {self.store.whole(SCHEDULE)} WHERE game_id IN UNNEST(@games)"
        )
        return self.store.rows("waivers", sql, games=texts(game_ids))

    def _add(self, waivers: Sequence[Waiver]) -> None:
        rows = list(map(asdict, waivers))
        self.store.add(WAIVERS, rows)

    def _remove(self, games: Sequence[str], raw_table: str) -> None:
        if games:
            self._change_waivers("DELETE FROM {}", games, raw_table)

    def _declare(self, games: Sequence[str], raw_table: str, covered: bool) -> None:
        """Keep what the source says now of games that are waived."""
        change = "UPDATE {} SET declared = @covered"
        self._change_waivers(change, games, raw_table, covered=covered)

    def _change_waivers(
        self, change: str, games: Sequence[str], raw_table: str, **given: Any
    ) -> None:
        sql = change.format(self.store.name("waivers"))
        sql += " WHERE raw_table = @raw AND game_id IN UNNEST(@games)"
        self.store.change(
            "waivers", "waivers", sql, raw=raw_table, games=texts(games), **given
        )

    def _set_flag(self, games: Sequence[str], flag: str, covered: bool) -> None:
        if games:
            self._change_schedule(f"{flag} = @covered", games, covered=covered)

    def _set_status(self, game_id: str, status: str) -> None:
        change = "status = @status"
        self._change_schedule(
            change,
            [game_id],
            status=status,
        )

    def _change_schedule(self, change: str, games: Sequence[str], **given: Any) -> None:
        sql = (
            f"UPDATE {self.store.name(SCHEDULE)} SET {change} "
            f"WHERE {EVERY_DATE} AND game_id IN UNNEST(@games)"
        )
        self.store.change("waivers", SCHEDULE, sql, games=texts(games), **given)


def _is_missed(game: Row, raw_table: str) -> bool:
    return is_missed(raw_table, bool(game["covered"]), bool(game["counts"]))


def _new_declarations(
    rows: Sequence[Row], waivers: Mapping[Key, Waiver]
) -> dict[tuple[str, bool], list[str]]:
    """Raw table and whether it covers them now -> the waived games of which that is new."""
    found: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for row in rows:
        for table, flag in COVERAGE_FLAGS.items():
            waiver = waivers.get((row["game_id"], table))
            if waiver and waiver.declared != row[flag]:
                found[table, row[flag]].append(row["game_id"])
    return found


def _final_after_all(rows: Sequence[Row], waivers: Mapping[Key, Waiver]) -> list[str]:
    """The final games among those that are waived for the schedule: they need no waiver."""
    final = [row["game_id"] for row in rows if row["status"] == "final"]
    return [game for game in final if (game, SCHEDULE) in waivers]


def _row_as_written(row: Row, waivers: Mapping[Key, Waiver]) -> Row:
    """A schedule row as it is written: without the coverage that is waived, and called off where
    the game is waived for the schedule and its source has not ended it."""
    game = row["game_id"]
    held = dict(row)
    if (game, SCHEDULE) in waivers and row["status"] not in ENDED:
        held["status"] = "cancelled"
    for table, flag in COVERAGE_FLAGS.items():
        if (game, table) in waivers:
            held[flag] = False
    return held


def _declared_row(row: Row, waivers: Mapping[Key, Waiver]) -> Row:
    """A schedule row as its source declares it."""
    game = row["game_id"]
    declared = dict(row)
    if (game, SCHEDULE) in waivers and row["status"] == "cancelled":
        declared["status"] = "scheduled"
    for table, flag in COVERAGE_FLAGS.items():
        waiver = waivers.get((game, table))
        if waiver and waiver.declared:
            declared[flag] = True
    return declared
