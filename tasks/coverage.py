"""What a backfill covers and what is left of it, read from the warehouse."""

from __future__ import annotations

from planning.coverage import Coverage, coverage
from planning.decisions import Planner
from planning.selection import Selection
from reports.markdown import coverage_markdown
from tasks.survey import survey
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


def gaps(warehouse: Warehouse, selection: Selection) -> tuple[list[str], str]:
    """Every gap among the cells asked for, as a sentence, and the coverage as Markdown."""
    parts = covered(warehouse, selection)
    left = [f"{c.table} {day}: {reason}" for c in parts for day, reason in c.reasons.items()]
    return left, coverage_markdown(c.to_json() for c in parts)
