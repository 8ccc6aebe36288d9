"""The games of the schedule, and what raw tables hold of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from planning.waivers import SCHEDULE
from warehouse.store import Store, texts

FINAL_ELIGIBLE = "status = 'final' AND game_type IN ('2', '4', '5', '6')"
"""The condition on a game of the schedule that was played and counts: of the regular season, the
play-offs, the play-in or the cup's final."""


@dataclass(frozen=True)
class Games:
    """The games in one store."""

    store: Store

    def of(self, raw_table: str) -> frozenset[str]:
        """The ids of the games that have rows in a raw table."""
        sql = f"SELECT DISTINCT game_id FROM {self.store.whole(raw_table)}"
        rows = self.store.rows("games", sql, about=raw_table)
        return frozenset(row["game_id"] for row in rows)

    def lacking(self, raw_table: str, season: int) -> list[str]:
        """The final eligible games of a season of which a raw table holds no row."""
        sql = (
            f"SELECT game_id FROM {self._schedule} WHERE season = @season AND "
            f"{FINAL_ELIGIBLE} AND game_id NOT IN "
            f"(SELECT game_id FROM {self.store.whole(raw_table)} WHERE season = @season) "
            "ORDER BY game_id"
        )
        rows = self.store.rows("waivers", sql, about=raw_table, season=season)
        return [row["game_id"] for row in rows]

    def by_team(self) -> dict[int, dict[str, int]]:
        """Season -> team -> its final regular games on the schedule."""
        sides = "\nUNION ALL\n".join(
            f"SELECT season, {side} AS team, IF(status = 'final', 1, 0) AS is_final "
            f"FROM {self._schedule} WHERE game_type = '2'"
            for side in ("home_team", "away_team")
        )
        sql = (
            f"SELECT season, team, SUM(is_final) AS games FROM ({sides}) AS sides "
            "GROUP BY season, team ORDER BY season, team"
        )
        found: dict[int, dict[str, int]] = {}
        for row in self.store.rows("team_games", sql):
            found.setdefault(row["season"], {})[row["team"]] = int(row["games"])
        return found

    def uncovered(
        self, waived_boxes: Collection[str], waived_shots: Collection[str]
    ) -> dict[str, dict[date, int]]:
        """Raw table -> date -> its final games that the raw table does not cover, but for those
        waived for it; shots of games with box scores of players are the gate's to name."""
        sql = (
            "SELECT game_date, COUNTIF(game_id NOT IN UNNEST(@boxes)) AS boxes, "
            "COUNTIF(NOT covers_shots AND game_id NOT IN UNNEST(@shots)) AS shots "
            f"FROM {self._schedule} WHERE {FINAL_ELIGIBLE} AND NOT covers_player_box "
            "GROUP BY game_date ORDER BY game_date"
        )
        boxes, shots = texts([*waived_boxes]), texts([*waived_shots])
        found: dict[str, dict[date, int]] = {"player_box": {}, "shots": {}}
        for row in self.store.rows("uncovered_games", sql, boxes=boxes, shots=shots):
            for raw_table, games in (
                ("player_box", row["boxes"]),
                ("shots", row["shots"]),
            ):
                if games:
                    found[raw_table][row["game_date"]] = int(games)
        return found

    @property
    def _schedule(self) -> str:
        return self.store.whole(SCHEDULE)
