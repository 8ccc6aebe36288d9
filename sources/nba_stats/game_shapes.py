"""Shapes of what is told game by game: box scores with starters, play-by-play, rosters.

Two spellings of the same things: the answers of stats.nba.com, `fieldGoalsMade`, and the bulk files
that sportsdataverse makes of them, `field_goals_made`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sources.nba_stats import zones
from sources.nba_stats.shape import Derived, Field, Shape
from sources.nba_stats.shapes import (
    SHOT_CHECKS,
    STAT_CHECKS,
    in_season,
    position_in_letters,
)

_STATISTICS = {
    "fgm": "fieldGoalsMade",
    "fga": "fieldGoalsAttempted",
    "fg3m": "threePointersMade",
    "fg3a": "threePointersAttempted",
    "ftm": "freeThrowsMade",
    "fta": "freeThrowsAttempted",
    "oreb": "reboundsOffensive",
    "dreb": "reboundsDefensive",
    "reb": "reboundsTotal",
    "ast": "assists",
    "stl": "steals",
    "blk": "blocks",
    "tov": "turnovers",
    "pf": "foulsPersonal",
    "pts": "points",
}
"""Our name of a count -> the answer's."""

_WHY = r"^(DNP|DND|NWT)\s*-\s*"
"""What a comment begins with: did not play, did not dress, not with the team."""

Spelling = Callable[[str], str]


def _as_answered(name: str) -> str:
    return name


def _snake(name: str) -> str:
    """`fieldGoalsMade` as the bulk files spell it."""
    return "".join(
        f"_{letter.lower()}" if letter.isupper() else letter for letter in name
    )


def _quoted(name: str) -> str:
    return f'"{name}"'


def _counts(spelling: Spelling) -> tuple[Field, ...]:
    return tuple(
        Field(ours, spelling(theirs), "integer") for ours, theirs in _STATISTICS.items()
    )


def _team_box(name: str, spelling: Spelling) -> Shape:
    """A team's line of one game; who won follows from the two lines."""
    return Shape(
        name=name,
        raw_table="team_box",
        fields=(
            Field("game_id", spelling("gameId"), "game_id"),
            Field("team_id", spelling("teamId"), "integer"),
            Field("team", spelling("teamTricode"), "team"),
            Field("minutes", "minutes", "minutes"),
            *_counts(spelling),
        ),
        without=frozenset({spelling("personId")}),
        checks=STAT_CHECKS,
    )


def _player_box(name: str, spelling: Spelling) -> Shape:
    """A player's line of one game, those who did not play among them."""
    plus_minus = Field(
        "plus_minus", spelling("plusMinusPoints"), "integer", nullable=True
    )
    return Shape(
        name=name,
        raw_table="player_box",
        fields=(*_who(spelling), *_STANDING, *_counts(spelling), plus_minus),
        checks=STAT_CHECKS,
        derived=_player_columns(spelling),
    )


def _who(spelling: Spelling) -> tuple[Field, ...]:
    """Whose line it is."""
    return (
        Field("game_id", spelling("gameId"), "game_id"),
        Field("team_id", spelling("teamId"), "integer"),
        Field("team", spelling("teamTricode"), "team"),
        Field("player_id", spelling("personId"), "integer"),
        Field("player_name", "full name"),
    )


_STANDING = (
    Field("status", "status of the player"),
    Field("reason", "reason not to play", nullable=True),
    Field("starter", "is a starter", "flag", nullable=True),
    Field("minutes", "minutes of the player", "minutes"),
)
"""Whether he played, how long, and why not."""


