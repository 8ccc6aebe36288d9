"""The page's section on runs: what each took and did, table by table, and what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core.counted import counted
from planning.eta import Outturn
from planning.run_history import RunRecord, TableWork
from reports.eta import tell_estimate, tell_time
from reports.page.section import PageSection

NOTHING = "Nothing was computed yet."
NO_END = "no end on record: killed, or still under way"
NOT_KEPT = "not kept"
HOW_NOT_KEPT = "ended, how was not kept"
ENDINGS = {"Completed": "done"}
"""State that a run ended in -> what the page calls it, where that differs."""
NO_ESTIMATE = "none: nothing to go by"
TRACK = 1000
"""Units of a track's width; how wide it is drawn is the style's to say."""
LEAST = 4
"""Units that a bar has at least: what took no time is still there."""
_BYTES = (("B", 1), ("KB", 2**10), ("MB", 2**20), ("GB", 2**30), ("TB", 2**40))


@dataclass(frozen=True)
class RunFacts:
    """One run: what it did to each table, in the order of computing, and its record.

    `work` is empty for a run that was killed before its first batch. `record` is None for a run of
    an earlier version, and for a phase that was run by itself. `dollars`: what it was billed; None
    where nothing is billed.
    """

    run_id: str
    work: tuple[TableWork, ...]
    record: RunRecord | None = None
    dollars: float | None = None

    @property
    def started_at(self) -> datetime:
        """When its first batch began; when it began to compute, where none did."""
        return min(self._times("started_at"))

    @property
    def finished_at(self) -> datetime:
        """When its last batch was published; when it began to compute, where none was."""
        return max(self._times("finished_at"))

    def _times(self, name: str) -> list[datetime]:
        times = [getattr(work, name) for work in self.work]
        began_at = self.record.began_at if self.record else None
        return times or [began_at or datetime.min.replace(tzinfo=UTC)]

    @property
    def seconds(self) -> float:
        """From the first batch to the last by the clock, gates and waiting included."""
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def has_no_end(self) -> bool:
        """Whether it is on record that it began, and not that it ended."""
        return self.record is not None and not self.record.has_end

    @property
    def outturn(self) -> Outturn | None:
        """What came of its first estimate; None where that is not known."""
        return self.record.outturn if self.record else None

    @property
    def cells_left(self) -> int | None:
        """Cells of its plan that it did not try, at most; None where the plan is not known."""
        if self.outturn is None:
            return None
        total = _totals(self.work)
        tried = total.cells + total.quarantined + total.failed
        return max(self.outturn.planned.cells - tried, 0)


@dataclass(frozen=True)
class RunsFacts:
    """The latest runs, the latest first. `phases`: table -> its phase, in the order of computing.
    `is_billed`: whether the warehouse bills what is read."""

    runs: tuple[RunFacts, ...]
    phases: Mapping[str, str]
    is_billed: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a track, of `TRACK` units."""

    x: float
    width: float


@dataclass(frozen=True)
class Against:
    """A first estimate as a stretch of a track, and what the run took as a mark on it."""

    estimate: Bar
    took: float
    is_inside: bool


@dataclass(frozen=True)
class TableRow:
    """A table in a run, in words, with its bar on the run's track."""

    table: str
    bar: Bar
    cells: Sequence[str]


@dataclass(frozen=True)
class PhaseRows:
    """A phase in a run: what it took by the clock, and its tables."""

    phase: str
    mark: int
    took: str
    rows: list[TableRow] = field(default_factory=list)


def runs_section(facts: RunsFacts | None) -> PageSection:
    """The section; without runs it says so."""
    name, title = "runs", "Runs"
    if facts is None or not facts.runs:
        return PageSection(name, title, absent=NOTHING)
    shown = {
        "header": _header(facts.is_billed),
        "is_billed": facts.is_billed,
        "unknown": sum(run.outturn is None for run in facts.runs),
        "runs": [_run(facts, run) for run in facts.runs],
        "track": TRACK,
    }
    return PageSection(name, title, shown)


def _header(is_billed: bool) -> tuple[str, ...]:
    billed = ("bytes billed",) if is_billed else ()
    own = ("work", "batches", "cells", "unchanged", "not published", "rows", "rows/s")
    return (*own, *billed)


def _run(facts: RunsFacts, run: RunFacts) -> dict[str, Any]:
    """A run's line in the list of runs, and its phases."""
    return {
        **_about(run),
        **_counts(run),
        "took": tell_time(seconds_of(run)),
        "ended": tell_end(run),
        "has_no_end": run.has_no_end,
        "estimate": _estimate_text(run.outturn),
        "against": None if run.has_no_end else _against(run.outturn),
        "phases": list(_phases(facts, run)),
        "ticks": _ticks(run.seconds),
    }


def _about(run: RunFacts) -> dict[str, str]:
    """Which run it is, when it began, and what it was asked for."""
    return {
        "short_id": run.run_id[:8],
        "started": f"{run.started_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        "asked": run.record.selection if run.record else "",
        "code": max((work.code_version for work in run.work), default="not known"),
    }


