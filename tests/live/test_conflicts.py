"""What no stand-in proves: writers of the same partitions
at once lose nothing and double nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest

from core.errors import TransientWarehouseError
from planning.batches import Batch
from planning.cells import Outcome
from runs.publish import Receipt, publish
from tasks.materialize import RETRIES
from tests.live.project import PACE, opened
from tests.live.submitted import batch_of, merge, stage, submitted
from tests.warehouse.planting import BAD, CONTEXT, NEXT
from warehouse.bigquery.errors import PASSING_REASONS, PASSING_WORDS
from warehouse.bigquery.slots import AT_ONCE
from warehouse.bigquery.warehouse import BigQueryWarehouse
from warehouse.bigquery.work import Done

WRITERS = 4


@pytest.fixture
def writers(computed: BigQueryWarehouse) -> Iterator[list[BigQueryWarehouse]]:
    """Warehouses that know nothing of each other, as those of several processes."""
    with ExitStack() as stack:
        yield [stack.enter_context(opened(computed.url)) for _ in range(WRITERS)]


@pytest.fixture
def batch(computed: BigQueryWarehouse) -> Batch:
    """The dates that all of them write."""
    return batch_of(computed, CONTEXT, BAD, NEXT)


def test_f64_two_merges_of_the_same_partitions_replace_each_others_rows_one_after_the_other(
    computed: BigQueryWarehouse, writers: list[BigQueryWarehouse], batch: Batch
) -> None:
    """The stand-in runs one statement at a time,
    and refuses with words that Google's documents quote.

    Each merge that was done must have deleted exactly what it inserted: one that did not see its
    forerunner's rows would leave them there twice.
    """
    before, staged = computed.contents(CONTEXT), stage(computed, batch)
    two, ready = writers[:AT_ONCE], Barrier(AT_ONCE)

    def merged(warehouse: BigQueryWarehouse) -> Done:
        work = merge(warehouse, batch, staged)
        ready.wait(PACE.call_seconds)
        return warehouse.jobs.run(work)

    with ExitStack() as stack, ThreadPoolExecutor(AT_ONCE) as pool:
        recorded = [stack.enter_context(submitted(warehouse)) for warehouse in two]
        done = list(pool.map(merged, two))
    rows = sum(before[day].rows for day in batch.dates)
    assert [(d.inserted, d.deleted) for d in done] == [(rows, rows)] * AT_ONCE
    assert computed.contents(CONTEXT) == before
    for job in (job for jobs in recorded for job in jobs if job.error_result):
        told = job.error_result
        assert told["reason"] in PASSING_REASONS or any(
            w in told["message"] for w in PASSING_WORDS
        ), told


def test_f64_batches_of_the_same_dates_published_at_once_lose_nothing(
    computed: BigQueryWarehouse, writers: list[BigQueryWarehouse], batch: Batch
) -> None:
    """Two MERGEs that collided lost 34 rows; here each is tried again
    as a task is, until it is published."""
    before = computed.contents(CONTEXT)
    runs = [f"writer-{number}" for number in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as pool:
        receipts = list(pool.map(_persistently, writers, [batch] * WRITERS, runs))
    assert [receipt["failed"] for receipt in receipts] == [{}] * WRITERS
    assert {receipt["rows"] for receipt in receipts} == {
        sum(before[day].rows for day in batch.dates)
    }
    assert computed.contents(CONTEXT) == before
    for day in batch.dates:
        told = [e for e in computed.entries(CONTEXT, day) if e.run_id in runs]
        assert sorted((e.run_id, e.outcome) for e in told) == [
            (run, Outcome.DONE) for run in runs
        ]


def _persistently(warehouse: BigQueryWarehouse, batch: Batch, run_id: str) -> Receipt:
    """Publish as a task does: what may pass is tried again."""
    for tried in range(1, RETRIES + 1):
        try:
            return publish(warehouse, batch, run_id, last_try=False)
        except TransientWarehouseError:
            PACE.wait(tried)
    return publish(warehouse, batch, run_id)
