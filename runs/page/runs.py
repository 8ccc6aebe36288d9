"""Gather what the page shows of runs: from the ledger, and from the records of first estimates."""

from __future__ import annotations

from core.grouping import group
from planning.eta.estimates import wave_of
from planning.run_history import TableWork, latest_records
from reports.page.runs import RunFacts, RunsFacts
from warehouse.protocol import Warehouse

RUNS_SHOWN = 20


def collect_runs(warehouse: Warehouse, runs: int = RUNS_SHOWN) -> RunsFacts:
    """The latest runs that computed anything, the latest first."""
    records = latest_records(warehouse.run_records())
    waves = wave_of(warehouse.catalog)
    by_run = group(warehouse.work_history(runs), lambda work: work.run_id)
    found: list[RunFacts] = []
    for run_id, work in by_run.items():
        in_order = sorted(work, key=lambda one: one.started_at)
        dollars = _dollars(warehouse, in_order)
        found.append(RunFacts(run_id, tuple(in_order), records.get(run_id), dollars))
    phases = {table: phase for table, (phase, _) in waves.items()}
    return RunsFacts(tuple(found), phases, warehouse.price(0) is not None)


def _dollars(warehouse: Warehouse, works: list[TableWork]) -> float | None:
    """What a run was billed for its batches; None where nothing is billed."""
    return warehouse.price(sum(work.billed_bytes or 0 for work in works))
