"""Rebuild tables for a range of dates: each phase, then its gate;
a NO-GO stops what comes after."""

from __future__ import annotations

import logging
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from prefect import flow
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from core.errors import (
    CostError,
    FullcourtError,
    GateClosed,
    PhaseIncomplete,
    RemovalStopped,
    RowsRemoved,
    RunCancelled,
)
from flows.cancelled import cancelled_error, tell_what_is_left
from flows.gate import gate, judge_and_tell
from flows.no_go import ASK_HOURS, NoGo, decide_no_go, record_override
from flows.parameters import (
    Address,
    Count,
    Day,
    Dollars,
    Phase,
    SampleDates,
    Table,
)
from flows.phase import phase
from planning.overrides import OnNoGo, validate_no_go
from planning.removals import Removal
from planning.run_history import RunRecord
from planning.samples import SIZE
from planning.scope import Scope
from planning.selection import Selection
from reports.breaches import LINES, breach_lines
from reports.page.kept import KeptPage, page_markdown
from reports.report import Report, final_markdown, headline
from runs.cost import require_budget
from runs.events import (
    NoGoOverridden,
    NothingDue,
    PhaseDone,
    ReportMade,
    VerdictReached,
)
from runs.judge import judging_ahead, no_go_error
from runs.listening import tell
from runs.open_games import with_open_games
from runs.page.keep import keep_page
from runs.removals import (
    foresee_removals,
    require_agreed,
    require_removals,
    rows_held,
    shrunk_tables,
    validate_removal_reason,
)
from runs.report import final_report, gaps_error
from runs.survey import observe, read_ahead, scope_of
from runs.unchanged import standing
from runs.waves import has_work, is_due
from tasks.artifacts import posting, report_artifact
from tasks.cancellation import require_running
from tasks.endings import ending_name, error_of, named_ending
from tasks.events import announce_finished
from tasks.pool import hand_over, require_shared
from tasks.progress import Progress, follow
from tasks.root_run import parts_of, root_run_id
from tasks.run_log import logging_events
from tasks.slot import slot
from tasks.tags import tag_run, tagged, tags_of
from warehouse.connections import open_warehouse
from warehouse.protocol import Warehouse

MAX_WORKERS = 2
logger = logging.getLogger(__name__)


def run_name() -> str:
    """What the run's page is headed with: `backfill all tables · 2025-02-24..2025-03-02`."""
    typed = {
        name: value
        for name, value in flow_run.parameters.items()
        if name in Selection.model_fields
    }
    return f"backfill {Selection(**typed)}"


