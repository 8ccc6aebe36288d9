"""Builds small files in the shapes of stats.nba.com, for the tests that read them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]

TEAM_IDS = {
    "BOS": 1610612738,
    "NYK": 1610612752,
    "MIN": 1610612750,
    "DEN": 1610612743,
    "LAL": 1610612747,
}
GAME, DATE = "0022400061", "2024-10-22"

# One line that adds up; five players of it are a team.
_PLAYER = {
    "FGM": 8,
    "FGA": 17,
    "FG3M": 3,
    "FG3A": 8,
    "FTM": 4,
    "FTA": 5,
    "OREB": 2,
    "DREB": 7,
    "REB": 9,
}
_PLAYER |= {"AST": 5, "STL": 2, "BLK": 1, "TOV": 3, "PF": 4, "PTS": 23}
_TEAM = {name: 5 * value for name, value in _PLAYER.items()}


def team_row(
    team: str, matchup: str, game: str = GAME, date: str = DATE, **changes: object
) -> Row:
    """A row of a team game log."""
    row = {
        "SEASON_ID": f"{game[2]}20{game[3:5]}",
        "TEAM_ID": TEAM_IDS[team],
        "TEAM_ABBREVIATION": team,
    }
    row |= {
        "GAME_ID": game,
        "GAME_DATE": date,
        "MATCHUP": matchup,
        "WL": "W" if team < "C" else "L",
    }
    return row | {"MIN": 240} | _TEAM | changes


def player_row(
    player: int,
    team: str,
    matchup: str,
    game: str = GAME,
    date: str = DATE,
    **changes: object,
) -> Row:
    """A row of a player game log."""
    names = {"PLAYER_ID": player, "PLAYER_NAME": f"Player {player}"}
    return (
        team_row(team, matchup, game, date)
        | names
        | {"MIN": 48}
        | _PLAYER
        | {"PLUS_MINUS": 1}
        | changes
    )


def team_rows(
    home: str = "BOS",
    away: str = "NYK",
    game: str = GAME,
    date: str = DATE,
    **changes: object,
) -> list[Row]:
    """Both team rows of an ordinary game."""
    return [
        team_row(home, f"{home} vs. {away}", game, date, **changes),
        team_row(away, f"{away} @ {home}", game, date, **changes),
    ]


def player_rows(
    home: str = "BOS", away: str = "NYK", game: str = GAME, date: str = DATE
) -> list[Row]:
    """Five players on each side of an ordinary game."""
    sides = ((home, f"{home} vs. {away}"), (away, f"{away} @ {home}"))
    return [
        player_row(TEAM_IDS[team] % 100 * 10 + i, team, matchup, game, date)
        for team, matchup in sides
        for i in range(5)
    ]


def shot_row(
    player: int = 381, team: str = "BOS", game: str = GAME[2:], **changes: object
) -> Row:
    """A row of a season shot file."""
    row = {
        "SEASON_1": 2001 + int(game[-7:-5]),
        "SEASON_2": "2024-25",
        "TEAM_ID": TEAM_IDS[team],
    }
    row |= {
        "PLAYER_ID": player,
        "GAME_DATE": "10-22-2024",
        "GAME_ID": game,
        "HOME_TEAM": "BOS",
    }
    row |= {
        "EVENT_TYPE": "Made Shot",
        "SHOT_MADE": "TRUE",
        "SHOT_TYPE": "3PT Field Goal",
    }
    row |= {
        "BASIC_ZONE": "Above the Break 3",
        "LOC_X": 1.5,
        "LOC_Y": 30.55,
        "SHOT_DISTANCE": 25,
    }
    return row | {"QUARTER": 1, "MINS_LEFT": 10, "SECS_LEFT": 26} | changes


def raw_shot_row(
    player: int = 381, team: str = "BOS", game: str = GAME, **changes: object
) -> Row:
    """A row of a ShotChartDetail response: the same shot as `shot_row`."""
    row = {
        "GRID_TYPE": "Shot Chart Detail",
        "GAME_ID": game,
        "GAME_EVENT_ID": 7,
        "PLAYER_ID": player,
    }
    row |= {
        "TEAM_ID": TEAM_IDS[team],
        "PERIOD": 1,
        "MINUTES_REMAINING": 10,
        "SECONDS_REMAINING": 26,
    }
    row |= {
        "SHOT_TYPE": "3PT Field Goal",
        "SHOT_ZONE_BASIC": "Above the Break 3",
        "SHOT_DISTANCE": 25,
    }
    row |= {
        "LOC_X": -15,
        "LOC_Y": 253,
        "SHOT_MADE_FLAG": 1,
        "GAME_DATE": "20241022",
        "HTM": "BOS",
    }
    return row | changes


def schedule_row(
    home: str = "BOS", away: str = "NYK", game: str = GAME, **changes: object
) -> Row:
    """A row of a ScheduleLeagueV2 frame."""
    row = {
        "gameId": game,
        "gameStatus": 3,
        "gameDateEst": f"{DATE}T00:00:00Z",
        "gameDate": "10/22/2024 00:00:00",
    }
    row |= {
        "gameDateTimeUTC": "2024-10-22T23:30:00Z",
        "postponedStatus": "A",
        "isNeutral": "False",
    }
    return row | {"homeTeam_teamTricode": home, "awayTeam_teamTricode": away} | changes


def write(path: Path, rows: Sequence[Row]) -> Path:
    """Write rows as the path's suffix says; a parquet file keeps the types of the values."""
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
        return path
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
