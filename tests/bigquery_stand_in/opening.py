"""A warehouse of the product on a stand-in, through the real client, impatient enough for tests."""

from __future__ import annotations

from google.api_core.retry import Retry
from google.cloud.bigquery.retry import DEFAULT_RETRY

from processors.catalog import Catalog
from processors.discovery import load
from tests.bigquery_stand_in.server import StandIn
from warehouse.bigquery.client import connect
from warehouse.bigquery.names import Names
from warehouse.bigquery.pace import Pace
from warehouse.bigquery.warehouse import BigQueryWarehouse

URL = "bigquery:stand-in-project.test_@EU"
RETRY: Retry = DEFAULT_RETRY.with_delay(initial=0.01, maximum=0.05).with_timeout(3)
PACE = Pace(call_seconds=10, job_seconds=30, first_wait=0.01, retry=RETRY)


def warehouse_on(
    stand_in: StandIn, catalog: Catalog | None = None, url: str = URL, pace: Pace = PACE
) -> BigQueryWarehouse:
    """A warehouse with its tables, whose client talks to the stand-in."""
    client = connect(Names.at(url), endpoint=stand_in.url)
    warehouse = BigQueryWarehouse(url, catalog or load(), client, pace)
    warehouse.ensure_tables()
    return warehouse
