"""The jobs that a warehouse submits while one looks on, and the batches that make it do so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from unittest import mock

from google.cloud import bigquery

from planning.batches import Batch
from runs.survey import survey
from warehouse.bigquery.warehouse import A_SEASON, BigQueryWarehouse
from warehouse.bigquery.work import Work
from warehouse.store import Array, batch_parameters


@contextmanager
def submitted(warehouse: BigQueryWarehouse) -> Iterator[list[bigquery.QueryJob]]:
    """The query jobs that BigQuery accepts of a warehouse meanwhile, dry runs aside."""
    jobs: list[bigquery.QueryJob] = []
    query = warehouse.client.query

    def recorded(*args: Any, **kwargs: Any) -> bigquery.QueryJob:
        job = query(*args, **kwargs)
        if not job.dry_run:
            jobs.append(job)
        return job

    with mock.patch.object(warehouse.client, "query", recorded):
        yield jobs


def batch_of(warehouse: BigQueryWarehouse, table: str, *dates: date) -> Batch:
    """These dates of a table as they would be computed again now."""
    planner = survey(warehouse)
    (batch,) = planner.batches(planner.decide(table, dates, rerun=dates), A_SEASON)
    assert batch.dates == dates
    return batch


def stage(warehouse: BigQueryWarehouse, batch: Batch) -> str:
    """Compute a batch into a table of its own, which expires; its path."""
    into = warehouse.address.bookkeeping_path(f"stage_{batch.table}_looked_at")
    sql = warehouse.texts.stage(batch.table, into)
    warehouse.jobs.run(Work("stage", sql, batch_parameters(batch), table=batch.table))
    return into


def merge(warehouse: BigQueryWarehouse, batch: Batch, staged: str) -> Work:
    """The statement that replaces the batch's rows by the staged ones,
    all of them good; new each time."""
    given = {**batch_parameters(batch), "good": Array("DATE", batch.dates)}
    sql = warehouse.texts.merge(batch.table, staged)
    return Work("merge", sql, given, table=batch.table, mutates=batch.table)
