"""What a run would cost, asked of the warehouse before anything is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from planning.batches import Batch
from planning.cost import Cost, demand
from planning.decisions import Decision, Planner
from planning.forecast import decisions_ahead
from planning.needs import Needs
from planning.samples import sample
from planning.scope import Scope
from warehouse.protocol import Warehouse


def cost_of(
    warehouse: Warehouse,
    planner: Planner,
    wanted: Needs,
    rerun: bool,
    batch_days: int,
    sample_dates: int,
) -> Cost | None:
    """What computing the needed cells would cost, samples included;
    None where nothing is billed."""
    if warehouse.cost((), ()) is None:
        return None
    by_phase: dict[str, list[Decision]] = {}
    cleared: list[str] = []
    for _, decision in decisions_ahead(planner, wanted, rerun):
        phase = planner.catalog[decision.table].phase
        by_phase.setdefault(phase, []).append(decision)
        if decision.clear:
            cleared.append(decision.table)
    planned: list[Batch] = []
    for decisions in by_phase.values():
        planned += _batches(planner, decisions, batch_days, sample_dates)
    return warehouse.cost(planned, cleared)


def _batches(
    planner: Planner, decisions: Sequence[Decision], batch_days: int, sample_dates: int
) -> Iterator[Batch]:
    """The batches of a phase: of its sample, then of the rest."""
    concerned: Counter[date] = Counter()
    for decision in decisions:
        concerned.update(decision.compute.keys())
    tried = sample(planner.calendar, concerned, sample_dates) if sample_dates else {}
    for decision in decisions:
        first = [day for day in decision.compute if day in tried]
        rest = [day for day in decision.compute if day not in tried]
        yield from planner.split(decision.table, first, batch_days)
        yield from planner.split(decision.table, rest, batch_days)


def require_budget(
    warehouse: Warehouse,
    phase: str,
    scope: Scope,
    batch_days: int,
    sample_dates: int,
    run_id: str,
    limit: float,
) -> None:
    """Raise CostError where the run would have cost more than `limit` dollars after a phase."""
    wanted = scope.needs.of(scope.tables(phase))
    rerun = scope.selection.rerun
    cost = cost_of(warehouse, scope.planner, wanted, rerun, batch_days, sample_dates)
    if cost is not None:
        demand(phase, cost, warehouse.dollars_spent(run_id), limit)
