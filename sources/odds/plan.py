"""Which calls a range of games takes, what they cost, and when an answer is believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

from core.counted import counted, verb_for
from core.errors import FullcourtError
from sources.names import TEAMS
from sources.web.calls import Call, Judgement, Sound, Unsound
from sources.web.client import Answer
from sources.web.fetching import Asked, Fetching

SOURCE = "odds"
URL_VARIABLE, URL = "FULLCOURT_ODDS_URL", "https://api.the-odds-api.com/v4"
KEY_VARIABLE = "ODDS_API_KEY"
KEY_PARAMETER = "apiKey"
HEADERS = {"User-Agent": "fullcourt", "Accept": "application/json"}
SPORT = "historical/sports/basketball_nba"
EVENTS, PROPS, LINES = "events", "player_points", "lines"
OF_GAMES = ("spreads", "totals")
MARKETS = (PROPS, *OF_GAMES)
BEFORE = timedelta(minutes=15)
"""How long before tip-off a line is taken."""
OPENING = timedelta(hours=12)
"""How long before tip-off an opening line is taken, where that is asked for."""
EVENTS_COST, MARKET_COST = 1, 10
"""Credits of a list of events, and of one market in one region."""


class Spent(FullcourtError):
    """The next call would cost more credits than are left."""

    exit_code = 4


@dataclass(frozen=True)
class OddsGame:
    """A game that lines are wanted for."""

    game_id: str
    season: int
    day: date
    tip_off: datetime
    home: str
    away: str

    @property
    def moment(self) -> str:
        """When its lines are taken, as the API writes a moment."""
        return as_asked(self.tip_off - BEFORE)

    def moments(self, opening: bool) -> list[str]:
        """When its lines are taken, in order; the opening's is the first where it is wanted."""
        first = [as_asked(self.tip_off - OPENING)] if opening else []
        return [*first, self.moment]


@dataclass
class Budget:
    """Credits of a run: at most so many, and those that the account has left as far as known."""

    most: int | None = None
    spent: int = 0
    left: int | None = None

    def require(self, cost: int) -> None:
        """Raise Spent unless a call of that cost is within both."""
        if self.most is not None and self.spent + cost > self.most:
            raise Spent(
                f"{counted(self.spent, 'credit')} {verb_for(self.spent, 'is', 'are')} "
                f"spent, and it would take {cost} "
                f"of {self.most:,}"
            )
        if self.left is not None and cost > self.left:
            raise Spent(
                f"it would take {counted(cost, 'credit')}, and the account has {self.left:,} left"
            )

    def count(self, answer: Answer) -> None:
        """Count what an answer says that it cost."""
        headers = {name.lower(): value for name, value in answer.headers.items()}
        last, left = (
            headers.get("x-requests-last", ""),
            headers.get("x-requests-remaining", ""),
        )
        self.spent += int(last) if last.isdecimal() else 0
        self.left = int(left) if left.isdecimal() else self.left


def as_asked(moment: datetime) -> str:
    """A moment as the API writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cost_of(call: Call) -> int:
    """Credits that a call takes."""
    if call.endpoint == EVENTS:
        return EVENTS_COST
    markets = call.params["markets"].split(",")
    return MARKET_COST * len(markets)


def events_call(games: Sequence[OddsGame]) -> Call:
    """The events of a day, as they stood before its first game."""
    first = min(games, key=lambda game: game.tip_off)
    return Call(
        SOURCE,
        EVENTS,
        first.season,
        f"{SPORT}/events",
        {"date": first.moment},
        first.day,
    )


def props_call(game: OddsGame, event: str, moment: str) -> Call:
    """The lines on the points of a game's players at a moment."""
    path = f"{SPORT}/events/{event}/odds"
    return Call(SOURCE, PROPS, game.season, path, _markets(PROPS, moment), game.day)


def lines_call(game: OddsGame, markets: Sequence[str], moment: str) -> Call:
    """The lines on all games of a tip-off, of which this is one, at a moment."""
    params = _markets(",".join(markets), moment)
    return Call(SOURCE, LINES, game.season, f"{SPORT}/odds", params, game.day)


def _markets(markets: str, moment: str) -> dict[str, str]:
    asked = {"regions": "us", "markets": markets, "oddsFormat": "american"}
    return asked | {"date": moment}


