"""Compute one phase: wave by wave, the batches of each wave side by side."""

from __future__ import annotations

from prefect import flow
from prefect.runtime import flow_run

from fullcourt.errors import PhaseIncomplete
from planning.batches import DATES_PER_BATCH
from planning.selection import Selection
from tasks.materialize import Receipt
from tasks.survey import survey
from tasks.waves import announce, clear, decide, materialize_all
from warehouse.connections import opened


@flow(name="phase", flow_run_name="{phase} · {selection}", validate_parameters=True)
def phase(
    phase: str, selection: Selection, warehouse: str, batch_days: int = DATES_PER_BATCH
) -> list[Receipt]:
    """The receipts of everything that was computed; PhaseIncomplete names the cells that could not be."""
    receipts: list[Receipt] = []
    # Asked for once: each look at it asks the server.
    run_id = str(flow_run.root_flow_run_id)
    with opened(warehouse) as house:
        planner = survey(house)
        wanted = selection.needs(planner)
        for wave in planner.catalog.waves(phase):
            planner = survey(house)
            tables = [table for table in wave if table in wanted.tables]
            decisions = decide(planner, tables, wanted, selection)
            announce(phase, planner, decisions)
            clear(house, decisions, run_id)
            receipts += materialize_all(warehouse, planner, decisions, batch_days, run_id)
    if broken := broken_cells(receipts):
        raise PhaseIncomplete(phase, broken)
    return receipts


def broken_cells(receipts: list[Receipt]) -> list[str]:
    """The cells that were computed and not published, each with its first reason."""
    held = [f"{r['table']} {day}: {broken[0]}" for r in receipts for day, broken in r["quarantined"].items()]
    return held + [f"{r['table']} {day}: {error}" for r in receipts for day, error in r["failed"].items()]
