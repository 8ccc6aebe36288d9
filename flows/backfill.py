"""Rebuild tables for a range of dates: each phase, then its gate; a NO-GO stops what comes after."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from prefect import flow
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from flows.gate import gate
from flows.phase import phase
from fullcourt.errors import GateClosed, PhaseIncomplete
from planning.batches import DATES_PER_BATCH
from planning.selection import Selection
from tasks.artifacts import report_artifact
from tasks.coverage import gaps, wanted_phases
from tasks.listening import tell
from tasks.survey import observe
from tasks.waves import work_left
from warehouse.connections import opened
from warehouse.protocol import Warehouse

MAX_WORKERS = 2


def run_name() -> str:
    """What the run's page is headed with: `backfill all tables · 2025-02-24..2025-03-02`."""
    typed = {name: value for name, value in flow_run.parameters.items() if name in Selection.model_fields}
    return f"backfill {Selection(**typed)}"


@flow(name="backfill", flow_run_name=run_name, validate_parameters=True)
def backfill(
    warehouse: str,
    start: date | None = None,
    end: date | None = None,
    last_days: int | None = None,
    dates: tuple[date, ...] = (),
    phases: tuple[str, ...] = (),
    tables: tuple[str, ...] = (),
    only: bool = False,
    rerun: bool = False,
    batch_days: int = DATES_PER_BATCH,
    max_workers: int = MAX_WORKERS,
) -> dict[str, float]:
    """Seconds per phase; GateClosed on a NO-GO, PhaseIncomplete when gaps are left at the end."""
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
    seconds: dict[str, float] = {}
    with opened(warehouse) as house:
        for name in wanted_phases(observe(house, str(flow_run.id)), selection):
            started = time.perf_counter()
            if worked := work_left(house, name, selection):
                compute(name, selection, warehouse, batch_days, max_workers)
            seconds[name] = time.perf_counter() - started
            tell("phase", phase=name, seconds=seconds[name])
            # Where nothing was to do, the gate judges in this run: a flow run of its own would say no more.
            judging = gate if worked else gate.fn
            try:
                judging(name, selection, warehouse)
            except GateClosed:
                reported(house, selection)
                raise
        left = reported(house, selection)
    if left:
        raise PhaseIncomplete("/".join(seconds) or "backfill", left)
    return seconds


def reported(house: Warehouse, selection: Selection) -> list[str]:
    """Put on the run's page what is there and what is not, read from the warehouse; every gap."""
    left, report = gaps(house, selection)
    report_artifact(report)
    return left


def compute(name: str, selection: Selection, warehouse: str, batch_days: int, max_workers: int) -> None:
    """Run a phase; what it could not publish is for the gate to judge, any other error ends the run."""
    runner: Any = ThreadPoolTaskRunner(max_workers=max_workers)
    state = phase.with_options(task_runner=runner)(name, selection, warehouse, batch_days, return_state=True)
    error = None if state.is_completed() else state.result(raise_on_failure=False)
    if isinstance(error, BaseException) and not isinstance(error, PhaseIncomplete):
        raise error
