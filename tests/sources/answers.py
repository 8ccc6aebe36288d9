"""Small answers of stats.nba.com, in its own shapes, for the tests that read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.sources.nba_stats_files import GAME, TEAM_IDS, Row

LINE = {
    "fieldGoalsMade": 8,
    "fieldGoalsAttempted": 17,
    "threePointersMade": 3,
    "threePointersAttempted": 8,
    "freeThrowsMade": 4,
    "freeThrowsAttempted": 5,
    "reboundsOffensive": 2,
    "reboundsDefensive": 7,
    "reboundsTotal": 9,
    "assists": 5,
    "steals": 2,
    "blocks": 1,
    "turnovers": 3,
    "foulsPersonal": 4,
    "points": 23,
}
"""The line of a player as in the game logs of `nba_stats_files`."""


def result_sets(name: str, rows: Sequence[Row]) -> Row:
    """Rows as a named result set of an answer."""
    headers = list(rows[0])
    row_set = [[row[header] for header in headers] for row in rows]
    return {"resource": name.lower(), "resultSets": [_set(name, headers, row_set)]}


def _set(name: str, headers: list[str], rows: list[list[Any]]) -> Row:
    return {"name": name, "headers": headers, "rowSet": rows}


def box_score(home: str = "BOS", away: str = "NYK", game: str = GAME) -> Row:
    """BoxScoreTraditionalV3: five starters a side with the game log's lines, a sixth man who stays
    on the bench, and the away team a free throw behind."""
    sides = {"homeTeam": _side(home), "awayTeam": _side(away)}
    last = sides["awayTeam"]["players"][4]["statistics"]
    last |= {"freeThrowsMade": 3, "points": 22}
    sides["awayTeam"]["statistics"] |= {"freeThrowsMade": 19, "points": 114}
    return {"boxScoreTraditional": {"gameId": game, **sides}}


def _side(team: str) -> Row:
    first = TEAM_IDS[team] % 100 * 10
    players = [_player(first + place, "48:00", "F") for place in range(5)]
    players.append(_player(first + 5, "", "", "DNP - Coach's Decision"))
    total = {name: 5 * value for name, value in LINE.items()}
    statistics = {"minutes": "240:00", **total, "plusMinusPoints": 1.0}
    named = {"teamId": TEAM_IDS[team], "teamTricode": team}
    return {**named, "players": players, "statistics": statistics, "starters": None}


def _player(player_id: int, minutes: str, position: str, comment: str = "") -> Row:
    line = LINE if minutes else dict.fromkeys(LINE, 0)
    return {
        "personId": player_id,
        "firstName": "Player",
        "familyName": str(player_id),
        "position": position,
        "comment": comment,
        "statistics": {"minutes": minutes, **line, "plusMinusPoints": 1.0},
    }


def action(x: int = 15, y: int = 253, **changes: Any) -> Row:
    """An action of PlayByPlayV3: a made three after an assist, with 37 seconds to play."""
    row = {"actionNumber": 7, "clock": "PT00M37.20S", "period": 1, "teamTricode": "BOS"}
    row |= {"teamId": TEAM_IDS["BOS"], "personId": 381, "xLegacy": x, "yLegacy": y}
    row |= {"isFieldGoal": 1, "actionType": "Made Shot", "shotValue": 3}
    row |= {"description": "Garland 25' 3PT Jump Shot (3 PTS) (Mobley Jr. 12 AST)"}
    return row | changes


def play_by_play(*actions: Row, game: str = GAME) -> Row:
    """PlayByPlayV3 of a game, with an action that is no shot."""
    tip = action(
        actionType="Jump Ball", isFieldGoal=0, shotValue=0, xLegacy=0, yLegacy=0
    )
    return {"game": {"gameId": game, "actions": [tip, *actions]}}


def schedule(*games: Row) -> Row:
    """ScheduleLeagueV2 of games as `nba_stats_files.schedule_row` makes them."""
    nested = [
        {
            **{key: value for key, value in game.items() if "_" not in key},
            "homeTeam": {"teamTricode": game["homeTeam_teamTricode"]},
            "awayTeam": {"teamTricode": game["awayTeam_teamTricode"]},
        }
        for game in games
    ]
    return {
        "leagueSchedule": {"seasonYear": "2024-25", "gameDates": [{"games": nested}]}
    }


ROSTER = {
    "TeamID": TEAM_IDS["BOS"],
    "PLAYER": "Player 380",
    "POSITION": "G-F",
    "BIRTH_DATE": "JUL 28, 1999",
    "PLAYER_ID": 380,
}
"""A row of CommonTeamRoster."""
