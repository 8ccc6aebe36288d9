"""How far a backfill is, and when it will be done: counted from its batches as they finish.

Told to who is watching, and on the run's page. Nothing is read, and nobody told, before there is
something to compute.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import UUID

from planning.eta import (
    Estimate,
    Finished,
    Outturn,
    Tally,
    estimate,
    history,
    workloads,
)
from planning.selection import Selection
from reports.eta import tell_left, tell_outturn, tell_tally
from runs.estimate import past_batches
from runs.events import (
    BatchDone,
    Event,
    OutturnKnown,
    PhaseDone,
    ProgressMade,
    SampleJudged,
    TableDue,
    VerdictReached,
    WaveStarted,
)
from runs.listening import listening, tell
from runs.survey import scope_of
from tasks.artifacts import move_progress, progress_artifact
from warehouse.protocol import Warehouse

TOLD_EVERY, SHOWN_EVERY = 1.0, 5.0
"""Seconds between two words to who is watching,
and between two moves of the bar on the run's page."""
THIS_RUN = "this run"


class Progress:
    """One run of a backfill from its first cell to its last;
    called with every event of the process."""

    def __init__(self, selection: Selection, batch_days: int, max_workers: int) -> None:
        self._selection, self._batch_days, self._workers = (
            selection,
            batch_days,
            max_workers,
        )
        self._lock = threading.Lock()
        self._tally = Tally(())
        self._known = history(())
        self._finished: list[Finished] = []
        self._first: Estimate | None = None
        self._began = self._last_batch = self._told = self._shown = self._stopped = 0.0
        self._bar: UUID | None = None

    def begin(self, warehouse: Warehouse) -> None:
        """Say what there is to compute and how long it may take;
        once, before the first phase with work."""
        if self._began:
            return
        scope = scope_of(warehouse, self._selection)
        self._tally = Tally(workloads(scope.ahead, self._batch_days))
        self._known = history(past_batches(warehouse))
        self._first = self._estimate()
        self._bar = progress_artifact(0.0, self._progress_text(self._first))
        self._began = self._last_batch = self._told = self._shown = perf_counter()
        self._tell(self._first)

    def __call__(self, event: Event) -> None:
        """Count what happened; events come from several threads."""
        match event:
            case SampleJudged() | VerdictReached():
                self._stopped = perf_counter() if event.decision == "NO-GO" else 0.0
            case WaveStarted() | BatchDone() | PhaseDone() if self._began:
                self._count(event)

    def _count(self, event: WaveStarted | BatchDone | PhaseDone) -> None:
        """Count what happened, and say so unless that was done a moment ago."""
        with self._lock:
            phase_ended = self._change_tally(event)
            now = perf_counter()
            if isinstance(event, BatchDone) and now < self._told + TOLD_EVERY:
                return
            left, self._told = self._estimate(), now
            if to_show := now >= self._shown + SHOWN_EVERY:
                self._shown = now
        self._tell(left, phase_ended)
        if to_show and self._bar:
            move_progress(self._bar, self._tally.percent, self._progress_text(left))

    def _change_tally(self, event: WaveStarted | BatchDone | PhaseDone) -> str | None:
        """Change the tally by an event, and return the phase that ends with it, if one does."""
        match event:
            case WaveStarted(tables=tables):
                self._begin_wave(tables)
            case BatchDone():
                self._add_batch(event)
            case PhaseDone(phase=phase):
                self._tally.close_phase(phase)
                return phase
        return None

    def end(self) -> None:
        """Say what came true of the first estimate; nothing where there was nothing to compute."""
        if outturn := self.outturn:
            if self._bar:
                said = f"{tell_tally(self._tally)}; {tell_outturn(outturn)}"
                move_progress(self._bar, self._tally.percent, said)
            tell(OutturnKnown(outturn))

    @property
    def outturn(self) -> Outturn | None:
        """What was first estimated and what has come true so far;
        None where nothing was to be computed."""
        if not self._began:
            return None
        return Outturn(
            self._first,
            self._last_batch - self._began,
            self._tally.planned,
            self._tally.done,
        )

    def _begin_wave(self, tables: Sequence[TableDue]) -> None:
        if self._stopped:
            # A person has overruled a NO-GO since; the run did not take what that took.
            self._began += perf_counter() - self._stopped
            self._stopped = 0.0
        for due in tables:
            self._tally.count_due(
                due.table, due.cells, due.rows_expected, due.looked_at
            )

    def _add_batch(self, batch: BatchDone) -> None:
        self._tally.count_computed(batch.table, batch.dates, batch.rows_expected)
        self._last_batch = perf_counter()
        if batch.rows:
            ended = datetime.now(UTC)
            started = ended - timedelta(seconds=batch.seconds)
            self._finished.append(
                Finished(batch.table, batch.rows, THIS_RUN, started, ended)
            )

    def _estimate(self) -> Estimate | None:
        return estimate(self._tally.to_do, self._known, self._workers, self._finished)

    def _progress_text(self, left: Estimate | None) -> str:
        return f"{tell_tally(self._tally)}; {tell_left(left)}"

    def _tell(self, left: Estimate | None, phase_ended: str | None = None) -> None:
        counts = self._tally.to_json()
        made = ProgressMade(
            **counts, percent=self._tally.percent, left=left, phase_ended=phase_ended
        )
        tell(made)


@contextmanager
def follow(
    selection: Selection, batch_days: int, max_workers: int
) -> Iterator[Progress]:
    """Follow the progress of a run while the block computes;
    it begins when there is something to do."""
    progress = Progress(selection, batch_days, max_workers)
    with listening(progress):
        try:
            yield progress
        finally:
            progress.end()
