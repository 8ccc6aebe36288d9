"""How long a plan may take, by what the ledger says of earlier batches;
a plan of nothing reads nothing."""

from __future__ import annotations

from collections.abc import Sequence

from planning.eta import Estimate, Finished, estimate, history, works
from planning.forecast import TablePlan
from warehouse.protocol import Warehouse

BATCHES_REMEMBERED = 10_000
"""A whole backfill of one date a batch, and more; a tenth of a second to read."""


def past_batches(warehouse: Warehouse) -> list[Finished]:
    """The finished batches on record that estimates are made from, the latest first."""
    return warehouse.batch_history(BATCHES_REMEMBERED)


def foreseen(
    warehouse: Warehouse, plans: Sequence[TablePlan], workers: int
) -> Estimate | None:
    """How long these plans take with so many workers;
    None for a plan of nothing, and without any history."""
    if not any(plan.cells for plan in plans):
        return None
    return estimate(
        works(warehouse.catalog, plans), history(past_batches(warehouse)), workers
    )
