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
from reports.ingest import changed_words
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
    warehouse: Address,
    folder: str,
    seasons: tuple[Season, ...],
    source: Source = "sportsdataverse",
    since: Day | None = None,
    box_scores: bool = False,
    load: bool = False,
    markets: tuple[Market, ...] = MARKETS,
    opening: bool = False,
    max_credits: Credits | None = None,
    key_block: str = "",
) -> Fetched:
    """What was fetched, a task for each call; what came is loaded, whatever is missing.

    SourceError where nothing was fetched, FetchIncomplete where some was.

    Args:
        warehouse: Where to load it: duckdb:/absolute/path, or
        bigquery:PROJECT[.PREFIX][@LOCATION].
        folder: Where snapshots are kept, as the worker sees it; what is there is not asked again.
        seasons: Starting years, 2024 for 2024-25.
        source: Whom to ask; stats.nba.com (nba) does not answer clouds, and odds cost credits.
        since: Of nba and odds, only what was played from this date on.
        box_scores: Of nba, box scores too: a call for each game.
        load: Load the snapshots of these seasons into the warehouse.
        markets: Of odds, which lines.
        opening: Of odds, lines of twelve hours before tip-off too; twice the credits.
        max_credits: Of odds, end before more are spent; no bound when empty.
        key_block: Of odds, the name of the Secret block with the key; ODDS_API_KEY, else the block
        odds-api-key, when empty. Never the key itself.
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
    for sentence in changed_words(done["changed"]):
        get_run_logger().warning(sentence)
