"""What may happen to a backfill on its way:
a cell that raises, a connection lost, the process killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from core.errors import PermanentWarehouseError, TransientWarehouseError
from planning.batches import Batch
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import BatchResult

MISHAPS = (*("none",) * 6, "error", "pause", "kill", "late kill")


class Killed(BaseException):
    """The process is no more."""


class RoughWarehouse(DuckDBWarehouse):
    """A warehouse whose computing can be made to fail:
    `mishap` is none, error, pause, kill or late kill.

    An error, which stays, and a pause, which is transient, meet every batch with an `unlucky` date;
    a kill comes `batches` batches later, before the batch is published or, when late, just after.
    """

    mishap = "none"
    unlucky = 0
    batches = 0

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        """Publish the batch, or not."""
        struck = any(day.toordinal() % 20 == self.unlucky for day in batch.dates)
        if struck and self.mishap == "error":
            raise PermanentWarehouseError(f"{batch.name}: division by zero")
        if struck and self.mishap == "pause":
            raise TransientWarehouseError(f"{batch.name}: connection lost")
        self.batches -= 1
        if self.mishap == "kill" and self.batches < 0:
            raise Killed
        result = super().materialize(batch, run_id)
        if self.mishap == "late kill" and self.batches < 0:
            raise Killed
        return result


@contextmanager
def trouble(warehouse: RoughWarehouse, random: Random, smooth: bool) -> Iterator[str]:
    """Perhaps a mishap while the block runs, none when smooth; a kill ends the block."""
    warehouse.mishap = (
        "none"
        if smooth
        else random.choice(("none",) * 6 + ("error", "pause", "kill", "late kill"))
    )
    warehouse.unlucky, warehouse.batches = random.randrange(20), random.randrange(12)
    try:
        yield warehouse.mishap
    except Killed:
        return
    finally:
        warehouse.mishap = "none"