def _player_columns(spelling: Spelling) -> tuple[Derived, ...]:
    """What a box score says of a player in other words: name, status, reason, start, minutes."""
    counted = [_quoted(spelling(theirs)) for theirs in _STATISTICS.values()]
    did_something = " OR ".join(
        f"coalesce(TRY_CAST({c} AS DOUBLE), 0) > 0" for c in counted
    )
    played = f"(comment IS NULL AND minutes IS NOT NULL) OR {did_something}"
    out = (
        "regexp_matches(comment, '^(DND|NWT)') OR contains(lower(comment), 'inactive')"
    )
    first, family = _quoted(spelling("firstName")), _quoted(spelling("familyName"))
    needs = (
        "minutes",
        "comment",
        *(spelling(theirs) for theirs in _STATISTICS.values()),
    )
    return (
        Derived(
            "full name",
            f"concat_ws(' ', {first}, {family})",
            (spelling("firstName"), spelling("familyName")),
        ),
        Derived(
            "status of the player",
            f"CASE WHEN {played} THEN 'played' WHEN {out} THEN 'inactive' ELSE 'dnp' END",
            needs,
        ),
        Derived(
            "reason not to play",
            f"CASE WHEN NOT ({played}) THEN regexp_replace(comment, '{_WHY}', '') END",
            needs,
        ),
        Derived("is a starter", "IF(position IS NULL, 'false', 'true')", ("position",)),
        Derived(
            "minutes of the player",
            f"CASE WHEN minutes IS NULL AND NOT ({did_something}) THEN '0' ELSE minutes END",
            needs,
        ),
    )


_INACTIVE = Shape(
    name="inactive players (game rosters of sportsdataverse)",
    raw_table="player_box",
    fields=(
        Field("game_id", "game_id", "game_id"),
        Field("team_id", "team_id", "integer"),
        Field("team", "team_abbreviation", "team"),
        Field("player_id", "player_id", "integer"),
        Field("player_name", "full name"),
        Field("status", "status of the player"),
        Field("minutes", "nothing", "minutes"),
        *(Field(name, "nothing", "integer") for name in _STATISTICS),
    ),
    also=frozenset(
        {"jersey_num", "team_city", "team_name", "season", "season_type_id"}
    ),
    without=frozenset({"MIN", "PTS", "minutes", "points"}),
    derived=(
        Derived(
            "full name",
            "concat_ws(' ', first_name, last_name)",
            ("first_name", "last_name"),
        ),
        Derived("status of the player", "'inactive'", ()),
        Derived("nothing", "'0'", ()),
    ),
)


def _shots(name: str, spelling: Spelling, only: tuple[str, str] | None = None) -> Shape:
    """Field goal attempts among the actions of a game, placed by their coordinates."""
    return Shape(
        name=name,
        raw_table="shots",
        fields=(
            *_shooter(spelling),
            *_CLOCK_FIELDS,
            *_attempt(spelling),
            *_place(spelling),
        ),
        checks=SHOT_CHECKS,
        derived=(*_CLOCK_COLUMNS, *_shot_columns(spelling)),
        only=only,
    )


def _shooter(spelling: Spelling) -> tuple[Field, ...]:
    """Who shot, for whom."""
    return (
        Field("game_id", spelling("gameId"), "game_id"),
        Field("team_id", spelling("teamId"), "integer", nullable=True, optional=True),
        Field("team", spelling("teamTricode"), "team"),
        Field("player_id", spelling("personId"), "integer"),
    )


_CLOCK_FIELDS = (
    Field("period", "period", "integer"),
    Field("minutes_left", "minutes of the clock", "integer"),
    Field("clock_seconds", "seconds of the clock", "integer"),
)


def _attempt(spelling: Spelling) -> tuple[Field, ...]:
    """What it was worth, whether it went in, and after an assist."""
    return (
        Field(
            "shot_value", spelling("shotValue"), "choice", values={"2": "2", "3": "3"}
        ),
        Field("made", spelling("actionType"), "choice", values=_OUTCOMES),
        Field("assisted", "is assisted", "flag", nullable=True),
    )


def _place(spelling: Spelling) -> tuple[Field, ...]:
    """Where it was taken; in feet, as the season files place it."""
    return (
        Field(
            "zone",
            "zone by place",
            "choice",
            values={zone: zone for zone in zones.NAMES},
        ),
        Field("distance_ft", "distance by place", "integer"),
        Field("x", spelling("xLegacy"), "feet", nullable=True, scale=-0.1),
        Field("y", spelling("yLegacy"), "feet", nullable=True, scale=0.1, offset=5.25),
    )


