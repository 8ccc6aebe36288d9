"""What a backfill covers, read from the warehouse."""

from __future__ import annotations

from planning.coverage import Coverage, coverage
from planning.decisions import Planner
from planning.selection import Selection
from runs.survey import survey
from warehouse.protocol import Warehouse


def wanted_phases(planner: Planner, selection: Selection) -> list[str]:
    """The phases that hold a needed table, in order."""
    wanted = selection.needs(planner)
    return [
        p.name
        for p in planner.catalog.phases
        if any(planner.catalog[t].phase == p.name for t in wanted.tables)
    ]


def covered(warehouse: Warehouse, selection: Selection) -> list[Coverage]:
    """The cells asked for, per table and season."""
    planner = survey(warehouse)
    targets = selection.needs(planner).targets
    return [part for table, dates in targets.items() for part in coverage(planner, table, dates)]
