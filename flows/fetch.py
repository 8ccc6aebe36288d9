"""Seasons from their source into snapshots, and into the warehouse where that is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field, WithJsonSchema

from core.errors import SourceError
from flows.parameters import Address, Day
from planning.selection import FIRST_SEASON, LAST_SEASON
from runs.fetch import SOURCES, Fetched, FetchRequest, Network, exit_code
from runs.fetch import fetch as fetch_from
from runs.ingest import ingest
from sources.nba_api.plan import TABLES
from sources.snapshots import SnapshotFiles
from tasks.fetch import as_task
from tasks.slot import slot

Source = Annotated[str, WithJsonSchema({"type": "string", "enum": list(SOURCES)})]
Season = Annotated[int, Field(ge=FIRST_SEASON, le=LAST_SEASON)]


@flow(name="fetch", flow_run_name="fetch {source} {seasons}", validate_parameters=True)
def fetch(
    warehouse: Address,
    folder: str,
    seasons: tuple[Season, ...],
    source: Source = "sportsdataverse",
    since: Day | None = None,
    box_scores: bool = False,
    load: bool = False,
) -> Fetched:
    """What was fetched; SourceError where nothing was. A task for each call.

    Args:
        warehouse: Where to load it: duckdb:/absolute/path, or
        bigquery:PROJECT[.PREFIX][@LOCATION].
        folder: Where snapshots are kept, as the worker sees it; what is there is not asked again.
        seasons: Starting years, 2024 for 2024-25.
        source: Whom to ask; stats.nba.com (nba) does not answer clouds.
        since: Of nba, only what was played from this date on.
        box_scores: Of nba, box scores too: a call for each game.
        load: Load the snapshots of these seasons into the warehouse.
    """
    root = Path(folder).absolute()
    request = FetchRequest(source, root, tuple(seasons), since, TABLES, box_scores)
    done = fetch_from(request, network=Network(as_task=as_task))
    if exit_code(done) == 2:
        raise SourceError(f"{source}: nothing was fetched: {_why(done)}")
    if load:
        with slot(warehouse, str(flow_run.id)):
            ingest(warehouse, SnapshotFiles(root, source, tuple(seasons)))
    return done


def _why(done: Fetched) -> str:
    """The first reason that a fetch gives for its failure."""
    reasons = [str(failed["reason"]) for failed in done["failed"]]
    return str(done["stopped"].get("reason") or next(iter(reasons), "no call was made"))
