"""The rows that the stand-in serves, with what the sites know and the raw tables do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from demo import DemoLeague
from planning.raw_load import Held
from sources.nba_stats.teams import TEAMS

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]
IDS = {team: team_id for team_id, team in TEAMS.items()}
FIRST_CLUB_ID = 1_610_620_000
"""Ids of clubs that are none of the thirty teams."""
STARTERS = 5
START, END = date(2023, 10, 24), date(2023, 10, 27)


@dataclass(eq=False)
class StandInLeague:
    """A league by game, and who started: the five of a side with the most minutes."""

    tables: Tables
    by_game: dict[str, dict[str, list[Row]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table in ("team_box", "player_box", "shots"):
            games: dict[str, list[Row]] = defaultdict(list)
            for row in self.tables[table]:
                games[row["game_id"]].append(row)
            self.by_game[table] = games
        self._by_id = {row["game_id"]: row for row in self.tables["schedule"]}

    def games(self, season: int) -> list[Row]:
        """The games of a season's schedule, of every type."""
        return [row for row in self.tables["schedule"] if row["season"] == season]

    def game(self, game_id: str) -> Row:
        """The schedule's row of a game."""
        return self._by_id[game_id]

    def rows(self, table: str, games: Iterable[Row]) -> list[Row]:
        """The rows that a raw table has of these games."""
        return [
            row
            for game in games
            for row in self.by_game[table].get(game["game_id"], ())
        ]

    def starts(self, line: Row) -> bool:
        """Whether a player is one of his side's five."""
        side = [
            row
            for row in self.by_game["player_box"][line["game_id"]]
            if row["team"] == line["team"] and row["status"] == "played"
        ]
        first = sorted(side, key=lambda row: (-row["minutes"], row["player_id"]))[
            :STARTERS
        ]
        return line["player_id"] in {row["player_id"] for row in first}

    def roster(self, season: int, team: str) -> list[int]:
        """The players who have a line for a team in a season."""
        return sorted(
            {
                row["player_id"]
                for row in self.tables["player_box"]
                if row["season"] == season and row["team"] == team
            }
        )


def team_id(team: str) -> int:
    """The league's id of a team; one of its own for a club that is none of the thirty."""
    return (
        IDS.get(team)
        or FIRST_CLUB_ID + int.from_bytes(team.encode()[:2], "big") % 10_000
    )


@cache
def demo_league(start: date = START, end: date = END) -> StandInLeague:
    """A few days of the demo league."""
    load = DemoLeague(None, start, end).read(Held())
    return StandInLeague(
        {name: table.to_pylist() for name, table in load.tables.items()}
    )


def position(player_id: int) -> str:
    """A player's position, as rosters have it."""
    return ("G", "G-F", "F", "F-C", "C")[player_id % 5]


def reason(line: Row) -> str:
    """Why a player did not play, in the words of a box score."""
    if line["status"] == "played":
        return ""
    if line["status"] == "inactive":
        return "DND - Injury/Illness"
    return "DNP - Coach's Decision" if line["player_id"] % 2 else "DNP - Injury/Illness"
