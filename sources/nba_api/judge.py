"""When an answer of stats.nba.com is believed: it is what was asked, whole, and fits the rest.

The site answers 200 with another season, with an error in words, with made shots alone, with
columns withdrawn, and cut. Every answer is held against the question, the schedule and the logs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.counted import counted
from sources.nba_api import plan
from sources.nba_api.facts import (
    SEASON_TYPES,
    Facts,
    Game,
    games_of_schedule,
    rows_of,
    season_name,
)
from sources.nba_stats.answers import Frame, frames
from sources.nba_stats.damaged import API_LIMIT, ENOUGH_SHOTS
from sources.nba_stats.layout import UnreadableFile
from sources.web.calls import Call, Doubtful, Judgement, Sound, Unsound

FIVE = 5
TEAMS_OF_A_GAME = 2
MOST_NAMED = 3

LOG_COLUMNS = frozenset(
    [
        "SEASON_ID",
        "TEAM_ID",
        "TEAM_ABBREVIATION",
        "GAME_ID",
        "GAME_DATE",
        "MATCHUP",
        "WL",
        *("MIN", "FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA", "OREB", "DREB", "REB"),
        *("AST", "STL", "BLK", "TOV", "PF", "PTS"),
    ]
)
PLAYER_COLUMNS = LOG_COLUMNS | {"PLAYER_ID", "PLAYER_NAME", "PLUS_MINUS"}
SHOT_COLUMNS = frozenset(
    [
        "GAME_ID",
        "PLAYER_ID",
        "TEAM_ID",
        "PERIOD",
        "MINUTES_REMAINING",
        "SECONDS_REMAINING",
        "SHOT_TYPE",
        "SHOT_ZONE_BASIC",
        "SHOT_DISTANCE",
        "LOC_X",
        "LOC_Y",
        "SHOT_MADE_FLAG",
        "GAME_DATE",
    ]
)
SCHEDULE_COLUMNS = frozenset(
    [
        "gameId",
        "gameStatus",
        "gameDateEst",
        "homeTeam_teamTricode",
        "awayTeam_teamTricode",
    ]
)
ROSTER_COLUMNS = frozenset(["PLAYER", "PLAYER_ID", "POSITION", "BIRTH_DATE"])
SIDES = ("homeTeam", "awayTeam")


class Wrong(Exception):
    """An answer that is not believed: the message says why."""


class Capped(Wrong):
    """An answer that has as many rows as the site gives at most."""


@dataclass
class Judge:
    """Judges answers about a season by what is known of it, and takes what sound ones say."""

    facts: Facts

    def judge(self, call: Call, body: bytes) -> Judgement:
        """Whether an answer is believed."""
        try:
            answer = parsed(body)
            return _JUDGES[call.endpoint](self, call, answer)
        except Wrong as error:
            return Unsound(str(error), is_capped=isinstance(error, Capped))
        except UnreadableFile as error:
            return Unsound(error.reason)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return Unsound(f"does not have the shape of {call.endpoint}: {error}")

    def learn(self, call: Call, body: bytes) -> None:
        """Take what an answer says that was judged sound."""
        if call.endpoint in (plan.SCHEDULE, plan.CDN_SCHEDULE):
            self.facts.learn_schedule(
                games_of_schedule(_frame(parsed(body), "leagueSchedule"))
            )
        elif call.endpoint == plan.LOG and call.params["PlayerOrTeam"] == "T":
            self.facts.learn_log(_frame(parsed(body), "LeagueGameLog"))

    def _schedule(self, call: Call, answer: Any) -> Judgement:
        said = answer["leagueSchedule"].get("seasonYear", season_name(call.season))
        _must_be("season", said, season_name(call.season))
        frame = _frame(answer, "leagueSchedule", SCHEDULE_COLUMNS)
        games = games_of_schedule(frame)
        _must_be_ids((game.game_id for game in games), call.season)
        if not games:
            raise Wrong("the schedule has no game")
        return Sound(len(games))

    def _log(self, call: Call, answer: Any) -> Judgement:
        _must_echo(call, answer, ("Season", "SeasonType", "PlayerOrTeam"))
        is_of_players = call.params["PlayerOrTeam"] == "P"
        columns = PLAYER_COLUMNS if is_of_players else LOG_COLUMNS
        frame = _frame(answer, "LeagueGameLog", columns)
        rows = list(rows_of(frame))
        _must_be_ids((row["GAME_ID"] for row in rows), call.season)
        _must_be_asked(call, (_day(row["GAME_DATE"]) for row in rows))
        expected = self._final_games(call)
        if self.facts.has_schedule and expected and not rows:
            raise Wrong(
                f"has no row, and the schedule has {counted(len(expected), 'final game')}"
            )
        faults = self._odd_points(rows) if is_of_players else ()
        if faults:
            return Doubtful(Sound(len(rows), faults), faults[0])
        pending = _pending(
            expected, (row["GAME_ID"] for row in rows if row["WL"] is not None)
        )
        teams = Counter(row["GAME_ID"] for row in rows)
        halves = [game for game, lines in teams.items() if lines < TEAMS_OF_A_GAME]
        if halves and not is_of_players:
            raise Wrong(
                f"has one row of game {halves[0]}, and {counted(len(halves), 'such game')} in all"
            )
        sound = Sound(len(rows), (), pending)
        if pending:
            return Doubtful(sound, f"lacks final games: {_named(pending)}")
        return sound

    def _final_games(self, call: Call) -> list[Game]:
        """The final games that an answer is about, by the schedule."""
        season_type = call.params["SeasonType"]
        kind = _kind_of_season(season_type)
        start, end = (
            plan.day_asked(call.params[name]) for name in ("DateFrom", "DateTo")
        )
        return [game for game in self.facts.games_of(kind, start, end) if game.final]

    def _odd_points(self, rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
        """The team games in which the players' points are not the team's."""
        points: Counter[tuple[str, int]] = Counter()
        for row in rows:
            points[row["GAME_ID"], row["TEAM_ID"]] += row["PTS"]
        lines = self.facts.lines
        odd = [
            f"players of {team} have {total} points in game {game}, the team "
            f"{lines[game, team].pts}"
            for (game, team), total in points.items()
            if (game, team) in lines and lines[game, team].pts != total
        ]
        return tuple(odd)

    def _shots(self, call: Call, answer: Any) -> Judgement:
        _must_echo(call, answer, ("Season", "SeasonType", "ContextMeasure"))
        frame = _frame(answer, "Shot_Chart_Detail", SHOT_COLUMNS)
        rows = list(rows_of(frame))
        _must_be_ids((row["GAME_ID"] for row in rows), call.season)
        days = (
            datetime.strptime(str(row["GAME_DATE"]), "%Y%m%d").date() for row in rows
        )
        _must_be_asked(call, days)
        if len(rows) >= ENOUGH_SHOTS and all(
            row["SHOT_MADE_FLAG"] == 1 for row in rows
        ):
            raise Wrong(f"holds {counted(len(rows), 'shot')} and not one miss")
        shots = Counter((row["GAME_ID"], row["TEAM_ID"]) for row in rows)
        ids = {game.game_id for game in self._final_games(call)}
        expected = {
            key: line.fga for key, line in self.facts.lines.items() if key[0] in ids
        }
        odd = [
            f"game {game} has {counted(shots[game, team], 'shot')} of team {team} and "
            f"{counted(fga, 'attempt')}"
            for (game, team), fga in expected.items()
            if shots[game, team] != fga
        ]
        if expected and not rows:
            raise Wrong(
                f"has no row, and the log has {counted(sum(expected.values()), 'attempt')}"
            )
        sound = Sound(len(rows), tuple(odd))
        return (
            Doubtful(sound, f"{odd[0]}; {counted(len(odd), 'such side')} in all")
            if odd
            else sound
        )

    def _box(self, call: Call, answer: Any) -> Judgement:
        box = answer["boxScoreTraditional"]
        _must_be("game", box["gameId"], call.params["GameID"])
        people = 0
        for side in SIDES:
            team = box[side]
            starters = sum(bool(player["position"]) for player in team["players"])
            if starters != FIVE:
                raise Wrong(f"{team['teamTricode']} has {starters} starters")
            points = sum(player["statistics"]["points"] for player in team["players"])
            line = self.facts.lines.get((box["gameId"], team["teamId"]))
            if line is not None and line.pts != points:
                reason = (
                    f"players of {team['teamTricode']} have {points} points, the log "
                    f"{line.pts}"
                )
                return Doubtful(Sound(len(team["players"]), (reason,)), reason)
            people += len(team["players"])
        frames(answer)
        return Sound(people)

    def _roster(self, call: Call, answer: Any) -> Judgement:
        _must_echo(call, answer, ("Season", "TeamID"))
        frame = _frame(answer, "CommonTeamRoster", ROSTER_COLUMNS)
        if not frame.rows:
            raise Wrong("names no player")
        return Sound(len(frame.rows))


_JUDGES: dict[str, Callable[[Judge, Call, Any], Judgement]] = {
    plan.SCHEDULE: Judge._schedule,
    plan.CDN_SCHEDULE: Judge._schedule,
    plan.LOG: Judge._log,
    plan.SHOTS: Judge._shots,
    plan.BOX: Judge._box,
    plan.ROSTER: Judge._roster,
}


def parsed(body: bytes) -> Any:
    """The answer as JSON; Wrong where it is none."""
    if not body.strip():
        raise Wrong("the answer is empty")
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise Wrong(f"is not JSON throughout: {error}") from error
    frames(answer)
    return answer


def _frame(answer: Any, name: str, columns: Collection[str] = ()) -> Frame:
    """The table of that name; Wrong where it, or a column, is not there, or it was cut."""
    found = next((frame for frame in frames(answer) if frame.name == name), None)
    if found is None:
        raise Wrong(f"has no {name}")
    missing = sorted(set(columns) - set(found.columns))
    # A frame of no rows still names its columns.
    if missing:
        raise Wrong(f"{name} lacks {', '.join(missing)}")
    if len(found.rows) >= API_LIMIT:
        raise Capped(f"was cut at {API_LIMIT:,} rows")
    if any(len(row) != len(found.columns) for row in found.rows):
        raise Wrong(f"{name} has rows that do not fit its columns")
    return found


def _must_echo(call: Call, answer: Any, names: Iterable[str]) -> None:
    """Raise Wrong unless the site says that it answers what was asked."""
    said = answer["parameters"]
    for name in names:
        if name in said and str(said[name]) != call.params[name]:
            raise Wrong(
                f"is about {name} {said[name]}, and {call.params[name]} was asked"
            )


def _must_be(what: str, said: object, asked: str) -> None:
    if said != asked:
        raise Wrong(f"is about {what} {said}, and {asked} was asked")


def _kind_of_season(asked: str) -> str:
    return next(kind for kind, name in SEASON_TYPES.items() if name == asked)


def _must_be_ids(ids: Iterable[object], season: int) -> None:
    """Raise Wrong unless all ids are the league's ten characters, of that season."""
    year = f"{season % 100:02d}"
    for game_id in set(ids):
        if not isinstance(game_id, str) or len(game_id) != 10:
            raise Wrong(
                f"has a game id that is not a text of ten characters: {game_id!r}"
            )
        if game_id[3:5] != year:
            raise Wrong(
                f"has game {game_id}, of another season than {season_name(season)}"
            )


def _must_be_asked(call: Call, days: Iterable[date]) -> None:
    """Raise Wrong unless all dates lie where they were asked."""
    start, end = (plan.day_asked(call.params[name]) for name in ("DateFrom", "DateTo"))
    for day in set(days):
        if (start and day < start) or (end and day > end):
            raise Wrong(f"has a row of {day}, outside the dates asked")


def _day(value: object) -> date:
    return date.fromisoformat(str(value)[:10])


def _pending(expected: Sequence[Game], found: Iterable[object]) -> tuple[str, ...]:
    there = set(found)
    return tuple(game.game_id for game in expected if game.game_id not in there)


def _named(games: Sequence[str]) -> str:
    more = f" and {len(games) - MOST_NAMED} more" if len(games) > MOST_NAMED else ""
    return ", ".join(games[:MOST_NAMED]) + more
