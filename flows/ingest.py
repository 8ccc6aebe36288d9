"""Raw data in: stats.nba.com files of a folder, or the demo league."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from prefect import flow

from tasks.ingest import Ingested, ingest_demo, ingest_files


@flow(name="ingest", flow_run_name="ingest {directory}", validate_parameters=True)
def ingest(
    warehouse: str,
    directory: str = "",
    seasons: tuple[int, ...] = (),
    seed: int | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Ingested:
    """What was loaded and what was left out; without a directory, the demo league is made and loaded."""
    if directory:
        return ingest_files(warehouse, Path(directory), seasons)
    return ingest_demo(warehouse, seed, start, end)
