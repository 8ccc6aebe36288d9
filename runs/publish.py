"""Stage, audit and publish one batch; one that raises is halved
until the date that raises stands alone."""

from __future__ import annotations

import time
from datetime import date
from typing import TypedDict

from core.errors import PermanentWarehouseError, TransientWarehouseError
from planning.batches import Batch
from warehouse.protocol import Warehouse


class Receipt(TypedDict):
    """What became of a batch, in a few hundred bytes:
    dates published, and why the others were not."""

    table: str
    first: str
    last: str
    done: int
    rows: int
    quarantined: dict[str, list[str]]
    failed: dict[str, str]
    seconds: float


def publish(
    warehouse: Warehouse, batch: Batch, run_id: str, last_try: bool = True
) -> Receipt:
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
                failed.update(dict.fromkeys(map(str, part.dates), str(error)))
            continue
        rows.update(result.rows)
        for day, broken in result.quarantined.items():
            quarantined[str(day)] = list(map(str, broken))
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
