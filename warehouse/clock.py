"""The latest moment that a warehouse has on record, for a clock that never runs backwards."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from planning.ledger import BEGINNING
from warehouse.bookkeeping import (
    LEDGER,
    OVERRIDES,
    PREDICTIONS,
    RUNS,
    VERDICTS,
    WAIVERS,
)
from warehouse.schema import TableSpec
from warehouse.store import Store

STAMPS = (
    (LEDGER, "finished_at"),
    (VERDICTS, "decided_at"),
    (OVERRIDES, "decided_at"),
    (WAIVERS, "waived_at"),
    (PREDICTIONS, "predicted_at"),
    (RUNS, "began_at"),
    (RUNS, "ended_at"),
)
"""What is told older from newer by its time."""


def latest_moment(store: Store, without: Collection[TableSpec] = ()) -> datetime:
    """The latest of all stamps, those of some tables aside; the beginning of time where there is
    none."""
    each = [
        f"SELECT MAX({column}) AS finished_at FROM {store.name(table.name)}"
        for table, column in STAMPS
        if table not in without
    ]
    sql = f"SELECT MAX(finished_at) AS finished_at FROM ({' UNION ALL '.join(each)})"
    (row,) = store.rows("clock", sql)
    return row["finished_at"] or BEGINNING
