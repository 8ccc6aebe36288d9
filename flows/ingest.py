"""Raw data in: stats.nba.com files of a folder, or the demo league."""

from __future__ import annotations

from pathlib import Path

from prefect import flow
from prefect.runtime import flow_run

from demo import DemoLeague
from flows.parameters import Address, Day
from runs.ingest import Ingested
from runs.ingest import ingest as load
from sources.nba_stats import NbaStatsFiles
from sources.port import Source
from tasks.slot import slot


@flow(name="ingest", flow_run_name="ingest {directory}", validate_parameters=True)
def ingest(
    *,
    directory: str = "",
    seasons: tuple[int, ...] = (),
    start: Day | None = None,
    end: Day | None = None,
    warehouse: Address,
    allow_unfinish: bool = False,
    seed: int | None = None,
) -> Ingested:
    """What was loaded and what was left out;
    without a directory, the demo league is made and loaded.

    Args:
        directory: A folder with files of stats.nba.com, as the worker sees it; when empty, the demo
        league is loaded.
        seasons: Starting years of the seasons to load, 2024 for 2024-25; all files when empty.
        start: For the demo league, the first date, included.
        end: For the demo league, the last date, included.
        warehouse: The warehouse: duckdb:/absolute/path, or bigquery:PROJECT[.PREFIX][@LOCATION].
        allow_unfinish: Believe files that make final games with box scores unfinished again.
        seed: For the demo league, the number that it is made from; another number, another league.
    """
    source: Source = DemoLeague(seed, start, end)
    if directory:
        source = NbaStatsFiles(Path(directory), seasons, allow_unfinish)
    with slot(warehouse, str(flow_run.id)):
        return load(warehouse, source)
