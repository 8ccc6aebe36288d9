"""A backfill as flows/backfill.py runs it, without Prefect:
the same decisions, gates and exit code."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from core.errors import FullcourtError, GateClosed, PhaseIncomplete, RemovalStopped
from planning.removals import Removal
from planning.samples import SIZE
from planning.scope import Scope
from planning.selection import Selection
from reports.report import Report
from runs import removals
from runs.events import Event, RemovalStarted
from runs.judge import judge_phase
from runs.listening import listening
from runs.open_games import with_open_games
from runs.publish import publish
from runs.report import final_report, gaps_error
from runs.sample import pick_sample, sample_verdict
from runs.survey import observe, scope_of, survey
from runs.unchanged import standing
from runs.waves import clear, decide, has_work
from validation.verdict import Verdict
from warehouse.protocol import Warehouse


@dataclass
class Ended:
    """How a backfill ended: its error, what it told of removals, its report."""

    error: FullcourtError | None
    told: list[Removal] = field(default_factory=list)
    report: Report | None = None

    @property
    def exit_code(self) -> int:
        """What the command line returns."""
        return self.error.exit_code if self.error else 0


def backfill(
    warehouse: Warehouse,
    selection: Selection,
    run_id: str,
    allow_removal: str = "",
) -> Ended:
    """Run a backfill; any error but ours is raised."""
    events: list[Event] = []
    run = _Run(warehouse, selection, run_id, allow_removal)
    error = None
    with listening(events.append):
        try:
            run.through()
        except FullcourtError as failure:
            error = failure
    told = [event.removal for event in events if isinstance(event, RemovalStarted)]
    return Ended(error, [*run.foreseen, *told], run.report)


class _Run:
    """One backfill of a selection."""

    def __init__(
        self,
        warehouse: Warehouse,
        selection: Selection,
        run_id: str,
        allow_removal: str,
    ) -> None:
        self.warehouse = warehouse
        self.selection = selection
        self.run_id = run_id
        self.allow_removal = allow_removal
        self.foreseen: list[Removal] = []
        self.report: Report | None = None
        self._rows_before: dict[str, int] = {}

    @property
    def scope(self) -> Scope:
        """What is needed of the warehouse as it is now."""
        return scope_of(self.warehouse, self.selection)

    def through(self) -> None:
        """Compute and judge every phase, then raise what is left: gaps, or rows removed unasked."""
        observe(self.warehouse, self.run_id)
        self._rows_before = removals.rows_held(self.warehouse, self.scope)
        self.foreseen = removals.foresee_removals(self.warehouse, self.scope)
        try:
            removals.require_removals(self.foreseen, self.allow_removal)
            for phase in self.scope.phases:
                self._compute_and_judge(phase)
        except RemovalStopped:
            self._make_report()
            raise
        except GateClosed as closed:
            raise with_open_games(closed, self._make_report()) from None
        report = self._make_report()
        if left := gaps_error("backfill", report):
            raise left
        removals.require_agreed(report.shrunk, report.removed, self.allow_removal)

    def _make_report(self) -> Report:
        after = removals.rows_held(self.warehouse, self.scope)
        shrunk = removals.shrunk_tables(self._rows_before, after)
        report = final_report(
            self.warehouse,
            self.selection,
            foreseen=self.foreseen,
            shrunk=shrunk,
            removal_reason=self.allow_removal,
        )
        self.report = report
        return report

    def _compute_and_judge(self, phase: str) -> None:
        if has_work(self.scope, phase):
            # Cells that could not be published are for the gate to judge.
            with suppress(PhaseIncomplete):
                self._compute(phase)
        elif verdict := standing(self.warehouse, phase, self.scope):
            raise_closed(phase, verdict)
            return
        raise_closed(
            phase, judge_phase(self.warehouse, phase, self.selection, self.run_id)
        )

    def _compute(self, phase: str) -> None:
        dates, _ = pick_sample(self.scope, phase, SIZE)
        if dates:
            tried = self.scope.among(dates)
            self._waves(phase, tried, ())
            raise_closed(
                phase, sample_verdict(self.warehouse, phase, tried, self.run_id)
            )
        self._waves(phase, self.scope, dates)

    def _waves(self, phase: str, scope: Scope, tried: Collection[date]) -> None:
        for wave in self.warehouse.catalog.waves(phase):
            planner = survey(self.warehouse)
            tables = [table for table in wave if table in scope.needs.tables]
            decisions = decide(planner, scope, tables, tried)
            removals.watch_removals(
                self.warehouse, planner, decisions, self.allow_removal
            )
            clear(self.warehouse, decisions, self.run_id)
            for decision in decisions:
                for batch in planner.batches(decision, self.warehouse.dates_per_batch):
                    publish(self.warehouse, batch, self.run_id)


def raise_closed(phase: str, verdict: Verdict) -> None:
    """Raise GateClosed for a verdict that closes the gate."""
    if verdict.blocking:
        breaches = [str(breach) for breach in verdict.blocking]
        raise GateClosed(phase, verdict.model_dump(mode="json"), breaches)
