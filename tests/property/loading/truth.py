"""What the small league really played, and what a schedule saved on some day said of it.

The games are those of tests/league.py under names of real teams, as rows of the league's files. In
it: a game that was put off and played five days later, two that were never played, one that was not
necessary.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from sources.nba_stats.shapes import COUNTING
from tests import league
from tests.raw_rows import Row as RawRow
from tests.sources.nba_stats_files import Row

FIRST_DAY = league.FIRST_DAY
LAST_DAY = FIRST_DAY + timedelta(days=league.DAYS - 1)
TEAMS = {
    "ASH": ("ATL", 1610612737),
    "BAY": ("BOS", 1610612738),
    "COR": ("CHI", 1610612741),
    "DUN": ("DEN", 1610612743),
    "ELM": ("LAL", 1610612747),
    "FEN": ("NYK", 1610612752),
}
ID_OF = dict(TEAMS.values())
ZONES = {
    "above_break_3": "Above the Break 3",
    "left_corner_3": "Left Corner 3",
    "restricted_area": "Restricted Area",
    "paint": "In The Paint (Non-RA)",
    "mid_range": "Mid-Range",
}
NEVER_PLAYED = (league.POSTPONED, "0022309998")
NOT_NECESSARY = "0042309997"
PUT_OFF_FROM, PUT_OFF_TO = (
    FIRST_DAY + timedelta(days=18),
    FIRST_DAY + timedelta(days=23),
)
ENDS = ("flag", "words", "silence", "gone")
"""How a schedule may tell, or not tell, that a game is not played."""


@dataclass(frozen=True, slots=True)
class Game:
    """A game of the schedule; `first_date`: when it was first to be played,
    where that is another date."""

    game_id: str
    day: date
    home: str
    away: str
    is_played: bool = True
    first_date: date | None = None

    @property
    def season(self) -> int:
        """The year in which its season starts."""
        return 2000 + int(self.game_id[3:5])

    @property
    def teams(self) -> tuple[str, str]:
        """Home and away."""
        return self.home, self.away


@dataclass(frozen=True)
class Truth:
    """Every game, and the rows of the files on those that were played, by game."""

    games: dict[str, Game]
    team_rows: dict[str, list[Row]]
    player_rows: dict[str, list[Row]]
    shot_rows: dict[str, list[Row]]

    def played_by(self, day: date) -> list[Game]:
        """The games that were over at the end of a day."""
        return [
            game for game in self.games.values() if game.is_played and game.day <= day
        ]


@cache
def truth() -> Truth:
    """The league as it was; always the same."""
    world = league.league()
    games = {game.game_id: game for game in _games(world["schedule"])}
    team_rows: dict[str, list[Row]] = {}
    points = {(row["game_id"], row["team"]): row["pts"] for row in world["team_box"]}
    for row in world["team_box"]:
        if row["game_id"] in games:
            team_rows.setdefault(row["game_id"], []).append(
                _box_row(row, games, points)
            )
    player_rows: dict[str, list[Row]] = {}
    for row in world["player_box"]:
        if row["game_id"] in games and row["status"] == "played":
            player_rows.setdefault(row["game_id"], []).append(
                _player_row(row, games, points)
            )
    shot_rows: dict[str, list[Row]] = {}
    for row in world["shots"]:
        if row["game_id"] in games:
            shot_rows.setdefault(row["game_id"], []).append(_shot_row(row))
    return Truth(games, team_rows, player_rows, shot_rows)


def _games(schedule: list[RawRow]) -> Iterator[Game]:
    for row in schedule:
        # A game 00000 does not exist.
        if row["game_type"] in "13" or row["game_id"].endswith("00000"):
            continue
        home, away = _name(row["home_team"]), _name(row["away_team"])
        game = Game(
            row["game_id"], row["game_date"], home, away, row["status"] == "final"
        )
        is_put_off = game.day == PUT_OFF_TO and set(game.teams) == {"ATL", "BOS"}
        yield replace(game, first_date=PUT_OFF_FROM) if is_put_off else game
    yield Game(
        NEVER_PLAYED[1], FIRST_DAY + timedelta(days=25), "CHI", "DEN", is_played=False
    )
    yield Game(
        NOT_NECESSARY, FIRST_DAY + timedelta(days=38), "LAL", "NYK", is_played=False
    )


def _name(team: str) -> str:
    return TEAMS[team][0]


def schedule_as_of(day: date, ending: str) -> dict[str, Row]:
    """The schedule as it was saved at the end of a day, by game.

    `ending`: how it tells, from its date on, that a game is not played; see ENDS.
    """
    rows = {}
    for game in truth().games.values():
        if row := _as_of(game, day, ending):
            rows[game.game_id] = row
    return rows


def _as_of(game: Game, day: date, ending: str) -> Row | None:
    """The row of one game; None where the schedule no longer has it."""
    if game.first_date and day < game.day - timedelta(days=2):
        is_put_off = day >= game.first_date
        return schedule_row(
            game, game.first_date, "postponed" if is_put_off else "scheduled"
        )
    if game.day > day:
        return schedule_row(game, game.day, "scheduled")
    if game.is_played:
        return schedule_row(game, game.day, "final")
    if ending == "gone":
        return None
    said = {"flag": "postponed", "words": "cancelled", "silence": "scheduled"}
    return schedule_row(game, game.day, said[ending])


STATUSES = {
    "scheduled": (1, "7:30 pm ET", "A"),
    "live": (2, "Q3 4:12", "A"),
    "final": (3, "Final", "A"),
    "postponed": (1, "PPD", "Y"),
    "cancelled": (1, "Cancelled", "A"),
}


def schedule_row(game: Game, day: date, status: str) -> Row:
    """A row of a schedule that has the game on a date, in a status."""
    code, text, flag = STATUSES[status]
    return {
        "gameId": game.game_id,
        "gameStatus": code,
        "gameStatusText": text,
        "gameDateEst": f"{day}T00:00:00Z",
        "gameDate": f"{day:%m/%d/%Y} 00:00:00",
        "gameDateTimeUTC": f"{day}T23:30:00Z",
        "postponedStatus": flag,
        "isNeutral": "False",
        "homeTeam_teamTricode": game.home,
        "awayTeam_teamTricode": game.away,
    }


def _box_row(
    row: RawRow, games: dict[str, Game], points: dict[tuple[str, str], int]
) -> Row:
    game, team = games[row["game_id"]], _name(row["team"])
    other = game.away if team == game.home else game.home
    ours = points[row["game_id"], row["team"]]
    of_game = {
        name: n for (game_id, name), n in points.items() if game_id == game.game_id
    }
    theirs = next(n for name, n in of_game.items() if name != row["team"])
    return {
        "SEASON_ID": f"{game.game_id[2]}{game.season}",
        "TEAM_ID": ID_OF[team],
        "TEAM_ABBREVIATION": team,
        "GAME_ID": game.game_id,
        "GAME_DATE": str(game.day),
        "MATCHUP": f"{team} {'vs.' if team == game.home else '@'} {other}",
        "WL": "W" if ours > theirs else "L",
        "MIN": row["minutes"],
        **{name.upper(): row[name] for name in COUNTING},
    }


def _player_row(
    row: RawRow, games: dict[str, Game], points: dict[tuple[str, str], int]
) -> Row:
    named = {
        "PLAYER_ID": row["player_id"],
        "PLAYER_NAME": row["player_name"],
        "PLUS_MINUS": "",
    }
    return _box_row(row, games, points) | named


def _shot_row(row: RawRow) -> Row:
    return {
        "GRID_TYPE": "Shot Chart Detail",
        "GAME_ID": row["game_id"],
        "PLAYER_ID": row["player_id"],
        "TEAM_ID": ID_OF[_name(row["team"])],
        "PERIOD": row["period"],
        "MINUTES_REMAINING": 10,
        "SECONDS_REMAINING": row["shot_number"] % 60,
        "SHOT_TYPE": f"{row['shot_value']}PT Field Goal",
        "SHOT_ZONE_BASIC": ZONES[row["zone"]],
        "SHOT_DISTANCE": row["distance_ft"],
        "LOC_X": "",
        "LOC_Y": "",
        "SHOT_MADE_FLAG": int(row["made"]),
        "GAME_DATE": f"{row['game_date']:%Y%m%d}",
    }
