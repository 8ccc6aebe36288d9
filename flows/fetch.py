"""Seasons from their source into snapshots, and into the warehouse where that is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from prefect import flow, get_run_logger
from prefect.runtime import flow_run
from pydantic import Field, WithJsonSchema

from core.errors import FetchIncomplete, SourceError
from flows.parameters import Address, Day
from planning.selection import FIRST_SEASON, LAST_SEASON
from reports.fetch import what_is_missing
from reports.ingest import changed_words, removed_words
from runs.fetch import SOURCES, Fetched, FetchRequest, Network, exit_code
from runs.fetch import fetch as fetch_from
from runs.ingest import ingest
from runs.odds import OddsRequest, fetch_lines, games_wanted, odds_files
from sources.nba_api.plan import TABLES
from sources.odds.plan import MARKETS
from sources.odds.plan import SOURCE as ODDS
from sources.snapshots import SnapshotFiles
from tasks.credentials import odds_key
from tasks.fetch import as_task
from tasks.slot import slot

Source = Annotated[str, WithJsonSchema({"type": "string", "enum": [*SOURCES, ODDS]})]
Season = Annotated[int, Field(ge=FIRST_SEASON, le=LAST_SEASON)]
Market = Annotated[str, WithJsonSchema({"type": "string", "enum": list(MARKETS)})]
Credits = Annotated[int, Field(ge=0)]


@flow(
    name="fetch",
    flow_run_name="fetch {source} {seasons}",
    validate_parameters=True,
)
def fetch(
    *,
    seasons: tuple[Season, ...],
    since: Day | None = None,
    source: Source = "sportsdataverse",
    box_scores: bool = False,
    load: bool = False,
    folder: str,
    warehouse: Address,
    markets: tuple[Market, ...] = MARKETS,
    opening: bool = False,
    max_credits: Credits | None = None,
    key_block: str = "",
) -> Fetched:
    """What was fetched, a task for each call; what came is loaded, whatever is missing.

    SourceError where nothing was fetched, FetchIncomplete where some was.

    Args:
        seasons: Starting years, 2024 for 2024-25.
        since: For nba and odds, only games from this date on.
        source: The site to ask. stats.nba.com (nba) does not answer clouds; odds cost credits.
        box_scores: For nba, fetch box scores too, with a call for each game.
        load: Load the snapshots of these seasons into the warehouse.
        folder: The folder of snapshots, as the worker sees it. A snapshot that is there is not
        fetched again.
        warehouse: The warehouse to load into: duckdb:/absolute/path, or
        bigquery:PROJECT[.PREFIX][@LOCATION].
        markets: For odds, the lines to fetch.
        opening: For odds, also fetch the lines of twelve hours before tip-off, for twice the
        credits.
        max_credits: For odds, stop before more credits are spent; no bound when empty.
        key_block: For odds, the name of the Secret block that holds the key, never the key itself.
        When empty, ODDS_API_KEY, else the block odds-api-key.
    """
    root = Path(folder).absolute()
    if source == ODDS:
        lines = OddsRequest(root, tuple(seasons), since, markets, max_credits, opening)
        done = _fetch_lines(warehouse, lines, key_block)
    else:
        request = FetchRequest(source, root, tuple(seasons), since, TABLES, box_scores)
        done = fetch_from(request, network=Network(as_task=as_task))
    missing = "; ".join(what_is_missing(done, min(seasons)))
    code = exit_code(done)
    if code == SourceError.exit_code:
        raise SourceError(f"{source}: nothing was fetched: {missing}")
    if load:
        _load(warehouse, root, source, tuple(seasons))
    if code:
        raise FetchIncomplete(f"{source}: not all was fetched: {missing}")
    return done


def _fetch_lines(warehouse: str, request: OddsRequest, key_block: str) -> Fetched:
    """Fetch lines; the warehouse is held only while its games are read."""
    key = odds_key(key_block)
    with slot(warehouse, str(flow_run.id)):
        games = games_wanted(warehouse, request)
    return fetch_lines(
        games,
        request,
        key,
        network=Network(as_task=as_task),
    )


def _load(warehouse: str, root: Path, source: str, seasons: tuple[int, ...]) -> None:
    """Load what a folder has of a source, these seasons alone."""
    with slot(warehouse, str(flow_run.id)):
        if source == ODDS:
            done = ingest(warehouse, odds_files(warehouse, root, seasons))
        else:
            done = ingest(warehouse, SnapshotFiles(root, source, seasons))
    changed, removed = changed_words(done["changed"]), removed_words(done["removed"])
    for sentence in [*changed, *removed]:
        get_run_logger().warning(sentence)
