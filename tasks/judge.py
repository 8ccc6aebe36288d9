"""Measure a phase, judge it, keep the verdict in the warehouse."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from planning.selection import Selection
from processors.version import code_version
from tasks.measure import measure
from tasks.survey import survey
from validation.thresholds import load_thresholds
from validation.verdict import Verdict, judge
from warehouse.protocol import Warehouse


def judged(warehouse: Warehouse, phase: str, selection: Selection) -> Verdict:
    """The verdict on the needed cells of a phase, recorded in the warehouse."""
    planner = survey(warehouse)
    wanted = selection.needs(planner)
    tables = [p.name for p in planner.catalog.of_phase(phase) if p.name in wanted.tables]
    # Read from the tables now, and judged by their keys: what the ledger says opens no gate.
    seen = planner.by_keys({table: warehouse.cell_states(table) for table in tables})
    measurements = [m for t in tables for m in measure(warehouse, seen, t, wanted.dates(t))]
    verdict = judge(phase, tables, measurements, load_thresholds(planner.catalog), warehouse.waivers())
    warehouse.record_verdict(
        {
            "verdict_id": uuid.uuid4().hex,
            "decided_at": datetime.now(UTC).isoformat(),
            "code_version": code_version(),
            "selection": selection.model_dump(mode="json"),
            **verdict.model_dump(mode="json"),
        }
    )
    return verdict
