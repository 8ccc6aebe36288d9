"""The night's work in one run tree: what was played into snapshots and tables, then a backfill."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import flow

from flows.backfill import backfill
from flows.fetch import Source, fetch
from flows.parameters import Address, Count, Day
from runs.nightly import league_day, season_of, since_of

LAST_DAYS = 3


@flow(
    name="nightly", flow_run_name="nightly {source} {today}", validate_parameters=True
)
def nightly(
    warehouse: Address,
    folder: str,
    source: Source = "sportsdataverse",
    last_days: Count = LAST_DAYS,
    today: Day | None = None,
) -> dict[str, float]:
    """Seconds per phase of the backfill; what `fetch` and `backfill` raise.

    Args:
        warehouse: Where the tables are: duckdb:/absolute/path, or
        bigquery:PROJECT[.PREFIX][@LOCATION].
        folder: Where snapshots are kept, as the worker sees it.
        source: Whom to ask; stats.nba.com (nba) does not answer clouds.
        last_days: The backfill's days up to the latest final game: late corrections reach back.
        today: The league's day to work for; the day of the run when empty.
    """
    day = today or league_day(datetime.now(UTC))
    since = since_of(warehouse, day)
    fetch(warehouse, folder, (season_of(day),), source, since, load=True)
    return backfill(warehouse=warehouse, last_days=last_days)
