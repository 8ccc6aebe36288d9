"""The shapes of stats.nba.com files that can be read, declared as data.

Formats, spellings, units and the form of ids belong to the shape and are never guessed from the
values.
"""

from __future__ import annotations

from sources.nba_stats.shape import Check, Derived, Field, Shape

COUNTING = (
    *("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb"),
    *("ast", "stl", "blk", "tov", "pf", "pts"),
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ZONES = {
    "Restricted Area": "restricted_area",
    "In The Paint (Non-RA)": "paint",
    "Mid-Range": "mid_range",
    "Left Corner 3": "left_corner_3",
    "Right Corner 3": "right_corner_3",
    "Above the Break 3": "above_break_3",
    "Backcourt": "backcourt",
}
_SHOT_VALUES = {"2PT Field Goal": "2", "3PT Field Goal": "3"}


def position_in_letters(column: str) -> str:
    """SQL of a position as rosters have it: Forward-Center is F-C."""
    letters = f'"{column}"'
    for word in ("Guard", "Forward", "Center"):
        initial = word[0]
        letters = f"replace({letters}, '{word}', '{initial}')"
    return f"nullif({letters}, '')"


def in_season(name: str) -> Check:
    """A date that no game of the season can have: a summer before it, or a year after."""
    season = "make_date(season, 7, 1) AND make_date(season + 1, 12, 31)"
    return Check(name, f"{name} NOT BETWEEN {season}", "season_contradiction")


_BOX_FIELDS = (
    Field("game_id", "GAME_ID", "game_id"),
    Field("season_said", "SEASON_ID", "season_id"),
    Field("date_said", "GAME_DATE", "date", format="%Y-%m-%d"),
    Field("team_id", "TEAM_ID", "integer"),
    Field("team", "TEAM_ABBREVIATION", "team"),
    Field("matchup", "MATCHUP", "matchup"),
    Field(
        "result",
        "WL",
        "choice",
        nullable=True,
        strict=True,
        values={"W": "W", "L": "L"},
    ),
    Field("result_said", "WL", "as_is", nullable=True),
    Field("minutes", "MIN", "minutes"),
    *(Field(name, name.upper(), "integer") for name in COUNTING),
)
STAT_CHECKS = (
    *(Check(name, f"{name} < 0", "out_of_range") for name in ("minutes", *COUNTING)),
    *(
        Check(made, f"{made} > {of}", "inconsistent_stats")
        for made, of in (
            ("fgm", "fga"),
            ("fg3m", "fg3a"),
            ("ftm", "fta"),
            ("fg3m", "fgm"),
        )
    ),
    Check("pts", "pts <> 2 * (fgm - fg3m) + 3 * fg3m + ftm", "inconsistent_stats"),
)
_BOX_CHECKS = (in_season("date_said"), *STAT_CHECKS)
_BOX_ALSO = _words("TEAM_NAME FG_PCT FG3_PCT FT_PCT FANTASY_PTS VIDEO_AVAILABLE SEASON")

# A period has 12 minutes, and the clock of the opening tip reads 12:00.
SHOT_CHECKS = (
    Check("period", "period < 1", "out_of_range"),
    Check("minutes_left", "minutes_left NOT BETWEEN 0 AND 12", "out_of_range"),
    Check("clock_seconds", "clock_seconds NOT BETWEEN 0 AND 59", "out_of_range"),
    Check("distance_ft", "distance_ft < 0", "out_of_range"),
)
_CHART_CHECKS = (in_season("date_said"), *SHOT_CHECKS)

_PLAYER_LOG = Shape(
    name="player game log (LeagueGameLog in player mode)",
    raw_table="player_box",
    fields=(
        *_BOX_FIELDS,
        Field("player_id", "PLAYER_ID", "integer"),
        Field("player_name", "PLAYER_NAME"),
        Field("plus_minus", "PLUS_MINUS", "integer", nullable=True),
    ),
    also=_BOX_ALSO,
    checks=_BOX_CHECKS,
)

_TEAM_LOG = Shape(
    name="team game log (LeagueGameLog in team mode, LeagueGameFinder)",
    raw_table="team_box",
    fields=_BOX_FIELDS,
    also=_BOX_ALSO | {"PLUS_MINUS"},
    without=_words("PLAYER_ID"),
    checks=_BOX_CHECKS,
)

_SEASON_SHOTS = Shape(
    name="season shot file",
    raw_table="shots",
    fields=(
        Field("game_id", "GAME_ID", "game_id"),
        Field("season_said", "SEASON_1", "end_year"),
        Field("date_said", "GAME_DATE", "date", format="%m-%d-%Y"),
        Field("team_id", "TEAM_ID", "integer"),
        Field("player_id", "PLAYER_ID", "integer"),
        Field("period", "QUARTER", "integer"),
        Field("minutes_left", "MINS_LEFT", "integer"),
        Field("clock_seconds", "SECS_LEFT", "integer"),
        Field("zone", "BASIC_ZONE", "choice", values=_ZONES),
        Field("shot_value", "SHOT_TYPE", "choice", values=_SHOT_VALUES),
        Field("made", "SHOT_MADE", "flag"),
        Field("distance_ft", "SHOT_DISTANCE", "integer"),
        Field("x", "LOC_X", "feet", nullable=True),
        Field("y", "LOC_Y", "feet", nullable=True),
    ),
    also=_words(
        "SEASON_2 TEAM_NAME PLAYER_NAME POSITION_GROUP POSITION HOME_TEAM AWAY_TEAM EVENT_TYPE"
        " ACTION_TYPE ZONE_NAME ZONE_ABB ZONE_RANGE"
    ),
    checks=_CHART_CHECKS,
)

# Tenths of feet from the basket, x the other way round: scale and offset bring them to where the
# season files put the same shots (checked on 102,400 of them: all but one agree to the hundredth of
# a foot).
_RAW_SHOTS = Shape(
    name="shot chart (ShotChartDetail)",
    raw_table="shots",
    fields=(
        Field("game_id", "GAME_ID", "game_id"),
        Field("date_said", "GAME_DATE", "date", format="%Y%m%d"),
        Field("team_id", "TEAM_ID", "integer"),
        Field("player_id", "PLAYER_ID", "integer"),
        Field("period", "PERIOD", "integer"),
        Field("minutes_left", "MINUTES_REMAINING", "integer"),
        Field("clock_seconds", "SECONDS_REMAINING", "integer"),
        Field("zone", "SHOT_ZONE_BASIC", "choice", values=_ZONES),
        Field("shot_value", "SHOT_TYPE", "choice", values=_SHOT_VALUES),
        Field("made", "SHOT_MADE_FLAG", "flag"),
        Field("distance_ft", "SHOT_DISTANCE", "integer"),
        Field("x", "LOC_X", "feet", nullable=True, scale=-0.1),
        Field("y", "LOC_Y", "feet", nullable=True, scale=0.1, offset=5.25),
    ),
    also=_words(
        "GRID_TYPE GAME_EVENT_ID PLAYER_NAME TEAM_NAME EVENT_TYPE ACTION_TYPE SHOT_ZONE_AREA"
        " SHOT_ZONE_RANGE SHOT_ATTEMPTED_FLAG HTM VTM"
    ),
    checks=_CHART_CHECKS,
)

_SCHEDULE_FIELDS = (
    Field("game_id", "gameId", "game_id"),
    Field(
        "status",
        "gameStatus",
        "choice",
        values={"1": "scheduled", "2": "live", "3": "final"},
    ),
    Field("status_text", "gameStatusText", nullable=True, optional=True),
    Field(
        "tip_off",
        "gameDateTimeUTC",
        "timestamp",
        nullable=True,
        optional=True,
        format="%Y-%m-%dT%H:%M:%SZ",
    ),
    Field("home_team", "homeTeam_teamTricode", "team", nullable=True),
    Field("away_team", "awayTeam_teamTricode", "team", nullable=True),
    Field(
        "postponed",
        "postponedStatus",
        "choice",
        nullable=True,
        optional=True,
        values={"A": "false", "N": "false", "P": "true", "Y": "true"},
    ),
    Field("neutral_site", "isNeutral", "flag", nullable=True, optional=True),
)
_SCHEDULE = Shape(
    name="schedule (ScheduleLeagueV2)",
    raw_table="schedule",
    fields=(
        *_SCHEDULE_FIELDS,
        Field("game_date", "gameDateEst", "date", format="%Y-%m-%dT%H:%M:%SZ"),
    ),
    checks=(in_season("game_date"),),
)
_SCHEDULE_BY_GAME_DATE = Shape(
    name="schedule (ScheduleLeagueV2) without gameDateEst",
    raw_table="schedule",
    fields=(
        *_SCHEDULE_FIELDS,
        Field("game_date", "gameDate", "date", format="%m/%d/%Y %H:%M:%S"),
    ),
    without=_words("gameDateEst"),
    checks=(in_season("game_date"),),
)

_PLAYER_INFO = Shape(
    name="player information (CommonPlayerInfo)",
    raw_table="players",
    fields=(
        Field("player_id", "PERSON_ID", "integer"),
        Field("player_name", "DISPLAY_FIRST_LAST"),
        Field(
            "birth_date", "BIRTHDATE", "date", nullable=True, format="%Y-%m-%dT%H:%M:%S"
        ),
        Field("position", "position in letters", nullable=True),
    ),
    derived=(
        Derived(
            "position in letters", position_in_letters("POSITION"), (), ("POSITION",)
        ),
    ),
)

SHAPES = (
    _SCHEDULE,
    _SCHEDULE_BY_GAME_DATE,
    _TEAM_LOG,
    _PLAYER_LOG,
    _SEASON_SHOTS,
    _RAW_SHOTS,
    _PLAYER_INFO,
)