@flow(
    name="backfill",
    flow_run_name=run_name,
    validate_parameters=True,
    on_cancellation=[tell_what_is_left],
)
@named_ending
def backfill(
    *,
    start: Day | None = None,
    end: Day | None = None,
    last_days: Count | None = None,
    dates: tuple[Day, ...] = (),
    phases: tuple[Phase, ...] = (),
    tables: tuple[Table, ...] = (),
    only: bool = False,
    rerun: bool = False,
    on_no_go: OnNoGo = "stop",
    reason: str = "",
    ask_hours: float = ASK_HOURS,
    allow_removal: str = "",
    max_cost: Dollars | None = None,
    warehouse: Address,
    sample: SampleDates = SIZE,
    batch_days: Count | None = None,
    max_workers: Count = MAX_WORKERS,
    in_pool: bool = False,
    anew: bool = False,
) -> dict[str, float]:
    """Seconds per phase; GateClosed on a NO-GO, PhaseIncomplete when gaps are left at the end,
    CostError when a phase would cost more than is allowed, RemovalStopped before a table loses more
    rows than it may unasked, RowsRemoved at the end where tables hold fewer rows and nobody agreed
    to it, RunCancelled after a person cancelled it or one of its phases.

    Args:
        start: First date, included; the schedule's first when empty.
        end: Last date, included; the schedule's last when empty.
        last_days: Number of days up to the latest final game, instead of start and end.
        dates: Single dates, instead of a range.
        phases: The phases to compute; every phase when no phase and no table is named.
        tables: The tables to compute; every table when no phase and no table is named.
        only: Leave out the history that the range needs and lacks.
        rerun: Compute cells again although they are fresh.
        on_no_go: After a NO-GO, stop, ask a person on the run's page, or override it for the reason
        below.
        reason: Why a NO-GO is overridden; every verdict repeats it until a GO without it.
        ask_hours: Hours that the run waits for a person; without an answer it ends as NO-GO.
        allow_removal: Why published rows may be removed. Without a reason the run stops before it
        removes more than a small share of a table, and fails where a table holds fewer rows than
        before.
        max_cost: Dollars that the run may cost by the estimate before each phase; DuckDB costs
        nothing.
        warehouse: The warehouse: duckdb:/absolute/path, or bigquery:PROJECT[.PREFIX][@LOCATION].
        sample: Number of dates that each phase is tried on first, 1 to 5, at least one per season.
        batch_days: Number of dates that one statement computes. When empty, whole
        seasons: one on BigQuery, as many on DuckDB as stay within a bound of rows.
        max_workers: Number of batches that run at the same time.
        in_pool: Compute each phase in a run of its own, of the deployment phase/nba; BigQuery only.
        anew: Measure every month at the gates, and carry none over from earlier verdicts.
    """
    selection = Selection(
        start=start,
        end=end,
        last_days=last_days,
        dates=dates,
        phases=phases,
        tables=tables,
        only=only,
        rerun=rerun,
    )
    validate_no_go(on_no_go, reason)
    validate_removal_reason(allow_removal)
    if in_pool:
        require_shared(warehouse)
    computing = Computing(
        batch_days, max_workers, sample, max_cost, in_pool, allow_removal, anew
    )
    run = _BackfillRun(
        warehouse, selection, computing, NoGo(on_no_go, reason, ask_hours)
    )
    with (
        logging_events(),
        parts_of(run.id),
        slot(warehouse, str(flow_run.id)),
        run,
        posting(),
        run.follow() as progress,
    ):
        # Not kept: what a planner found of thirty seasons takes ten MiB, and later ones know more.
        read_ahead(observe(run.warehouse, run.id), selection)
        tag_run(tags_of(run.scope, warehouse))
        run.foresee_removals(progress)
        for name in run.scope.phases:
            run.through(name, progress)
        error = run.finish(progress)
        if run.worked:
            gaps = len(error.cells) if isinstance(error, PhaseIncomplete) else 0
            announce_finished(str(selection), run.seconds, gaps)
    if error:
        raise error
    return run.seconds


@dataclass(frozen=True)
class Computing:
    """How phases are computed: see the parameters of `backfill`."""

    batch_days: int | None
    max_workers: int
    sample: int
    max_cost: float | None
    in_pool: bool
    allow_removal: str
    anew: bool


