"""Try a phase on a few dates, all the way through,
and judge them, before the full range is spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from planning.decisions import Planner
from planning.needs import Needs
from planning.samples import sample
from planning.selection import Selection
from runs.judge import Bench, verdict_on
from runs.waves import decide
from validation.verdict import Verdict
from warehouse.protocol import Warehouse


def picked(
    planner: Planner, phase: str, selection: Selection, size: int
) -> tuple[dict[date, str], int]:
    """The dates to try, each with its stratum, and of how many; none where that saves nothing."""
    wanted = selection.needs(planner)
    tables = [p.name for p in planner.catalog.of_phase(phase) if p.name in wanted.tables]
    decisions = decide(planner, tables, wanted, selection)
    # A table of a later wave waits for an earlier one, and is concerned all the same.
    concerned = Counter(day for d in decisions for day in (*d.compute, *d.reasons))
    dates = {day: concerned[day] for decision in decisions for day in decision.compute}
    return sample(planner.calendar, dates, size) if size else {}, len(dates)


def among(wanted: Needs, dates: Collection[date]) -> Needs:
    """The needed cells of these dates alone."""
    return Needs(_on(wanted.targets, dates), _on(wanted.history, dates), wanted.needed_by)


def _on(
    cells: Mapping[str, tuple[date, ...]], dates: Collection[date]
) -> dict[str, tuple[date, ...]]:
    return {table: tuple(day for day in days if day in dates) for table, days in cells.items()}


def sample_verdict(
    warehouse: Warehouse, phase: str, selection: Selection, wanted: Needs, run_id: str
) -> Verdict:
    """The verdict on the sample of a phase (`wanted` is limited to it), recorded like a gate's."""
    tables = [t for t in warehouse.catalog.ordered() if warehouse.catalog[t].phase == phase]
    dates = {table: wanted.dates(table) for table in tables if wanted.dates(table)}
    return verdict_on(Bench.on(warehouse, phase, dates), selection, run_id, "sample")
