"""`fetch injuries`: the last report before each tip-off, for games that the warehouse has."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from core.errors import SourceError
from core.remedy import Remedy, season_options
from planning.calendar import ELIGIBLE_TYPES
from runs.fetch import Fetched, Forecast, Network, Tally, Watcher
from runs.nightly import seasons_asked
from runs.rosters import rosters
from sources.injuries import plan
from sources.injuries.pages import require_reader
from sources.injuries.reading import CALLED_OFF, InjuryFiles
from sources.injuries.report import LEAGUE
from sources.nba_api import site
from sources.web.fetching import Fetching
from sources.web.pace import Pace
from sources.web.snapshots import Folder
from warehouse.connections import open_warehouse


@dataclass(frozen=True)
class InjuriesRequest:
    """Which reports to fetch: those of seasons, or since a date."""

    folder: Path
    seasons: tuple[int, ...] = ()
    since: date | None = None


def reports_wanted(
    url: str, request: InjuriesRequest, now: datetime
) -> list[plan.Slot]:
    """The reports before the tip-offs of eligible games, up to those of today.

    SourceError where the warehouse has no game with a tip-off.
    """
    with open_warehouse(url) as warehouse:
        rows = warehouse.schedule().to_pylist()
    games = [_game(row) for row in rows if _is_wanted(row, request, now)]
    if not games:
        seasons = season_options(seasons_asked(request.seasons, request.since))
        raise SourceError(
            f"{url}: has no game with a tip-off of these seasons; load a schedule first: ",
            Remedy("fetch nba", (*seasons, "--ingest")),
        )
    return plan.slots_of(games, now)


def _is_wanted(row: Mapping[str, Any], request: InjuriesRequest, now: datetime) -> bool:
    of_season = not request.seasons or row["season"] in request.seasons
    is_late_enough = request.since is None or row["game_date"] >= request.since
    has_come = row["game_date"] <= now.astimezone(LEAGUE).date()
    is_played = row["game_type"] in ELIGIBLE_TYPES and row["status"] not in CALLED_OFF
    return (
        of_season
        and is_late_enough
        and has_come
        and is_played
        and row["tip_off"] is not None
    )


def _game(row: Mapping[str, Any]) -> plan.GameToCome:
    return plan.GameToCome(row["season"], row["game_date"], row["tip_off"])


def forecast_injuries(
    url: str, request: InjuriesRequest, now: datetime | None = None
) -> Forecast:
    """What a run would ask, where every report is there; nothing is asked for it."""
    calls = len(reports_wanted(url, request, now or datetime.now(UTC)))
    minutes = _minutes_for(calls)
    return Forecast(source=plan.SOURCE, calls=calls, minutes=minutes, credits=0)


def _minutes_for(calls: int) -> float:
    pace = Pace(site.pause(_base()))
    return round(pace.seconds_for(calls) / 60, 1)


def fetch_injuries(
    url: str,
    request: InjuriesRequest,
    watcher: Watcher | None = None,
    network: Network | None = None,
) -> Fetched:
    """Fetch the reports that are not there yet; ConfigError where PDFs cannot be read."""
    require_reader()
    watcher, reached = watcher or Watcher(), network or Network()
    slots = reports_wanted(url, request, datetime.now(UTC))
    folder, base = Folder(request.folder), _base()
    tally = Tally(plan.SOURCE, request.folder)
    with ExitStack() as stack:
        stack.enter_context(folder.hold())
        fetching = Fetching(
            base=base,
            client=stack.enter_context(reached.client(plan.HEADERS)),
            pace=reached.pace(site.pause(base)),
            folder=folder,
            as_task=reached.as_task,
            final=plan.FINAL_STATUSES,
        )
        fetching.remember_calls()
        reports = plan.Reports(fetching, slots, watcher.on_plan)
        tally.take(reports.calls(), watcher)
        fetched = tally.to_fetched(fetching.asked)
    return Fetched(**{**fetched, "notes": [*fetched["notes"], *reports.notes]})


def _base() -> str:
    return site.base_url(plan.URL_VARIABLE, plan.URL)


def injury_files(url: str, root: Path, seasons: tuple[int, ...] = ()) -> InjuryFiles:
    """The reports of a folder as a source, names being matched by the warehouse's box scores."""
    require_reader()
    return InjuryFiles(root, rosters(url, seasons), seasons)
