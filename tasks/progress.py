"""How far a backfill is, and when it will be done: counted from its batches as they finish.

Told to who is watching, and on the run's page. Nothing is read, and nobody told, before there is
something to compute.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from planning.ahead import ahead
from planning.estimates import Estimate, estimate
from planning.history import Finished, history
from planning.selection import Selection
from planning.tally import Outturn, Tally
from runs.estimate import remembered
from runs.listening import Event, listening, tell
from runs.survey import survey
from tasks.artifacts import move_progress, progress_artifact
from warehouse.protocol import Warehouse

TOLD_EVERY, SHOWN_EVERY = 1.0, 5.0
"""Seconds between two words to who is watching,
and between two moves of the bar on the run's page."""
THIS_RUN = "this run"
NO_ESTIMATE = "no estimate yet"


class Progress:
    """One run of a backfill from its first cell to its last;
    called with every event of the process."""

    def __init__(self, selection: Selection, batch_days: int, max_workers: int) -> None:
        self._selection, self._batch_days, self._workers = selection, batch_days, max_workers
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
        planner = survey(warehouse)
        wanted = self._selection.needs(planner)
        self._tally = Tally(ahead(planner, wanted, self._selection.rerun, self._batch_days))
        self._known = history(remembered(warehouse))
        self._first = self._estimate()
        self._bar = progress_artifact(0.0, self._said(self._first))
        self._began = self._last_batch = self._told = self._shown = perf_counter()
        self._tell(self._first)

    def __call__(self, event: Event) -> None:
        """Count what happened; events come from several threads."""
        if event.kind in ("sample", "verdict"):
            self._stopped = perf_counter() if event.facts["decision"] == "NO-GO" else 0.0
        if not self._began or event.kind not in ("wave", "batch", "phase"):
            return
        with self._lock:
            getattr(self, f"_on_{event.kind}")(**event.facts)
            now = perf_counter()
            if event.kind == "batch" and now < self._told + TOLD_EVERY:
                return
            left, self._told = self._estimate(), now
            if to_show := now >= self._shown + SHOWN_EVERY:
                self._shown = now
        self._tell(left, event.facts["phase"] if event.kind == "phase" else None)
        if to_show and self._bar:
            move_progress(self._bar, self._tally.percent, self._said(left))

    def end(self) -> None:
        """Say what came true of the first estimate; nothing where there was nothing to compute."""
        if outturn := self.outturn:
            if self._bar:
                move_progress(self._bar, self._tally.percent, f"{self._tally}; {outturn}")
            tell("outturn", **outturn.to_json())

    @property
    def outturn(self) -> Outturn | None:
        """What was first estimated and what has come true so far;
        None where nothing was to be computed."""
        if not self._began:
            return None
        return Outturn(
            self._first, self._last_batch - self._began, self._tally.planned, self._tally.done
        )

    def _on_wave(
        self,
        cells: dict[str, int],
        rows_expected: dict[str, int],
        looked_at: dict[str, int],
        **_rest: Any,
    ) -> None:
        if self._stopped:
            # A person has overruled a NO-GO since; the run did not take what that took.
            self._began += perf_counter() - self._stopped
            self._stopped = 0.0
        for table, due in cells.items():
            self._tally.decided(table, due, rows_expected[table], looked_at[table])

    def _on_batch(
        self, table: str, dates: int, rows: int, rows_expected: int, seconds: float, **_rest: Any
    ) -> None:
        self._tally.computed(table, dates, rows_expected)
        self._last_batch, at = perf_counter(), datetime.now(UTC)
        if rows:
            started = at - timedelta(seconds=seconds)
            self._finished.append(Finished(table, rows, THIS_RUN, started, at))

    def _on_phase(self, phase: str, **_rest: Any) -> None:
        self._tally.ended(phase)

    def _estimate(self) -> Estimate | None:
        return estimate(self._tally.to_do, self._known, self._workers, self._finished)

    def _said(self, left: Estimate | None) -> str:
        return f"{self._tally}; {f'{left} left' if left else NO_ESTIMATE}"

    def _tell(self, left: Estimate | None, phase_ended: str | None = None) -> None:
        facts = {
            **self._tally.to_json(),
            "percent": self._tally.percent,
            "phase_ended": phase_ended,
        }
        estimated = {"estimate": left.to_json() if left else None, "left": str(left or NO_ESTIMATE)}
        tell("progress", **facts, **estimated)


@contextmanager
def followed(selection: Selection, batch_days: int, max_workers: int) -> Iterator[Progress]:
    """The progress of a run, kept while the block computes;
    it begins when there is something to do."""
    progress = Progress(selection, batch_days, max_workers)
    with listening(progress):
        try:
            yield progress
        finally:
            progress.end()
