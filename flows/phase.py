"""Compute one phase: a sample first, then wave by wave, the batches of each wave side by side."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from prefect import flow
from prefect.runtime import flow_run

from core.errors import PhaseIncomplete, RunCancelled
from flows.cancelled import cancelled_error, tell_what_is_left
from flows.names import part_name
from flows.parameters import Address, Asked, Count, Phase, SampleSize
from planning.samples import SIZE
from planning.scope import Scope
from planning.selection import Selection
from reports.breaches import LINES, breach_lines
from runs.events import SampleJudged
from runs.judge import no_go_error
from runs.listening import tell
from runs.publish import Receipt
from runs.removals import watch_removals
from runs.sample import pick_sample, sample_verdict
from runs.survey import read_ahead, scope_of, survey
from runs.waves import announce, clear, decide
from tasks.artifacts import posting, verdict_artifact
from tasks.cancellation import require_running
from tasks.endings import named_ending
from tasks.events import announce_verdict
from tasks.materialize import materialize_all
from tasks.root_run import root_run_id
from tasks.run_log import logging_events
from tasks.slot import slot_unless_part
from tasks.tags import tag_run, tags_kept_from_tasks, tags_of
from warehouse.connections import open_warehouse
from warehouse.protocol import Warehouse


@flow(
    name="phase",
    flow_run_name=part_name,
    validate_parameters=True,
    on_cancellation=[tell_what_is_left],
)
@named_ending
def phase(
    phase: Phase,
    selection: Asked,
    warehouse: Address,
    batch_days: Count | None = None,
    sample: SampleSize = SIZE,
    allow_removal: str = "",
) -> list[Receipt]:
    """The receipts of everything that was computed; PhaseIncomplete names the cells that could not
    be, GateClosed carries the verdict on a sample that failed, RemovalStopped comes before too much
    is removed, RunCancelled after a person cancelled it.

    Args:
        phase: The phase to compute.
        selection: The cells asked for, as in a backfill; empty for the whole schedule.
        warehouse: The warehouse: duckdb:/absolute/path, or bigquery:PROJECT[.PREFIX][@LOCATION].
        batch_days: Number of dates that one statement computes. When empty, whole
        seasons: one on BigQuery, as many on DuckDB as stay within a bound of rows.
        sample: Number of dates to try before the rest, up to 5, at least one per season; 0 after an
        override.
        allow_removal: Why the run may remove more rows than a small share of a table.
    """
    run_id = root_run_id()
    with (
        logging_events(),
        tags_kept_from_tasks(),
        slot_unless_part(warehouse, str(flow_run.id), run_id),
        open_warehouse(warehouse) as opened,
        posting(),
    ):
        size = batch_days or opened.dates_per_batch
        run = _PhaseRun(
            opened, warehouse, phase, selection, size, run_id, allow_removal
        )
        receipts = run.compute_all(sample)
    require_whole(phase, receipts)
    return receipts


class _PhaseRun:
    """One run of a phase: where, what, and as whom."""

    def __init__(
        self,
        warehouse: Warehouse,
        url: str,
        phase: str,
        selection: Selection,
        batch_days: int,
        run_id: str,
        allow_removal: str,
    ) -> None:
        self.warehouse = warehouse
        self.url = url
        self.phase = phase
        self.selection = selection
        self.batch_days = batch_days
        self.run_id = run_id
        self.allow_removal = allow_removal
        self.receipts: list[Receipt] = []

    def try_sample(self, size: int) -> Collection[date]:
        """Compute and judge a few dates; GateClosed when they fail. The dates
        that need no second look."""
        scope = scope_of(self.warehouse, self.selection)
        dates, of = pick_sample(scope, self.phase, size)
        if not dates:
            return ()
        tried = scope.among(dates)
        self.receipts += self.compute(tried)
        verdict = sample_verdict(self.warehouse, self.phase, tried, self.run_id)
        verdict_artifact(verdict)
        announce_verdict(verdict)
        breaches = list(breach_lines(verdict, LINES))
        tell(SampleJudged(self.phase, verdict.decision, dates, of, breaches))
        if verdict.blocking:
            raise no_go_error(verdict)
        return dates

    def compute_all(self, sample: int) -> list[Receipt]:
        """Try the sample, then compute the rest; the receipts of both."""
        read_ahead(survey(self.warehouse), self.selection)
        tag_run(tags_of(scope_of(self.warehouse, self.selection), self.url, self.phase))
        try:
            tried = self.try_sample(sample)
            rest = self.compute(scope_of(self.warehouse, self.selection), tried)
            return [*self.receipts, *rest]
        except RunCancelled as cancelled:
            scope = scope_of(self.warehouse, self.selection)
            raise cancelled_error(scope, self.phase) from cancelled

    def compute(self, scope: Scope, tried: Collection[date] = ()) -> list[Receipt]:
        """Compute the cells of a scope, wave by wave; those tried already are not rerun."""
        receipts: list[Receipt] = []
        for wave in self.warehouse.catalog.waves(self.phase):
            require_running(self.run_id, str(flow_run.id))
            planner = survey(self.warehouse)
            # The earlier one, and all that it found, is let go of.
            scope = scope.seen_by(planner)
            read_ahead(planner, self.selection)
            tables = [table for table in wave if table in scope.needs.tables]
            decisions = decide(planner, scope, tables, tried)
            announce(self.phase, planner, decisions)
            watch_removals(self.warehouse, planner, decisions, self.allow_removal)
            clear(self.warehouse, decisions, self.run_id)
            receipts += materialize_all(
                self.url, planner, decisions, self.batch_days, self.run_id
            )
        return receipts


def require_whole(phase: str, receipts: list[Receipt]) -> None:
    """Raise PhaseIncomplete where cells were computed and not published."""
    if broken := broken_cells(receipts):
        raise PhaseIncomplete(phase, broken)


def broken_cells(receipts: list[Receipt]) -> list[str]:
    """The cells that were computed and not published, each with its first reason; once, though a
    sample tried it before."""
    held: dict[str, str] = {}
    failed: dict[str, str] = {}
    for receipt in receipts:
        table = receipt["table"]
        for day, broken in receipt["quarantined"].items():
            held[f"{table} {day}"] = broken[0]
        for day, error in receipt["failed"].items():
            failed[f"{table} {day}"] = error
    reasons = {**failed, **held}
    cells = dict.fromkeys([*held, *failed])
    return [f"{cell}: {reasons[cell]}" for cell in cells]
