"""Publish the batches of a wave side by side, each as a task of Prefect.

An error that may pass is retried by Prefect, with back-off and jitter; what fails for good is in
the ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from prefect import task
from prefect.context import TaskRunContext
from prefect.tasks import exponential_backoff
from prefect.utilities.annotations import quote

from core.errors import TransientWarehouseError
from planning.batches import Batch
from planning.decisions import Decision, Planner
from runs.events import BatchDone
from runs.listening import tell
from runs.publish import Receipt, publish
from tasks.cancellation import require_running
from tasks.endings import named_ending
from tasks.results import JSON
from warehouse.connections import open_warehouse

RETRIES = 3


def worth_a_retry(_task: Any, _run: Any, state: Any) -> bool:
    """Only errors that may pass: a permanent one would fail the same way again."""
    return isinstance(state.result(raise_on_failure=False), TransientWarehouseError)


def receipt_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    """Receipts serve the retry of one run: root run, table,
    code, dates with their inputs and attempts."""
    batch: Batch = parameters["batch"]
    cells = (f"{d} {batch.inputs.get(d)} {batch.attempts.get(d)}" for d in batch.dates)
    text = "/".join((parameters["run_id"], batch.table, batch.code, *cells))
    return hashlib.sha256(text.encode()).hexdigest()


@task(
    cache_key_fn=receipt_key,
    persist_result=True,
    result_serializer=JSON,
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(2),
    retry_jitter_factor=0.5,
    retry_condition_fn=worth_a_retry,
)
@named_ending
def materialize(url: str, batch: Batch, run_id: str, rows_expected: int) -> Receipt:
    """Publish one batch of the warehouse at `url` and tell who is watching.

    RunCancelled, and nothing is published, after a person cancelled the run or its phase.
    """
    context = TaskRunContext.get()
    last_try = context is None or context.task_run.run_count > RETRIES
    require_running(run_id, *_run_of(context))
    with open_warehouse(url) as warehouse:
        receipt = publish(warehouse, batch, run_id, last_try)
    rows, seconds = receipt["rows"], receipt["seconds"]
    tell(BatchDone(batch.table, len(batch.dates), rows, rows_expected, seconds))
    return receipt


def _run_of(context: TaskRunContext | None) -> Iterator[str]:
    """The flow run that a batch belongs to."""
    if context and context.task_run.flow_run_id:
        yield str(context.task_run.flow_run_id)


def materialize_all(
    url: str,
    planner: Planner,
    decisions: Iterable[Decision],
    batch_days: int,
    run_id: str,
) -> list[Receipt]:
    """The receipts of all batches of these decisions, computed side by side;
    errors are raised at the end."""
    futures = []
    for decision in decisions:
        for batch in planner.batches(decision, batch_days):
            rows = planner.rows_expected(batch.table, batch.dates)
            named = materialize.with_options(task_run_name=batch.name)
            # Quoted: Prefect would look for futures in every date of it.
            quoted: Any = quote(batch)
            futures.append(named.submit(url, quoted, run_id, rows))
    for future in futures:
        future.wait()
    return [future.result() for future in futures]