def _shot_columns(spelling: Spelling) -> tuple[Derived, ...]:
    """What follows from a shot's coordinates and its description."""
    placed = (spelling("xLegacy"), spelling("yLegacy"))
    x, y = (f'TRY_CAST("{axis}" AS DOUBLE)' for axis in placed)
    action = spelling("actionType")
    return (
        Derived("zone by place", zones.zone(x, y), placed),
        Derived("distance by place", zones.distance(x, y), placed),
        Derived(
            "is assisted", _ASSISTED.format(action=action), (action, "description")
        ),
    )


_OUTCOMES = {"Made Shot": "true", "Missed Shot": "false"}
# PT11M41.00S; the tenths of the last minute are left out, as the shot chart does.
_CLOCK = r"nullif(regexp_extract(clock, '^PT(\d+)M(\d+)(\.\d+)?S$', {part}), '')"
_CLOCK_COLUMNS = (
    Derived("minutes of the clock", _CLOCK.format(part=1), ("clock",)),
    Derived("seconds of the clock", _CLOCK.format(part=2), ("clock",)),
)
# A made shot whose description ends in "(Garland 1 AST)"; a miss has no assist.
_ASSISTED = """CASE
  WHEN upper("{action}") = 'MISSED SHOT' THEN 'false'
  WHEN description IS NOT NULL THEN
    IF(regexp_matches(description, '\\(.+ \\d+ AST\\)'), 'true', 'false')
END"""


_ROSTER = Shape(
    name="team roster (CommonTeamRoster)",
    raw_table="players",
    fields=(
        Field("player_id", "PLAYER_ID", "integer"),
        Field("player_name", "PLAYER"),
        Field("birth_date", "BIRTH_DATE", "date", nullable=True, format="%b %d, %Y"),
        Field("position", "position in letters", nullable=True),
    ),
    derived=(
        Derived("position in letters", position_in_letters("POSITION"), ("POSITION",)),
    ),
)

_INDEX = Shape(
    name="player index (PlayerIndex)",
    raw_table="players",
    fields=(
        Field("player_id", "PERSON_ID", "integer"),
        Field("player_name", "full name"),
        Field("position", "position in letters", nullable=True),
    ),
    without=frozenset({"DISPLAY_FIRST_LAST"}),
    derived=(
        Derived("position in letters", position_in_letters("POSITION"), ("POSITION",)),
        Derived(
            "full name",
            "concat_ws(' ', PLAYER_FIRST_NAME, PLAYER_LAST_NAME)",
            ("PLAYER_FIRST_NAME", "PLAYER_LAST_NAME"),
        ),
    ),
)

_PLAYED_GAMES: Mapping[str, str] = {"1": "scheduled", "3": "final"}

_SCHEDULE = Shape(
    name="schedule of played games (sportsdataverse)",
    raw_table="schedule",
    fields=(
        Field("game_id", "game_id", "game_id"),
        Field("game_date", "game_date", "date", format="%Y-%m-%d"),
        Field("status", "status of the game", "choice", values=_PLAYED_GAMES),
        Field("home_team", "home_team_abbreviation", "team", nullable=True),
        Field("away_team", "away_team_abbreviation", "team", nullable=True),
    ),
    checks=(in_season("game_date"),),
    derived=(
        Derived(
            "status of the game",
            "IF(home_pts IS NULL OR away_pts IS NULL, '1', '3')",
            ("home_pts", "away_pts"),
        ),
    ),
)

SHAPES = (
    _player_box("box score of players (BoxScoreTraditionalV3)", _as_answered),
    _team_box("box score of teams (BoxScoreTraditionalV3)", _as_answered),
    _player_box("box scores of players (sportsdataverse)", _snake),
    _team_box("box scores of teams (sportsdataverse)", _snake),
    _INACTIVE,
    _shots("play-by-play (PlayByPlayV3)", _as_answered, only=("isFieldGoal", "1")),
    _shots("shots (sportsdataverse)", _snake),
    _ROSTER,
    _INDEX,
    _SCHEDULE,
)
