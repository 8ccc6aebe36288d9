"""Try a phase on a few dates, all the way through,
and judge them, before the full range is spent."""

from __future__ import annotations

from collections import Counter
from datetime import date

from planning.samples import sample
from planning.scope import Scope
from runs.judge import PhaseUnderGate, verdict_on
from runs.waves import decide
from validation.verdict import Verdict
from warehouse.protocol import Warehouse


def pick_sample(scope: Scope, phase: str, size: int) -> tuple[dict[date, str], int]:
    """The dates to try, each with its stratum, and of how many; none where that saves nothing."""
    if not size:
        return {}, 0
    decisions = decide(scope.planner, scope, scope.tables(phase))
    # A table of a later wave waits for an earlier one, and is concerned all the same.
    concerned = Counter(day for d in decisions for day in (*d.compute, *d.reasons))
    dates = {day: concerned[day] for decision in decisions for day in decision.compute}
    return sample(scope.planner.calendar, dates, size), len(dates)


def sample_verdict(
    warehouse: Warehouse, phase: str, scope: Scope, run_id: str
) -> Verdict:
    """The verdict on the sample of a phase, to which `scope` is limited; recorded like a gate's."""
    bench = PhaseUnderGate.on(warehouse, phase, scope.dates(phase))
    return verdict_on(bench, scope.selection, run_id, "sample")
