"""Estimates: how long the batches still to be computed will take,
as a range, from batches that were. Pure.

Work is counted in the rows expected of cells to compute, and in batches: dates without games, skips
and fresh cells weigh nothing, whatever the range of dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from operator import attrgetter
from typing import Any

from core.grouping import group
from planning.eta.history import Finished, History, Span
from planning.forecast import TablePlan
from processors.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Workload:
    """What is to be computed of one table, and in which wave:
    cells (one or more), rows expected, batches."""

    table: str
    wave: tuple[str, int]
    cells: int
    rows: int
    batches: int

    def of(self, cells: int, rows: int) -> Workload:
        """So many cells of it, in batches of the same size."""
        return replace(
            self,
            cells=cells,
            rows=rows,
            batches=ceil(self.batches * cells / self.cells),
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds of work left, from `low` to `high`; `batches`: the finished ones that say so."""

    low: float
    high: float
    batches: int

    def to_json(self) -> dict[str, Any]:
        """Plain data, in seconds."""
        return {
            "low": round(self.low, 2),
            "high": round(self.high, 2),
            "batches": self.batches,
        }


def estimate(
    to_do: Iterable[Workload],
    known: History,
    workers: int,
    run: Sequence[Finished] = (),
) -> Estimate | None:
    """How long this work takes until its last batch is published; None without any history.

    Waves come one after the other. At best all workers are busy all the time; at worst as few
    batches run at once as did before. A wave never takes less than its longest batch. `run`, the
    batches that the same run has finished, say what the history does not, and how fast it goes this
    time.
    """
    pace, known = known.pace(run), known.joined(run)
    if not known.finished:
        return None
    low = high = 0.0
    slots = min(max(known.at_once, 1.0), workers)
    for wave in group(to_do, attrgetter("wave")).values():
        of_wave = _of_wave(wave, known, workers, slots)
        low += of_wave.low + known.between_tables.low * len(wave)
        high += of_wave.high + known.between_tables.high * len(wave)
    return Estimate(low * pace, high * pace, len(known.finished))


def _of_wave(
    wave: Iterable[Workload], known: History, workers: int, slots: float
) -> Span:
    """How long the batches of a wave take: all together, and the longest of them alone."""
    all_low = all_high = longest_low = longest_high = 0.0
    for work in wave:
        span = known.of_batch(work.table, work.rows / work.batches)
        all_low += span.low * work.batches
        all_high += span.high * work.batches
        longest_low = max(longest_low, span.low)
        longest_high = max(longest_high, span.high)
    return Span(
        max(all_low / workers, longest_low), max(all_high / slots, longest_high)
    )


def works(catalog: Catalog, plans: Iterable[TablePlan]) -> list[Workload]:
    """The tables of a plan that have cells to compute, each in its wave."""
    waves = wave_of(catalog)
    return [
        Workload(p.table, waves[p.table], p.cells, p.rows_expected, p.batches)
        for p in plans
        if p.cells
    ]


def wave_of(catalog: Catalog) -> dict[str, tuple[str, int]]:
    """Table -> its phase, and its wave therein, in the order of computing."""
    return {
        table: (phase.name, number)
        for phase in catalog.phases
        for number, tables in enumerate(catalog.waves(phase.name), start=1)
        for table in tables
    }
