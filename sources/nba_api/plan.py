"""Which calls make a season, or what is new of one: pure, from what the schedule says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sources.nba_api.facts import SEASON_TYPES, Facts, Game, season_name
from sources.nba_api.site import CDN, SOURCE
from sources.nba_stats.teams import TEAMS
from sources.web.calls import Call

SCHEDULE, LOG, SHOTS = "scheduleleaguev2", "leaguegamelog", "shotchartdetail"
BOX, ROSTER = "boxscoretraditionalv3", "commonteamroster"
TABLES = ("schedule", "team_box", "player_box", "shots")
MORE_TABLES = ("players",)
CDN_SCHEDULE, CDN_FILE = "scheduleleaguev2cdn", "scheduleLeagueV2.json"
"""The schedule as a file of the league's other site, which has the current season alone."""
CURRENT_FROM = (8, 1)
"""Month and day on which a season becomes the current one."""
TWO = 2
MOST_GAMES = 300
"""Games of one window of shots: 42,400 rows in a month of 240 were seen, and 102,400 are cut."""
USUAL_GAMES = {"2": 1230, "5": 6, "4": 84, "6": 1}
"""Games of a season by type, for an estimate before anything was asked."""

_SHOT_FILTERS = (
    *("AheadBehind", "ClutchTime", "ContextFilter", "EndPeriod", "EndRange", "GameID"),
    *("GameSegment", "Location", "Outcome", "PlayerPosition", "PointDiff", "Position"),
    *("RangeType", "RookieYear", "SeasonSegment", "StartPeriod", "StartRange"),
    *("VsConference", "VsDivision"),
)


@dataclass(frozen=True)
class Wish:
    """What a person wants: tables of a season, from a date on or all of it, and box scores."""

    season: int
    since: date | None = None
    tables: tuple[str, ...] = TABLES
    box_scores: bool = False


def schedule_call(wish: Wish) -> Call:
    """The schedule of the season: every game of every type."""
    params = {"LeagueID": "00", "Season": season_name(wish.season)}
    return Call(
        SOURCE, SCHEDULE, wish.season, SCHEDULE, params, date(wish.season + 1, 8, 1)
    )


def cdn_schedule_call(wish: Wish, today: date) -> Call | None:
    """The same of the other site; None unless it is the current season's."""
    begins, ends = (date(wish.season + years, *CURRENT_FROM) for years in (0, 1))
    if not begins <= today < ends:
        return None
    return Call(SOURCE, CDN_SCHEDULE, wish.season, CDN_FILE, last_day=ends, site=CDN)


def log_calls(wish: Wish, facts: Facts, mode: str) -> list[Call]:
    """The logs of teams (mode T) or players (P), one per season type that has final games."""
    calls = []
    for kind, name in SEASON_TYPES.items():
        final = [game for game in facts.games_of(kind, wish.since) if game.final]
        if final or not facts.has_schedule:
            last_day = _last_day(final)
            calls.append(_log_call(wish, name, mode, last_day))
    return calls


def _log_call(wish: Wish, season_type: str, mode: str, last_day: date | None) -> Call:
    params = {
        "Counter": "0",
        "DateFrom": as_asked(wish.since),
        "DateTo": "",
        "Direction": "ASC",
        "LeagueID": "00",
        "PlayerOrTeam": mode,
        "Season": season_name(wish.season),
        "SeasonType": season_type,
        "Sorter": "DATE",
    }
    return Call(SOURCE, LOG, wish.season, LOG, params, last_day)


def shot_calls(wish: Wish, facts: Facts) -> list[Call]:
    """The shots of every window of games that has final ones."""
    calls = []
    for kind, name in SEASON_TYPES.items():
        for start, end in windows(facts.games_of(kind)):
            asked_from = max(start, wish.since or start)
            final = [
                game for game in facts.games_of(kind, asked_from, end) if game.final
            ]
            if final:
                days = asked_from, end
                calls.append(_shot_call(wish.season, name, days, final[-1].day))
    return calls


