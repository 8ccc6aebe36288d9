"""Waivers on BigQuery: kept apart, and held against what sources
declare before the schedule is written.

A waived game's coverage flag in the schedule is false; what its source declares is kept beside the
reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from core.errors import SourceError
from core.remedy import Remedy
from planning.waivers import (
    COVERAGE,
    ENDED,
    HOLES,
    SCHEDULE,
    Waiver,
    coverage_flag,
    require_open,
    stated,
    to_waive,
    waived_games,
)
from warehouse.bigquery.bookkeeping import WAIVERS
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.ledger import inserted
from warehouse.bigquery.parameters import Array, Structs
from warehouse.bigquery.scans import FIRST
from warehouse.bigquery.texts import Texts
from warehouse.bigquery.work import Work

_AMONG = "game_id IN UNNEST(@games)"


@dataclass(frozen=True)
class Waivers:
    """The waivers of one warehouse."""

    jobs: Jobs
    texts: Texts

    def in_force(self) -> tuple[Waiver, ...]:
        """Every waiver, by game and raw table."""
        name = self.texts.kept("waivers")
        sql = f"SELECT {', '.join(WAIVERS)} FROM {name} ORDER BY game_id, raw_table"
        return tuple(Waiver(**row) for row in self.jobs.rows("waivers", sql))

    def waive(self, game_id: str, raw_table: str, reason: str) -> Waiver:
        """Let a raw table no longer cover a game; ConfigError or SourceError when that cannot be.

        The reason is kept first: a crash before the flag is written leaves a waiver to be given
        again.
        """
        if raw_table == SCHEDULE:
            return self._call_off(game_id, stated(reason))
        flag = coverage_flag(raw_table)
        asked = Waiver(game_id, raw_table, stated(reason), True, datetime.now(UTC))
        waiver = replace(asked, declared=self._require_waivable(asked, flag))
        self._keep([waiver])
        self._set_flag(game_id, flag, False)
        return waiver

    def waive_games(self, game_ids: Sequence[str], raw_table: str, reason: str) -> int:
        """Let a raw table no longer cover a set of games, for one reason; how many were waived."""
        flag, reason = coverage_flag(raw_table), stated(reason)
        sql = (
            f"SELECT game_id, {flag} AS covered FROM {self.texts.whole('schedule')} WHERE {_AMONG}"
        )
        rows = self.jobs.rows("waivers", sql, games=Array("STRING", list(game_ids)))
        covered = {row["game_id"]: bool(row["covered"]) for row in rows}
        left = to_waive(game_ids, covered, waived_games(self.in_force(), raw_table), raw_table)
        now = datetime.now(UTC)
        self._keep([Waiver(game, raw_table, reason, covered[game], now) for game in left])
        self._set_flags(left, flag, False)
        return len(left)

    def unwaive_games(self, game_ids: Sequence[str], raw_table: str) -> int:
        """Take the waivers of a set of games back; how many there were."""
        flag, asked = coverage_flag(raw_table), set(game_ids)
        waived = [w for w in self.in_force() if w.raw_table == raw_table and w.game_id in asked]
        if not waived:
            return 0
        self._set_flags([waiver.game_id for waiver in waived if waiver.declared], flag, True)
        games = Array("STRING", [waiver.game_id for waiver in waived])
        return self._drop(f"raw_table = @raw AND {_AMONG}", raw=raw_table, games=games)

    def unwaive(self, game_id: str, raw_table: str) -> Waiver:
        """Take a waiver back and give the flag what the source declares;
        SourceError when there is none."""
        if raw_table != SCHEDULE:
            coverage_flag(raw_table)
        waiver = self._find(game_id, raw_table)
        if waiver is None:
            raise SourceError(
                f"game {game_id} is not waived for {raw_table}; ",
                Remedy("waive"),
                " lists the waivers in force",
            )
        if raw_table == SCHEDULE:
            self._set_status(game_id, "scheduled")
        else:
            self._set_flag(game_id, coverage_flag(raw_table), waiver.declared)
        self._drop("game_id = @game AND raw_table = @raw", game=game_id, raw=raw_table)
        return waiver

    def forget(self, game_id: str) -> int:
        """Drop the waivers of a game that is removed; how many there were."""
        return self._drop("game_id = @game", game=game_id)

    def held(self, schedule: pa.Table) -> pa.Table:
        """Schedule rows as they are to be written:
        what they declare is kept, and the waivers win."""
        waivers = {(w.game_id, w.raw_table): w for w in self.in_force()}
        if not waivers:
            return schedule
        rows, changed = schedule.to_pylist(), []
        for row in rows:
            if (row["game_id"], SCHEDULE) in waivers:
                self._hold_status(row)
            for table, flag in COVERAGE.items():
                if waiver := waivers.get((row["game_id"], table)):
                    if waiver.declared != row[flag]:
                        changed.append(replace(waiver, declared=row[flag]))
                    row[flag] = False
        for waiver in changed:
            self._drop(
                "game_id = @game AND raw_table = @raw", game=waiver.game_id, raw=waiver.raw_table
            )
        self._keep(changed)
        return pa.Table.from_pylist(rows, schema=schedule.schema)

    def declared(self, schedule: pa.Table) -> pa.Table:
        """Schedule rows with the coverage that their sources declare, waivers aside."""
        waived = {(w.game_id, w.raw_table) for w in self.in_force() if w.declared}
        rows = schedule.to_pylist()
        for row in rows:
            if (row["game_id"], SCHEDULE) in waived and row["status"] == "cancelled":
                row["status"] = "scheduled"
            row |= {
                flag: True for table, flag in COVERAGE.items() if (row["game_id"], table) in waived
            }
        return pa.Table.from_pylist(rows, schema=schedule.schema)

    def _hold_status(self, row: dict[str, Any]) -> None:
        """Let a game that is waived for the schedule stay called off;
        a played one needs no waiver."""
        if row["status"] == "final":
            self._drop("game_id = @game AND raw_table = @raw", game=row["game_id"], raw=SCHEDULE)
        elif row["status"] not in ENDED:
            row["status"] = "cancelled"

    def _call_off(self, game_id: str, reason: str) -> Waiver:
        """Let an open game count as cancelled; SourceError for one that is not open."""
        sql = f"SELECT status FROM {self.texts.whole('schedule')} WHERE game_id = @game"
        require_open(
            game_id, [row["status"] for row in self.jobs.rows("waivers", sql, game=game_id)]
        )
        waiver = Waiver(game_id, SCHEDULE, reason, True, datetime.now(UTC))
        self._keep([waiver])
        self._set_status(game_id, "cancelled")
        return waiver

    def _set_status(self, game_id: str, status: str) -> None:
        sql = (
            f"UPDATE {self.texts.names('schedule')} SET status = @status "
            f"WHERE game_date >= DATE '{FIRST}' AND game_id = @game"
        )
        self._change(sql, "schedule", status=status, game=game_id)

    def _require_waivable(self, waiver: Waiver, flag: str) -> bool:
        """Whether the source declares the game;
        SourceError for a game that there is nothing to waive of."""
        game_id, raw_table = waiver.game_id, waiver.raw_table
        sql = f"SELECT {flag} AS covered FROM {self.texts.whole('schedule')} WHERE game_id = @game"
        games = self.jobs.rows("waivers", sql, game=game_id)
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
        covered = bool(games[0]["covered"])
        if not covered and raw_table not in HOLES:
            raise SourceError(
                f"the source of {raw_table} does not cover game {game_id}: "
                "nothing waits for it, nothing to waive"
            )
        return covered

    def _find(self, game_id: str, raw_table: str) -> Waiver | None:
        found = (w for w in self.in_force() if (w.game_id, w.raw_table) == (game_id, raw_table))
        return next(found, None)

    def _keep(self, waivers: list[Waiver]) -> None:
        if waivers:
            sql = inserted(self.texts.kept("waivers"), WAIVERS)
            self._change(sql, entries=Structs(WAIVERS, [asdict(w) for w in waivers]))

    def _drop(self, condition: str, **given: Any) -> int:
        return self._change(f"DELETE FROM {self.texts.kept('waivers')} WHERE {condition}", **given)

    def _set_flag(self, game_id: str, flag: str, covered: bool) -> None:
        sql = (
            f"UPDATE {self.texts.names('schedule')} SET {flag} = @covered "
            f"WHERE game_date >= DATE '{FIRST}' AND game_id = @game"
        )
        self._change(sql, "schedule", covered=covered, game=game_id)

    def _set_flags(self, games: Sequence[str], flag: str, covered: bool) -> None:
        if games:
            sql = (
                f"UPDATE {self.texts.names('schedule')} SET {flag} = @covered "
                f"WHERE game_date >= DATE '{FIRST}' AND {_AMONG}"
            )
            self._change(sql, "schedule", covered=covered, games=Array("STRING", list(games)))

    def _change(self, sql: str, mutates: str = "waivers", **given: Any) -> int:
        return self.jobs.run(Work("waivers", sql, given, table=mutates, mutates=mutates)).affected