class _BackfillRun:
    """One backfill: where, what and how; the warehouse while it is held,
    and what each phase took."""

    warehouse: Warehouse

    def __init__(
        self, url: str, selection: Selection, how: Computing, no_go: NoGo
    ) -> None:
        self.url = url
        self.selection = selection
        self.how = how
        self.no_go = no_go
        self.id = root_run_id()
        self.seconds: dict[str, float] = {}
        self.worked = False
        self.removals: list[Removal] = []
        self.page: KeptPage | None = None
        self._record: RunRecord | None = None
        self._progress: Progress | None = None
        self._rows_before: dict[str, int] = {}
        self._held = ExitStack()

    def __enter__(self) -> _BackfillRun:
        self.warehouse = self._held.enter_context(open_warehouse(self.url))
        return self

    def __exit__(
        self, _kind: object, error: BaseException | None, _trace: object
    ) -> None:
        try:
            self._record_end(ending_name(error))
        except Exception as lost:
            # How a run ended hides no error that ended it.
            logger.warning("the end of the run was not put on record: %s", lost)
        finally:
            self._held.close()

    @property
    def scope(self) -> Scope:
        """What is needed of the warehouse as it is now."""
        return scope_of(self.warehouse, self.selection)

    @property
    def batch_days(self) -> int:
        """Dates that one statement computes."""
        return self.how.batch_days or self.warehouse.dates_per_batch

    def follow(self) -> AbstractContextManager[Progress]:
        """How far the run is, told while it computes."""
        return follow(self.selection, self.batch_days, self.how.max_workers)

    def foresee_removals(self, progress: Progress) -> None:
        """Look at which rows will go, before any does; RemovalStopped where that is too much."""
        self._rows_before = rows_held(self.warehouse, self.scope)
        self.removals = foresee_removals(self.warehouse, self.scope)
        try:
            require_removals(self.removals, self.how.allow_removal)
        except RemovalStopped as stopped:
            self.publish_report(progress, ending_name(stopped))
            raise

    def through(self, name: str, progress: Progress) -> None:
        """Compute a phase and judge it; a NO-GO that nobody overrules ends the run.

        After a sample that was overruled the phase goes on without one.
        """
        for size in (self.how.sample, 0):
            try:
                self._compute_and_judge(name, progress, size)
                return
            except GateClosed as closed:
                ending = ending_name(closed) if self.no_go.what == "stop" else ""
                report = self.publish_report(progress, ending)
                self._overrule(with_open_games(closed, report), report)
                if closed.stage == "gate":
                    return
            except (CostError, RemovalStopped) as stopped:
                self.publish_report(progress, ending_name(stopped))
                raise
            except RunCancelled as cancelled:
                self.publish_report(progress, ending_name(cancelled))
                raise cancelled_error(self.scope) from cancelled

    def _compute_and_judge(self, name: str, progress: Progress, sample: int) -> None:
        require_running(self.id, str(flow_run.id))
        started = time.perf_counter()
        worked = has_work(self.scope, name)
        if worked:
            self._compute(name, progress, sample)
        self.seconds[name] = time.perf_counter() - started
        if not worked and not is_due(self.scope, name):
            tell(NothingDue(name))
            return
        tell(PhaseDone(name, self.seconds[name]))
        verdict = None
        if not worked and not self.how.anew:
            verdict = standing(self.warehouse, name, self.scope)
        if verdict:
            breaches = list(breach_lines(verdict, LINES))
            since = verdict.made.decided_at
            agreed = self.no_go.reason if verdict.blocking else ""
            standing_verdict = VerdictReached(
                name,
                verdict.decision,
                breaches,
                stands_since=since,
                overridden=agreed.strip(),
            )
            tell(standing_verdict)
            if verdict.blocking:
                raise no_go_error(verdict)
            return
        if worked:
            # While Prefect's server makes a flow run of it.
            asked = name, self.selection, self.id, self.how.anew
            ahead = judging_ahead(self.warehouse, *asked)
            with ahead, tagged(tags_of(self.scope, self.url, name)):
                judged = gate(
                    name, self.selection, self.url, self.how.anew, return_state=True
                )
            if error := error_of(judged):
                raise error
        else:
            # Nothing was to do: a flow run of its own would say no more.
            judge_and_tell(name, self.selection, self.url, self.id, self.how.anew)

    def _compute(self, name: str, progress: Progress, sample: int) -> None:
        """Compute a phase, here or in the pool, when it may cost what it will."""
        if self.how.max_cost is not None:
            how = self.batch_days, sample, self.id, self.how.max_cost
            require_budget(self.warehouse, name, self.scope, *how)
        self.worked = True
        if not self.how.in_pool:
            progress.begin(self.warehouse)
        self._record_begin(progress)
        if self.how.in_pool:
            shape = self.batch_days, sample
            reason = self.how.allow_removal
            hand_over(self.warehouse, name, self.selection, *shape, self.id, reason)
        else:
            self._compute_here(name, sample)

    def _compute_here(self, name: str, sample: int) -> None:
        """Run a phase; what it could not publish is for the gate to judge,
        any other error ends the run."""
        with tagged(tags_of(self.scope, self.url, name)):
            state = self._phase(
                name,
                self.selection,
                self.url,
                self.batch_days,
                sample,
                self.how.allow_removal,
                return_state=True,
            )
        error = error_of(state)
        if error and not isinstance(error, PhaseIncomplete):
            raise error

    @cached_property
    def _phase(self) -> Any:
        """The flow of a phase, for this many workers; made once, since Prefect makes the schema of
        its parameters each time."""
        runner: Any = ThreadPoolTaskRunner(max_workers=self.how.max_workers)
        return phase.with_options(task_runner=runner)

    def _overrule(self, closed: GateClosed, report: Report) -> None:
        """Put an override on record, or raise the NO-GO;
        nobody holds the warehouse while a person thinks."""
        if self.no_go.what == "ask":
            self._held.close()
        try:
            reply = decide_no_go(closed, self.no_go)
        except GateClosed as stays_closed:
            if self.no_go.what == "ask":
                self.__enter__()
                self._record_end(ending_name(stays_closed))
                self.page = keep_page(self.warehouse, report, self.page)
            raise
        if self.no_go.what == "ask":
            self.__enter__()
            observe(self.warehouse, self.id)
        override = record_override(self.warehouse, closed, reply)
        tell(NoGoOverridden(closed.phase, closed.stage, override.reason))

    def finish(self, progress: Progress) -> FullcourtError | None:
        """Publish the report of a run that went through every phase; the error that it ends with,
        where gaps are left or more rows went than was agreed."""
        report = self._report(progress)
        error = self._left_behind(report)
        self._publish(report, ending_name(error))
        return error

    def _left_behind(self, report: Report) -> FullcourtError | None:
        left = gaps_error("/".join(self.seconds) or "backfill", report)
        if left:
            return left
        try:
            require_agreed(report.shrunk, report.removed, self.how.allow_removal)
        except RowsRemoved as removed:
            return removed
        return None

    def publish_report(self, progress: Progress, ending: str) -> Report:
        """Publish the report of a run that stops, or waits for a decision where `ending` is
        empty."""
        report = self._report(progress)
        self._publish(report, ending)
        return report

    def _report(self, progress: Progress) -> Report:
        """The final report, read from the warehouse."""
        shrunk = shrunk_tables(self._rows_before, rows_held(self.warehouse, self.scope))
        return final_report(
            self.warehouse,
            self.selection,
            self.seconds,
            progress.outturn,
            self.removals,
            shrunk,
            self.how.allow_removal,
        )

    def _publish(self, report: Report, ending: str) -> None:
        """Put the report on the run's page, and write the page that shows the warehouse beside it,
        with how the run ended."""
        self._record_end(ending)
        self.page = keep_page(self.warehouse, report, self.page)
        text = final_markdown(report) + page_markdown(self.page)
        report_artifact(text, headline(report))
        tell(ReportMade(report, self.page))

    def _record_begin(self, progress: Progress) -> None:
        """Put on record, before the first cell is computed, what was asked for and estimated: what
        is killed cannot say so itself."""
        if self._record:
            return
        self._progress = progress
        record = RunRecord(
            self.id,
            str(self.selection),
            None,
            progress.outturn,
            began_at=self.warehouse.now(),
            asked=self.selection,
        )
        self.warehouse.record_run(record)
        self._record = record

    def _record_end(self, ending: str) -> None:
        """Put on record how the run ended, and what came of the first estimate; once, and not of a
        run that computed nothing."""
        record, progress = self._record, self._progress
        if not ending or record is None or progress is None or record.has_end:
            return
        ended = replace(record, ended_at=self.warehouse.now(), ending=ending)
        self._record = replace(ended, outturn=progress.outturn)
        self.warehouse.record_run(self._record)
