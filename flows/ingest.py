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
    warehouse: Address,
    directory: str = "",
    seasons: tuple[int, ...] = (),
    allow_unfinish: bool = False,
    seed: int | None = None,
    start: Day | None = None,
    end: Day | None = None,
) -> Ingested:
    """What was loaded and what was left out;
    without a directory, the demo league is made and loaded.

    Args:
        warehouse: Where the tables are: duckdb:/absolute/path, or
        bigquery:PROJECT[.PREFIX][@LOCATION].
        directory: A folder with files of stats.nba.com, as the worker sees it; empty for the demo
        league.
        seasons: Of the files, these seasons alone: starting years, 2024 for 2024-25.
        allow_unfinish: Believe files that make final games with box scores unfinished again.
        seed: Of the demo league: another league for another number.
        start: Of the demo league: first date, included.
        end: Of the demo league: last date, included.
    """
    source: Source = DemoLeague(seed, start, end)
    if directory:
        source = NbaStatsFiles(Path(directory), seasons, allow_unfinish)
    with slot(warehouse, str(flow_run.id)):
        return load(warehouse, source)