def usual_cost(
    games: Sequence[OddsGame], markets: Sequence[str], opening: bool = False
) -> tuple[int, int]:
    """Calls and credits of these games, at most; `opening` takes each line twice."""
    days = len({game.day for game in games})
    moments = [game.moments(opening) for game in games]
    slots = len(set(chain.from_iterable(moments)))
    of_games = [market for market in markets if market in OF_GAMES]
    of_players = sum(map(len, moments)) if PROPS in markets else 0
    calls = (days + of_players if of_players else 0) + (slots if of_games else 0)
    credits = (days * EVENTS_COST + of_players * MARKET_COST) if of_players else 0
    return calls, credits + slots * MARKET_COST * len(of_games)


def judge(call: Call, body: bytes) -> Judgement:
    """Whether an answer is believed: an envelope with its moment, not after the one asked."""
    try:
        answer = json.loads(body)
        seen = datetime.fromisoformat(answer["timestamp"])
        data = answer["data"]
        moment = datetime.fromisoformat(call.params["date"])
        if seen > moment:
            return Unsound(f"is of {answer['timestamp']}, after the moment asked")
        if call.endpoint == PROPS and f"/events/{data['id']}/" not in call.path:
            return Unsound(f"is about event {data['id']}, which was not asked")
        found = [data] if call.endpoint == PROPS else data
        for event in found:
            _ = (event["home_team"], event["away_team"], event["commence_time"])
        return Sound(len(found))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return Unsound(f"does not have the shape of {call.endpoint}: {error}")


@dataclass
class Season:
    """A run for these games: what is asked, in which order, within a budget."""

    fetching: Fetching
    games: Sequence[OddsGame]
    markets: Sequence[str]
    budget: Budget
    on_plan: Callable[[int], None] = lambda calls: None
    opening: bool = False
    unmatched: list[str] = field(default_factory=list)

    def calls(self) -> Iterator[Asked]:
        """Ask for the lines of every game, day by day; Spent before the budget is."""
        self.on_plan(usual_cost(self.games, self.markets, self.opening)[0])
        for day in sorted({game.day for game in self.games}):
            of_day = [game for game in self.games if game.day == day]
            if PROPS in self.markets:
                yield from self._props(of_day)
            yield from self._lines(of_day)

    def _props(self, games: Sequence[OddsGame]) -> Iterator[Asked]:
        asked = self._ask(events_call(games))
        yield asked
        if asked.snapshot is None:
            return
        events = json.loads(self.fetching.folder.read(asked.snapshot))["data"]
        for game in games:
            event = event_of(game, events)
            if event is None:
                self.unmatched.append(game.game_id)
                continue
            for moment in game.moments(self.opening):
                yield self._ask(props_call(game, event, moment))

    def _lines(self, games: Sequence[OddsGame]) -> Iterator[Asked]:
        markets = [market for market in self.markets if market in OF_GAMES]
        if not markets:
            return
        game_of_moment = self._game_of_moment(games)
        for moment, game in sorted(game_of_moment.items()):
            yield self._ask(lines_call(game, markets, moment))

    def _game_of_moment(self, games: Sequence[OddsGame]) -> dict[str, OddsGame]:
        """Each moment to ask at -> one of the games that it is for."""
        return {moment: game for game in games for moment in game.moments(self.opening)}

    def _ask(self, call: Call) -> Asked:
        if self.fetching.is_due(call):
            self.budget.require(cost_of(call))
        return self.fetching.fetch(call, judge)


def event_of(game: OddsGame, events: Sequence[Mapping[str, Any]]) -> str | None:
    """The id of a game's event; None where the list has none of its teams and day."""
    for event in events:
        if _is_of(game, event):
            return str(event["id"])
    return None


def _is_of(game: OddsGame, event: Mapping[str, Any]) -> bool:
    """Whether an event has the game's teams, and begins within half a day of it."""
    teams = (TEAMS.get(event["home_team"]), TEAMS.get(event["away_team"]))
    begins = datetime.fromisoformat(event["commence_time"])
    if teams != (game.home, game.away):
        return False
    return abs(begins - game.tip_off) < timedelta(hours=12)
