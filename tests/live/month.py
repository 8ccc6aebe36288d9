"""A month of the made-up league, loaded and computed in datasets of its own on a real project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from planning.raw_load import RawLoad
from planning.selection import Selection
from tests.live.project import Project, made, opened
from tests.loop import backfill
from warehouse.bigquery.warehouse import A_SEASON, BigQueryWarehouse

A_MONTH = Selection(start=date(2023, 11, 1), end=date(2023, 11, 30))


@contextmanager
def with_a_month(
    project: Project, part: str, raw: RawLoad
) -> Iterator[BigQueryWarehouse]:
    """A warehouse that holds it until the block ends;
    `part` tells it from others of the session."""
    with made(project, part) as url, opened(url) as warehouse:
        warehouse.ensure_tables()
        warehouse.load(raw)
        receipts = backfill(warehouse, A_MONTH, A_SEASON, run_id="first")
        assert receipts
        assert not any(
            receipt["failed"] or receipt["quarantined"] for receipt in receipts
        )
        yield warehouse
