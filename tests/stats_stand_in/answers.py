"""Answers of stats.nba.com about the stand-in's league, in its own shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sources.nba_api.facts import SEASON_TYPES, season_name
from sources.nba_stats.teams import TEAMS
from tests.stats_stand_in.league import Row, StandInLeague, position, reason, team_id

COUNTS = (
    *("FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA", "OREB", "DREB", "REB"),
    *("AST", "STL", "BLK", "TOV", "PF", "PTS"),
)
V3 = {
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
ZONES = {
    "restricted_area": "Restricted Area",
    "paint": "In The Paint (Non-RA)",
    "mid_range": "Mid-Range",
    "left_corner_3": "Left Corner 3",
    "right_corner_3": "Right Corner 3",
    "above_break_3": "Above the Break 3",
    "backcourt": "Backcourt",
}
TYPES = {name: kind for kind, name in SEASON_TYPES.items()}
Params = Mapping[str, str]


def answer(league: StandInLeague, endpoint: str, params: Params) -> Any:
    """What the site answers to these parameters; KeyError for an endpoint that it has not."""
    return _ENDPOINTS[endpoint](league, params)


def schedule(league: StandInLeague, params: Params) -> Any:
    """ScheduleLeagueV2: the games of every type, by date."""
    games = league.games(_season(params))
    days = sorted({game["game_date"] for game in games})
    return {
        "meta": {"version": 1},
        "leagueSchedule": {
            "seasonYear": params["Season"],
            "leagueId": "00",
            "gameDates": [
                {
                    "gameDate": day.strftime("%m/%d/%Y 00:00:00"),
                    "games": [
                        _game(game) for game in games if game["game_date"] == day
                    ],
                }
                for day in days
            ],
        },
    }


def _game(game: Row) -> Row:
    is_final = game["status"] == "final"
    tip_off = game["tip_off"]
    return {
        "gameId": game["game_id"],
        "gameStatus": 3 if is_final else 1,
        "gameStatusText": "Final" if is_final else "PPD",
        "gameDateEst": f"{game['game_date']}T00:00:00Z",
        "gameDateTimeUTC": tip_off.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if tip_off
        else "",
        "postponedStatus": "A" if is_final else "P",
        "isNeutral": bool(game["neutral_site"]),
        "homeTeam": {
            "teamId": team_id(game["home_team"]),
            "teamTricode": game["home_team"],
        },
        "awayTeam": {
            "teamId": team_id(game["away_team"]),
            "teamTricode": game["away_team"],
        },
    }


def log(league: StandInLeague, params: Params) -> Any:
    """LeagueGameLog of teams or players: only who entered the game, whole minutes."""
    games = _asked(league, params)
    if params["PlayerOrTeam"] == "T":
        rows = [_log_row(league, row) for row in league.rows("team_box", games)]
        headers = _log_headers(())
    else:
        played = (
            r for r in league.rows("player_box", games) if r["status"] == "played"
        )
        rows = [_log_row(league, row) for row in played]
        headers = _log_headers(("PLAYER_ID", "PLAYER_NAME"))
    return _result_set("leaguegamelog", params, "LeagueGameLog", headers, rows)


def _log_headers(of_player: tuple[str, ...]) -> list[str]:
    known = [
        "SEASON_ID",
        *of_player,
        "TEAM_ID",
        "TEAM_ABBREVIATION",
        "TEAM_NAME",
        "GAME_ID",
    ]
    shares = ["FG_PCT", "FG3_PCT", "FT_PCT"]
    rest = ["PLUS_MINUS", *(["FANTASY_PTS"] if of_player else []), "VIDEO_AVAILABLE"]
    return [*known, "GAME_DATE", "MATCHUP", "WL", "MIN", *COUNTS, *shares, *rest]


def _log_row(league: StandInLeague, row: Row) -> Row:
    game, team = league.game(row["game_id"]), row["team"]
    is_home = team == game["home_team"]
    other = game["away_team"] if is_home else game["home_team"]
    points = {
        line["team"]: line["pts"] for line in league.by_game["team_box"][row["game_id"]]
    }
    return {
        "SEASON_ID": f"{row['game_id'][2]}{row['season']}",
        "PLAYER_ID": row.get("player_id"),
        "PLAYER_NAME": row.get("player_name"),
        "TEAM_ID": team_id(team),
        "TEAM_ABBREVIATION": team,
        "TEAM_NAME": f"Team {team}",
        "GAME_ID": row["game_id"],
        "GAME_DATE": str(row["game_date"]),
        "MATCHUP": f"{team} vs. {other}" if is_home else f"{team} @ {other}",
        "WL": "W" if points[team] > points[other] else "L",
        "MIN": round(row["minutes"]),
        **{name: row[name.lower()] for name in COUNTS},
        "FG_PCT": round(row["fgm"] / row["fga"], 3) if row["fga"] else None,
        "FG3_PCT": round(row["fg3m"] / row["fg3a"], 3) if row["fg3a"] else None,
        "FT_PCT": round(row["ftm"] / row["fta"], 3) if row["fta"] else None,
        "PLUS_MINUS": row.get("plus_minus", points[team] - points[other]),
        "FANTASY_PTS": 0.0,
        "VIDEO_AVAILABLE": 1,
    }


def shots(league: StandInLeague, params: Params) -> Any:
    """ShotChartDetail of a window of dates."""
    games = _asked(league, params)
    rows = [_shot(league, n, row) for n, row in enumerate(league.rows("shots", games))]
    return _result_set(
        "shotchartdetail", params, "Shot_Chart_Detail", list(SHOT_HEADERS), rows
    )


SHOT_HEADERS = (
    "GRID_TYPE",
    "GAME_ID",
    "GAME_EVENT_ID",
    "PLAYER_ID",
    "PLAYER_NAME",
    "TEAM_ID",
    "TEAM_NAME",
    "PERIOD",
    "MINUTES_REMAINING",
    "SECONDS_REMAINING",
    "EVENT_TYPE",
    "ACTION_TYPE",
    "SHOT_TYPE",
    "SHOT_ZONE_BASIC",
    "SHOT_ZONE_AREA",
    "SHOT_ZONE_RANGE",
    "SHOT_DISTANCE",
    "LOC_X",
    "LOC_Y",
    *("SHOT_ATTEMPTED_FLAG", "SHOT_MADE_FLAG", "GAME_DATE", "HTM", "VTM"),
)


def _shot(league: StandInLeague, number: int, row: Row) -> Row:
    game = league.game(row["game_id"])
    x, y = place(row)
    return {
        "GRID_TYPE": "Shot Chart Detail",
        "GAME_ID": row["game_id"],
        "GAME_EVENT_ID": number,
        "PLAYER_ID": row["player_id"],
        "PLAYER_NAME": f"Player {row['player_id']}",
        "TEAM_ID": team_id(row["team"]),
        "TEAM_NAME": f"Team {row['team']}",
        "PERIOD": row["period"],
        "MINUTES_REMAINING": row["seconds_left"] // 60,
        "SECONDS_REMAINING": row["seconds_left"] % 60,
        "EVENT_TYPE": "Made Shot" if row["made"] else "Missed Shot",
        "ACTION_TYPE": "Jump Shot",
        "SHOT_TYPE": f"{row['shot_value']}PT Field Goal",
        "SHOT_ZONE_BASIC": ZONES[row["zone"]],
        "SHOT_ZONE_AREA": "Center(C)",
        "SHOT_ZONE_RANGE": "",
        "SHOT_DISTANCE": row["distance_ft"],
        "LOC_X": x,
        "LOC_Y": y,
        "SHOT_ATTEMPTED_FLAG": 1,
        "SHOT_MADE_FLAG": int(row["made"]),
        "GAME_DATE": row["game_date"].strftime("%Y%m%d"),
        "HTM": game["home_team"],
        "VTM": game["away_team"],
    }


def place(row: Row) -> tuple[float, float]:
    """Where a shot was taken, in tenths of a foot from the basket."""
    return round(row["x"] * -10, 1), round((row["y"] - 5.25) * 10, 1)


def box(league: StandInLeague, params: Params) -> Any:
    """BoxScoreTraditionalV3: everyone who was listed, minutes and seconds, who started."""
    game = league.game(params["GameID"])
    sides = {
        name: _side(league, game, game[ours])
        for name, ours in (("homeTeam", "home_team"), ("awayTeam", "away_team"))
    }
    found = {"gameId": game["game_id"], **sides}
    return {"meta": {"version": 1}, "boxScoreTraditional": found}


def _side(league: StandInLeague, game: Row, team: str) -> Row:
    lines = [
        r for r in league.by_game["player_box"][game["game_id"]] if r["team"] == team
    ]
    teams = [
        r for r in league.by_game["team_box"][game["game_id"]] if r["team"] == team
    ]
    players = [_player(league, line) for line in lines]
    statistics = {"minutes": f"{teams[0]['minutes']:.0f}:00", **_statistics(teams[0])}
    return {
        "teamId": team_id(team),
        "teamTricode": team,
        "players": players,
        "statistics": {**statistics, "plusMinusPoints": 0.0},
        "starters": None,
        "bench": None,
    }


def _player(league: StandInLeague, line: Row) -> Row:
    first, _, family = line["player_name"].partition(" ")
    played = line["status"] == "played"
    statistics = {
        "minutes": clock(line["minutes"]) if played else "",
        **_statistics(line),
    }
    return {
        "personId": line["player_id"],
        "firstName": first,
        "familyName": family,
        "position": position(line["player_id"])[0] if league.starts(line) else "",
        "comment": reason(line),
        "statistics": {**statistics, "plusMinusPoints": float(line["plus_minus"] or 0)},
    }


def _statistics(row: Row) -> Row:
    return {theirs: row[ours] for ours, theirs in V3.items()}


def clock(minutes: float) -> str:
    """Minutes as a box score writes them: 36:20."""
    seconds = round(minutes * 60)
    return f"{seconds // 60}:{seconds % 60:02d}"


def roster(league: StandInLeague, params: Params) -> Any:
    """CommonTeamRoster of a team in a season."""
    people = {row["player_id"]: row for row in league.tables["players"]}
    team = TEAMS[int(params["TeamID"])]
    rows = [
        {
            "TeamID": int(params["TeamID"]),
            "SEASON": params["Season"][:4],
            "PLAYER": people[number]["player_name"],
            "POSITION": position(number),
            "BIRTH_DATE": birth_date(people[number]["birth_date"]),
            "PLAYER_ID": number,
        }
        for number in league.roster(_season(params), team)
    ]
    headers = ["TeamID", "SEASON", "PLAYER", "POSITION", "BIRTH_DATE", "PLAYER_ID"]
    return _result_set("commonteamroster", params, "CommonTeamRoster", headers, rows)


def birth_date(born: date | None) -> str:
    """A birth date as rosters write it: AUG 26, 1989."""
    return born.strftime("%b %d, %Y").upper() if born else ""


_ENDPOINTS = {
    "scheduleleaguev2": schedule,
    "leaguegamelog": log,
    "shotchartdetail": shots,
    "boxscoretraditionalv3": box,
    "commonteamroster": roster,
}


def capped(answer: Any, cap: int | None) -> Any:
    """The answer with so many rows of each table at most."""
    if cap is not None:
        for found in answer.get("resultSets", ()):
            found["rowSet"] = found["rowSet"][:cap]
    return answer


def _season(params: Params) -> int:
    season = int(params["Season"][:4])
    assert params["Season"] == season_name(season), params["Season"]
    return season


def _asked(league: StandInLeague, params: Params) -> list[Row]:
    """The final games of a season type between the dates of a question."""
    start, end = (_day(params[name]) for name in ("DateFrom", "DateTo"))
    return [
        game
        for game in league.games(_season(params))
        if game["game_id"][2] == TYPES[params["SeasonType"]]
        and game["status"] == "final"
        and (start is None or game["game_date"] >= start)
        and (end is None or game["game_date"] <= end)
    ]


def _day(text: str) -> date | None:
    return datetime.strptime(text, "%m/%d/%Y").date() if text else None


def _result_set(
    resource: str, params: Params, name: str, headers: list[str], rows: Sequence[Row]
) -> Any:
    row_set = [[row[header] for header in headers] for row in rows]
    echoed = {key: value or None for key, value in params.items()}
    return {
        "resource": resource,
        "parameters": echoed,
        "resultSets": [{"name": name, "headers": headers, "rowSet": row_set}],
    }
