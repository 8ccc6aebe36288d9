"""Gather what the page shows of runs: from the ledger, and from the records of first estimates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter

from core.grouping import group
from planning.eta.estimates import wave_of
from planning.run_history import RunRecord, TableWork
from reports.page.runs import RunFacts, RunsFacts
from warehouse.protocol import Warehouse

RUNS_SHOWN = 20


def collect_runs(warehouse: Warehouse, runs: int = RUNS_SHOWN) -> RunsFacts:
    """The latest runs that computed anything, or began to, the latest first."""
    records = {record.run_id: record for record in warehouse.run_records()}
    waves = wave_of(warehouse.catalog)
    by_run = group(warehouse.work_history(runs), lambda work: work.run_id)
    found = list(_unpublished(records.values(), by_run))
    for run_id, work in by_run.items():
        in_order = sorted(work, key=lambda one: one.started_at)
        dollars = _dollars(warehouse, in_order)
        found.append(RunFacts(run_id, tuple(in_order), records.get(run_id), dollars))
    found.sort(key=attrgetter("finished_at"), reverse=True)
    phases = {table: phase for table, (phase, _) in waves.items()}
    return RunsFacts(tuple(found[:runs]), phases, warehouse.price(0) is not None)


def _unpublished(
    records: Iterable[RunRecord], by_run: Mapping[str, Sequence[TableWork]]
) -> Iterator[RunFacts]:
    """The runs without an end that left nothing in the ledger, of the time that it is read for."""
    read = [work.started_at for works in by_run.values() for work in works]
    first = min(read, default=datetime.min.replace(tzinfo=UTC))
    for record in records:
        if record.has_end or record.run_id in by_run:
            continue
        if record.began_at is not None and record.began_at >= first:
            yield RunFacts(record.run_id, (), record)


def _dollars(warehouse: Warehouse, works: list[TableWork]) -> float | None:
    """What a run was billed for its batches; None where nothing is billed."""
    return warehouse.price(sum(work.billed_bytes or 0 for work in works))