def halves(call: Call, facts: Facts) -> tuple[Call, ...]:
    """A window of shots as two with about as many games; none where it has a single date."""
    if call.endpoint != SHOTS:
        return ()
    name = call.params["SeasonType"]
    kind = next(kind for kind, known in SEASON_TYPES.items() if known == name)
    start, end = (day_asked(call.params[side]) for side in ("DateFrom", "DateTo"))
    final = [game for game in facts.games_of(kind, start, end) if game.final]
    days = sorted({game.day for game in final})
    if start is None or end is None or len(days) < TWO:
        return ()
    middle = max(final[len(final) // 2].day, days[1])
    before = days[days.index(middle) - 1]
    return (
        _shot_call(call.season, name, (start, before), before),
        _shot_call(call.season, name, (middle, end), days[-1]),
    )


def windows(games: Sequence[Game]) -> list[tuple[date, date]]:
    """Dates from and to, both included, of runs of at most 300 games; a date is never cut."""
    found: list[tuple[date, date]] = []
    count = 0
    for day in sorted({game.day for game in games}):
        that_day = sum(game.day == day for game in games)
        if found and count + that_day <= MOST_GAMES:
            found[-1] = (found[-1][0], day)
            count += that_day
        else:
            found.append((day, day))
            count = that_day
    return found


def _shot_call(
    season: int, season_type: str, days: tuple[date, date], last_day: date
) -> Call:
    params = dict.fromkeys(_SHOT_FILTERS, "") | {
        "ContextMeasure": "FGA",
        "DateFrom": as_asked(days[0]),
        "DateTo": as_asked(days[1]),
        "LastNGames": "0",
        "LeagueID": "00",
        "Month": "0",
        "OpponentTeamID": "0",
        "Period": "0",
        "PlayerID": "0",
        "Season": season_name(season),
        "SeasonType": season_type,
        "TeamID": "0",
    }
    return Call(SOURCE, SHOTS, season, SHOTS, params, last_day)


def box_calls(wish: Wish, facts: Facts) -> list[Call]:
    """The box score of every final game: who started, who did not play, and the seconds."""
    calls = []
    for kind in SEASON_TYPES:
        for game in facts.games_of(kind, wish.since):
            if game.final:
                calls.append(_box_call(wish, game))
    return calls


def _box_call(wish: Wish, game: Game) -> Call:
    ranges = ("EndPeriod", "EndRange", "RangeType", "StartPeriod", "StartRange")
    params = dict.fromkeys(ranges, "0") | {"GameID": game.game_id}
    return Call(SOURCE, BOX, wish.season, BOX, params, game.day)


def roster_calls(wish: Wish) -> list[Call]:
    """The roster of every team: birth dates and positions."""
    season = season_name(wish.season)
    return [
        Call(
            SOURCE,
            ROSTER,
            wish.season,
            ROSTER,
            {"LeagueID": "00", "Season": season, "TeamID": str(team)},
            date(wish.season + 1, 7, 1),
        )
        for team in TEAMS
    ]


def usual_calls(wish: Wish) -> int:
    """About how many calls a wish takes, before anything was asked: 17 for a season."""
    logs = len(SEASON_TYPES)
    shots = sum(-(-games // MOST_GAMES) for games in USUAL_GAMES.values())
    of_table = {
        "team_box": logs,
        "player_box": logs,
        "shots": shots,
        "players": len(TEAMS),
    }
    calls = 1 + sum(of_table.get(table, 0) for table in wish.tables)
    return calls + (sum(USUAL_GAMES.values()) if wish.box_scores else 0)


def as_asked(day: date | None) -> str:
    """A date as the site wants it; no date asks for all of them."""
    return day.strftime("%m/%d/%Y") if day else ""


def day_asked(text: str) -> date | None:
    """The date that a call names; None where it names none."""
    return datetime.strptime(text, "%m/%d/%Y").date() if text else None


def _last_day(games: Sequence[Game]) -> date | None:
    return max((game.day for game in games), default=None)
