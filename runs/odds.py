"""`fetch odds`: lines of games that the warehouse has, within a budget of credits."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.counted import counted
from core.errors import ConfigError, SourceError
from core.remedy import Remedy, season_options
from planning.calendar import ELIGIBLE_TYPES
from runs.fetch import Fetched, Forecast, Network, Tally, Watcher
from runs.nightly import seasons_asked
from runs.rosters import rosters
from sources.names import TEAMS
from sources.nba_api import site
from sources.odds import plan
from sources.odds.reading import OddsFiles
from sources.web.fetching import Fetching
from sources.web.pace import Pace
from sources.web.snapshots import Folder
from warehouse.connections import open_warehouse


@dataclass(frozen=True)
class OddsRequest:
    """Which lines to fetch: of seasons or since a date, of these markets, for so many credits.

    `opening`: those of twelve hours before tip-off too, for twice the credits.
    """

    folder: Path
    seasons: tuple[int, ...] = ()
    since: date | None = None
    markets: tuple[str, ...] = plan.MARKETS
    max_credits: int | None = None
    opening: bool = False


def api_key(environ: Mapping[str, str] | None = None) -> str:
    """The key to The Odds API; ConfigError names the variable where there is none."""
    key = _key_in(os.environ if environ is None else environ)
    if not key:
        raise ConfigError(
            f"{plan.KEY_VARIABLE}: is not set, and no Secret block has a key; The Odds API wants "
            "one, and its owner pays by credits: ",
            Remedy("fetch odds", ("--dry-run",)),
            " says how many",
        )
    return key


def _key_in(environ: Mapping[str, str]) -> str:
    return environ.get(plan.KEY_VARIABLE, "").strip()


def games_wanted(url: str, request: OddsRequest) -> list[plan.OddsGame]:
    """The games that lines are wanted for: final eligible ones with a known tip-off.

    SourceError where the warehouse has none.
    """
    with open_warehouse(url) as warehouse:
        rows = warehouse.schedule().to_pylist()
    games = [_game(row) for row in rows if _is_wanted(row, request)]
    if not games:
        seasons = season_options(seasons_asked(request.seasons, request.since))
        raise SourceError(
            f"{url}: has no game with a tip-off of these seasons; load a schedule first: ",
            Remedy("fetch nba", (*seasons, "--ingest")),
        )
    return sorted(games, key=lambda game: (game.tip_off, game.game_id))


def _is_wanted(row: Mapping[str, Any], request: OddsRequest) -> bool:
    of_season = not request.seasons or row["season"] in request.seasons
    is_late_enough = request.since is None or row["game_date"] >= request.since
    teams = {row["home_team"], row["away_team"]} <= set(TEAMS.values())
    counts = row["game_type"] in ELIGIBLE_TYPES and row["status"] == "final"
    return (
        of_season and is_late_enough and teams and counts and row["tip_off"] is not None
    )


def _game(row: Mapping[str, Any]) -> plan.OddsGame:
    return plan.OddsGame(
        game_id=row["game_id"],
        season=row["season"],
        day=row["game_date"],
        tip_off=row["tip_off"],
        home=row["home_team"],
        away=row["away_team"],
    )


def forecast_odds(url: str, request: OddsRequest) -> Forecast:
    """What a run would ask and cost; nothing is asked for it."""
    games = games_wanted(url, request)
    calls, credits = plan.usual_cost(games, request.markets, request.opening)
    minutes = _minutes_for(calls)
    return Forecast(
        source=plan.SOURCE,
        calls=calls,
        minutes=minutes,
        credits=credits,
    )


def _minutes_for(calls: int) -> float:
    pace = Pace(site.pause(_base()))
    return round(pace.seconds_for(calls) / 60, 1)


def fetch_odds(
    url: str,
    request: OddsRequest,
    key: str,
    watcher: Watcher | None = None,
    network: Network | None = None,
) -> Fetched:
    """Fetch the lines that are not there yet, until they are or the credits are spent."""
    return fetch_lines(games_wanted(url, request), request, key, watcher, network)


def fetch_lines(
    games: Sequence[plan.OddsGame],
    request: OddsRequest,
    key: str,
    watcher: Watcher | None = None,
    network: Network | None = None,
) -> Fetched:
    """Fetch the lines of these games; the warehouse is not needed for it."""
    watcher, reached = watcher or Watcher(), network or Network()
    folder, budget = Folder(request.folder), plan.Budget(request.max_credits)
    tally = Tally(plan.SOURCE, request.folder)
    with ExitStack() as stack:
        stack.enter_context(folder.hold())
        base = _base()
        fetching = Fetching(
            base=base,
            client=stack.enter_context(reached.client(plan.HEADERS)),
            pace=reached.pace(site.pause(base)),
            folder=folder,
            secrets={plan.KEY_PARAMETER: key},
            on_answer=budget.count,
            now=reached.now,
            as_task=reached.as_task,
        )
        fetching.remember_calls()
        season = plan.Season(
            fetching, games, request.markets, budget, watcher.on_plan, request.opening
        )
        try:
            tally.take(season.calls(), watcher)
        except plan.Spent as error:
            tally.stopped = {"why": "credits", "reason": str(error)}
        fetched = tally.to_fetched(fetching.asked)
    without = [f"no event for game {game_id}" for game_id in season.unmatched]
    spent = f"{counted(budget.spent, 'credit')} spent"
    return Fetched(**{**fetched, "notes": [*fetched["notes"], *without, spent]})


def _base() -> str:
    return site.base_url(plan.URL_VARIABLE, plan.URL)


def odds_files(url: str, root: Path, seasons: tuple[int, ...] = ()) -> OddsFiles:
    """The lines of a folder as a source, names being matched by the warehouse's box scores."""
    return OddsFiles(root, rosters(url, seasons), seasons)
