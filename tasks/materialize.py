"""Stage, audit and publish one batch; one that raises is halved until the date that raises stands alone.

An error that may pass is retried by Prefect, with back-off and jitter; what fails for good is in the ledger.
"""

from __future__ import annotations

import hashlib
import time
from datetime import date
from typing import Any, TypedDict

from prefect import task
from prefect.context import TaskRunContext
from prefect.tasks import exponential_backoff

from fullcourt.errors import PermanentWarehouseError, TransientWarehouseError
from planning.batches import Batch
from tasks.listening import tell
from tasks.results import JSON
from warehouse.connections import opened
from warehouse.protocol import Warehouse

RETRIES = 3


class Receipt(TypedDict):
    """What became of a batch, in a few hundred bytes: dates published, and why the others were not."""

    table: str
    first: str
    last: str
    done: int
    rows: int
    quarantined: dict[str, list[str]]
    failed: dict[str, str]
    seconds: float


def worth_a_retry(_task: Any, _run: Any, state: Any) -> bool:
    """Only errors that may pass: a permanent one would fail the same way again."""
    return isinstance(state.result(raise_on_failure=False), TransientWarehouseError)


def receipt_key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    """Receipts serve the retry of one run: root run, table, code, dates with their inputs and attempts."""
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
def materialize(url: str, batch: Batch, run_id: str, rows_expected: int) -> Receipt:
    """Publish one batch of the warehouse at `url` and tell who is watching."""
    context = TaskRunContext.get()
    last_try = context is None or context.task_run.run_count > RETRIES
    with opened(url) as warehouse:
        receipt = publish(warehouse, batch, run_id, last_try)
    tell("batch", name=batch.name, dates=len(batch.dates), rows_expected=rows_expected, **receipt)
    return receipt


def publish(warehouse: Warehouse, batch: Batch, run_id: str, last_try: bool = True) -> Receipt:
    """The receipt of a batch, published as far as it could be.

    Transient errors are raised, to be retried; on the last try they fail the dates that are left.
    """
    start = time.perf_counter()
    rows: dict[date, int] = {}
    quarantined: dict[str, list[str]] = {}
    failed: dict[str, str] = {}
    rest = [batch]
    while rest:
        part = rest.pop()
        try:
            result = warehouse.materialize(part, run_id)
        except (PermanentWarehouseError, TransientWarehouseError) as error:
            passing = isinstance(error, TransientWarehouseError)
            if passing and not last_try:
                raise
            halves = () if passing else part.halves()
            rest.extend(reversed(halves))
            if not halves:
                warehouse.fail(part, run_id, error)
                failed.update({d.isoformat(): str(error) for d in part.dates})
            continue
        rows.update(result.rows)
        quarantined.update(
            {d.isoformat(): [str(b) for b in broken] for d, broken in result.quarantined.items()}
        )
    return Receipt(
        table=batch.table,
        first=batch.dates[0].isoformat(),
        last=batch.dates[-1].isoformat(),
        done=len(batch.dates) - len(quarantined) - len(failed),
        rows=sum(rows.values()),
        quarantined=quarantined,
        failed=failed,
        seconds=round(time.perf_counter() - start, 3),
    )