def _counts(run: RunFacts) -> dict[str, Any]:
    """What a run did, over all of its tables."""
    total = _totals(run.work)
    return {
        "cells": f"{total.cells:,}",
        "unchanged": _share(total.unchanged, total.cells),
        "amiss": total.quarantined + total.failed,
        "rows": f"{total.rows:,}",
        "dollars": "-" if run.dollars is None else f"${run.dollars:,.4f}",
    }


def seconds_of(run: RunFacts) -> float:
    """Seconds of a run: as it counted them, without a person's thinking; else by the ledger."""
    if run.outturn is None or run.has_no_end:
        return run.seconds
    return run.outturn.seconds


def tell_end(run: RunFacts) -> str:
    """How a run ended; of one without an end what it left."""
    if run.record is None:
        return NOT_KEPT
    if not run.has_no_end:
        ending = run.record.ending
        return ENDINGS.get(ending, ending) or HOW_NOT_KEPT
    if run.cells_left is None:
        return NO_END
    planned = run.outturn.planned.cells if run.outturn else 0
    return f"{NO_END}; {run.cells_left:,} of at most {counted(planned, 'planned cell')} left"


def _estimate_text(outturn: Outturn | None) -> str:
    if outturn is None:
        return NOT_KEPT
    return tell_estimate(outturn.estimate) if outturn.estimate else NO_ESTIMATE


def _against(outturn: Outturn | None) -> Against | None:
    """What was first estimated and what it took, on one track; None where either is not known."""
    if outturn is None or outturn.estimate is None:
        return None
    first = outturn.estimate
    took = outturn.seconds
    full = max(first.high, took, 1e-9) * 1.1
    low, high = TRACK * first.low / full, TRACK * first.high / full
    bar = Bar(round(low, 1), round(max(high - low, LEAST), 1))
    is_inside = first.low <= took <= first.high
    return Against(bar, round(TRACK * took / full, 1), is_inside)


@dataclass
class _Totals:
    """The sums over a run's tables."""

    cells: int = 0
    unchanged: int = 0
    quarantined: int = 0
    failed: int = 0
    rows: int = 0


def _totals(works: Sequence[TableWork]) -> _Totals:
    total = _Totals()
    for work in works:
        total.cells += work.cells
        total.unchanged += work.unchanged
        total.quarantined += work.quarantined
        total.failed += work.failed
        total.rows += work.rows
    return total


def _phases(facts: RunsFacts, run: RunFacts) -> Iterator[PhaseRows]:
    """The run's tables by phase, each on the run's own track of time."""
    marks = list(dict.fromkeys(facts.phases.values()))
    by_table = {work.table: work for work in run.work}
    for number, phase in enumerate(marks, start=1):
        tables = [table for table, of in facts.phases.items() if of == phase]
        works = [by_table[table] for table in tables if table in by_table]
        if works:
            took = tell_time(_span(works))
            rows = [_table_row(facts, run, work) for work in works]
            yield PhaseRows(phase, number, took, rows)


def _span(works: Sequence[TableWork]) -> float:
    """Seconds by the clock from the first start to the last end."""
    first = min(work.started_at for work in works)
    last = max(work.finished_at for work in works)
    return (last - first).total_seconds()


def _table_row(facts: RunsFacts, run: RunFacts, work: TableWork) -> TableRow:
    speed = work.rows_per_second
    cells = [
        tell_time(work.seconds),
        f"{work.batches:,}",
        f"{work.cells:,}",
        _share(work.unchanged, work.cells),
        _amiss(work),
        f"{work.rows:,}",
        "-" if speed is None else f"{speed:,.0f}",
    ]
    if facts.is_billed:
        cells.append(tell_bytes(work.billed_bytes))
    return TableRow(work.table, _bar(run, work), cells)


def _bar(run: RunFacts, work: TableWork) -> Bar:
    """When a table was worked on, on the track of its run."""
    whole = run.seconds or 1.0
    start = (work.started_at - run.started_at).total_seconds()
    length = (work.finished_at - work.started_at).total_seconds()
    width = max(TRACK * length / whole, LEAST)
    x = min(TRACK * start / whole, TRACK - width)
    return Bar(round(x, 1), round(width, 1))


def _share(part: int, whole: int) -> str:
    """A count with its share; a bare 0 where there is none."""
    if not part:
        return "0"
    return f"{part:,} ({100 * part / whole:.0f} %)"


def _amiss(work: TableWork) -> str:
    """Attempts that were not published, by how they ended."""
    ends = (("quarantined", work.quarantined), ("failed", work.failed))
    told = [f"{count:,} {end}" for end, count in ends if count]
    return ", ".join(told) or "0"


def _ticks(seconds: float) -> list[str]:
    """The times at the quarters of a run's track."""
    quarters = (0.25, 0.5, 0.75, 1.0)
    return [tell_time(seconds * quarter) for quarter in quarters]


def tell_bytes(count: int | None) -> str:
    """An amount of bytes as a person says it; `-` where it is not known."""
    if count is None:
        return "-"
    unit, size = next(
        (known for known in _BYTES if count < 1024 * known[1]), _BYTES[-1]
    )
    return f"{count:,} B" if size == 1 else f"{count / size:,.1f} {unit}"
