"""Files of other shapes that people have:
told by their columns, with what to use in their place."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple


class Foreign(NamedTuple):
    """A kind of file that is not read: columns that tell it, and what holds the same and is."""

    name: str
    columns: frozenset[str]
    instead: str


_LOGS = "request LeagueGameLog of the season, for teams and for players"
_PLAYERS = "request LeagueGameLog of the season with PlayerOrTeam=P"

FOREIGN = tuple(
    Foreign(name, frozenset(columns.lower().split()), instead)
    for name, columns, instead in (
        (
            "BoxScoreTraditionalV2",
            "GAME_ID PLAYER_ID START_POSITION COMMENT TO",
            _PLAYERS,
        ),
        (
            "BoxScoreTraditionalV2 of teams",
            "GAME_ID TEAM_ID TEAM_CITY MIN TO PTS",
            _LOGS,
        ),
        (
            "PlayByPlayV2",
            "GAME_ID EVENTNUM EVENTMSGTYPE",
            "request ShotChartDetail for the shots",
        ),
        (
            "PlayerStatistics of a Kaggle set",
            "personId gameId playerteamName numMinutes",
            _PLAYERS,
        ),
        (
            "TeamStatistics of a Kaggle set",
            "gameId teamId teamName opponentTeamName teamScore",
            _LOGS,
        ),
        (
            "a game table with home and away columns",
            "game_id team_id_home matchup_home wl_home",
            _LOGS,
        ),
        (
            "hoopR's player box (ESPN ids)",
            "game_id athlete_id athlete_display_name",
            _PLAYERS,
        ),
        (
            "hoopR's team box (ESPN ids)",
            "game_id team_id opponent_team_id team_score",
            _LOGS,
        ),
        ("season averages of players", "PLAYER_ID GP W_PCT MIN PTS", _PLAYERS),
        ("season averages of teams", "TEAM_ID GP W_PCT MIN PTS", _LOGS),
        ("standings", "TeamID WINS LOSSES WinPCT", _LOGS),
        ("Basketball-Reference's player stats", "Rk Player Pos G GS MP", _PLAYERS),
    )
)


def foreign(columns: Collection[str]) -> Foreign | None:
    """The known foreign kind whose columns are all there; the first that fits."""
    present = {column.lower() for column in columns}
    return next((kind for kind in FOREIGN if kind.columns <= present), None)
