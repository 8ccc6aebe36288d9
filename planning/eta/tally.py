"""A tally: what a run is to compute, table by table, and how much of it is computed. Pure.

In cells and expected rows, never in days; what turns out not to be due leaves the count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from planning.eta.estimates import Estimate, Workload


@dataclass(frozen=True, slots=True)
class Counted:
    """Cells of a run, and the rows expected of them."""

    cells: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Outturn:
    """What was first estimated of a run, and what came true:
    seconds from the estimate to the last batch.

    Where fewer cells were computed than planned, some turned out not to be due, or the run ended
    before.
    """

    estimate: Estimate | None
    seconds: float
    planned: Counted
    done: Counted

    def to_json(self) -> dict[str, Any]:
        """Plain data, times in seconds."""
        return {
            "first": self.estimate.to_json() if self.estimate else None,
            "seconds": round(self.seconds, 2),
            "cells_planned": self.planned.cells,
            "cells_computed": self.done.cells,
        }


class Tally:
    """Counts down; `planned` is what there was to do at first,
    `done` what has been computed since."""

    def __init__(self, to_do: Iterable[Workload]) -> None:
        self._plan = {work.table: work for work in to_do}
        self._left = dict(self._plan)
        self.planned = self.remaining
        self.done = Counted()

    @property
    def to_do(self) -> list[Workload]:
        """What is left, in the order of computing."""
        return [work for work in self._left.values() if work.cells]

    @property
    def remaining(self) -> Counted:
        """Cells left, and their rows."""
        cells = rows = 0
        for work in self._left.values():
            cells += work.cells
            rows += work.rows
        return Counted(cells, rows)

    @property
    def percent(self) -> float:
        """Rows computed, of those computed and those left."""
        left = self.remaining.rows
        return 100 * self.done.rows / (self.done.rows + left) if left else 100.0

    def count_due(self, table: str, cells: int, rows: int, looked_at: int) -> None:
        """Count what is due of a table's cells, now that its turn has come and they were looked at.

        Where those are fewer than planned (a sample), nothing is known of the others yet.
        """
        if table in self._left and looked_at >= self._plan[table].cells:
            self._left[table] = self._plan[table].of(cells, rows)

    def count_computed(self, table: str, cells: int, rows: int) -> None:
        """Count a batch as computed, whatever became of its cells."""
        self.done = Counted(self.done.cells + cells, self.done.rows + rows)
        if work := self._left.get(table):
            self._left[table] = self._plan[table].of(
                max(work.cells - cells, 0), max(work.rows - rows, 0)
            )

    def close_phase(self, phase: str) -> None:
        """Count nothing of the phase as left: it is over in this run."""
        for table, work in list(self._left.items()):
            of_phase, _ = work.wave
            if of_phase == phase:
                del self._left[table]

    def to_json(self) -> dict[str, int]:
        """Plain data."""
        left = self.remaining
        return {
            "cells": self.done.cells + left.cells,
            "cells_done": self.done.cells,
            "rows": self.done.rows + left.rows,
            "rows_done": self.done.rows,
        }
