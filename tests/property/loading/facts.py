"""What is in a warehouse, read by plain statements
and not through the planner that is put to the test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tests.loop import rows
from tests.raw_rows import Row
from tests.sources.nba_stats_files import Row as FileRow
from warehouse.duckdb import DuckDBWarehouse

CALLED_OFF = ("postponed", "cancelled", "dropped")
BOXES = ("team_box", "player_box")
COUNTED = ("pts", "fga", "fta", "reb", "ast", "tov")
Side = tuple[str, str]
"""A game and one of its teams."""
Lines = frozenset[tuple[int, ...]]
"""What the rows of one side count, without dates and names."""


@dataclass(frozen=True)
class Facts:
    """The schedule by game; the box scores of each side, by raw table;
    the rows of tables by date."""

    schedule: Mapping[str, Row]
    boxes: Mapping[str, Mapping[Side, Lines]]
    held: Mapping[str, Mapping[date, int]]

    @classmethod
    def of(cls, warehouse: DuckDBWarehouse) -> Facts:
        """The warehouse as it is."""
        schedule = rows(
            warehouse,
            "SELECT * FROM nba_raw.schedule WHERE game_type IN ('2', '4', '5', '6')",
        )
        return cls(
            schedule={row["game_id"]: row for row in schedule},
            boxes={table: _boxes(warehouse, table) for table in BOXES},
            held={
                processor.name: _held(warehouse, processor.name)
                for processor in warehouse.catalog
            },
        )

    @property
    def rows(self) -> dict[str, int]:
        """Table -> its rows."""
        return {table: sum(dates.values()) for table, dates in self.held.items()}

    def has_both(self, table: str, game_id: str) -> bool:
        """Whether both sides of a game have rows in a raw table."""
        game = self.schedule.get(game_id)
        if game is None:
            return False
        sides = {(game_id, game["home_team"]), (game_id, game["away_team"])}
        return sides <= self.boxes[table].keys()

    @property
    def finished(self) -> list[str]:
        """The games that are final and have the box scores of both teams."""
        final = [g for g, row in self.schedule.items() if row["status"] == "final"]
        return [game_id for game_id in final if self.has_both("team_box", game_id)]

    def games_on(self, day: date) -> list[Row]:
        """The games of a date that are not called off."""
        games = [row for row in self.schedule.values() if row["game_date"] == day]
        return [row for row in games if row["status"] not in CALLED_OFF]

    def may_wait(self, day: date, only_own: bool) -> bool:
        """Whether a game of the last two days is open that a cell of the date may wait for."""
        final = [
            r["game_date"] for r in self.schedule.values() if r["status"] == "final"
        ]
        recent = max(final) - timedelta(days=1)
        is_open = [
            row["game_date"]
            for row in self.schedule.values()
            if row["status"] in ("scheduled", "live") and row["game_date"] >= recent
        ]
        return day in is_open if only_own else any(other < day for other in is_open)


def lines_of(listed: list[FileRow]) -> dict[Side, Lines]:
    """What the rows of a file count, by side, rows without a result left out."""
    sides: dict[Side, set[tuple[int, ...]]] = {}
    for row in listed:
        if row["WL"]:
            side = row["GAME_ID"], row["TEAM_ABBREVIATION"]
            counted = tuple(row[name.upper()] for name in COUNTED)
            sides.setdefault(side, set()).add((row.get("PLAYER_ID", 0), *counted))
    return {side: frozenset(lines) for side, lines in sides.items()}


def _boxes(warehouse: DuckDBWarehouse, table: str) -> dict[Side, Lines]:
    player = "player_id" if table == "player_box" else "0 AS player_id"
    sql = f"SELECT game_id, team, {player}, {', '.join(COUNTED)} FROM nba_raw.{table}"
    sides: dict[Side, set[tuple[int, ...]]] = {}
    for row in rows(warehouse, sql):
        line = (row["player_id"], *(row[name] for name in COUNTED))
        sides.setdefault((row["game_id"], row["team"]), set()).add(line)
    return {side: frozenset(lines) for side, lines in sides.items()}


def _held(warehouse: DuckDBWarehouse, table: str) -> dict[date, int]:
    column = warehouse.catalog[table].contract.date_column
    sql = f"SELECT {column} AS day, COUNT(*) AS n FROM {warehouse.names(table)} GROUP BY ALL"
    return {row["day"]: row["n"] for row in rows(warehouse, sql)}
