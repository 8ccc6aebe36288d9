"""The night's work in one run tree: what was played into snapshots and tables, then a backfill."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from prefect import flow, get_run_logger
from pydantic import WithJsonSchema

from core.errors import FetchIncomplete
from flows.backfill import backfill
from flows.fetch import fetch
from flows.parameters import Address, Count, Day
from runs.fetch import SOURCES
from runs.nightly import league_day, season_of, since_of
from tasks.endings import named_ending

LAST_DAYS = 3
SeasonSource = Annotated[str, WithJsonSchema({"type": "string", "enum": list(SOURCES)})]


@flow(
    name="nightly", flow_run_name="nightly {source} {today}", validate_parameters=True
)
@named_ending
def nightly(
    *,
    today: Day | None = None,
    last_days: Count = LAST_DAYS,
    source: SeasonSource = "sportsdataverse",
    folder: str,
    warehouse: Address,
) -> dict[str, float]:
    """Seconds per phase of the backfill; what `fetch` and `backfill` raise.

    After a fetch that is incomplete the backfill computes what it can, and the run fails at its
    end: FetchIncomplete says what is missing.

    Args:
        today: The league's day to work for; the day of the run when empty.
        last_days: Days up to the latest final game that the backfill looks at again, because late
        corrections reach back.
        source: The site to ask. stats.nba.com (nba) does not answer clouds.
        folder: The folder of snapshots, as the worker sees it.
        warehouse: The warehouse: duckdb:/absolute/path, or bigquery:PROJECT[.PREFIX][@LOCATION].
    """
    day = today or league_day(datetime.now(UTC))
    incomplete = _fetch_night(warehouse, folder, source, day)
    seconds = backfill(warehouse=warehouse, last_days=last_days)
    if incomplete is not None:
        raise incomplete
    return seconds


def _fetch_night(
    warehouse: str, folder: str, source: str, day: date
) -> FetchIncomplete | None:
    """Fetch and load what was played; the error that says what is missing, where something is."""
    since = since_of(warehouse, day)
    try:
        fetch(
            warehouse=warehouse,
            folder=folder,
            seasons=(season_of(day),),
            source=source,
            since=since,
            load=True,
        )
    except FetchIncomplete as error:
        get_run_logger().error(
            "%s; what came is loaded, and the backfill begins", error
        )
        return error
    return None
