"""What a run would cost, asked of the warehouse before anything is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from planning.batches import Batch, batches
from planning.cost import Cost, demand
from planning.decisions import Decision, Planner
from planning.forecast import decided
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
    decisions = [decision for _, decision in decided(planner, wanted, rerun)]
    planned: list[Batch] = []
    for phase in planner.catalog.phases:
        of_phase = [
            d for d in decisions if planner.catalog[d.table].phase == phase.name
        ]
        planned += _batches(planner, of_phase, batch_days, sample_dates)
    return warehouse.cost(planned, [d.table for d in decisions if d.clear])


def _batches(
    planner: Planner, decisions: Sequence[Decision], batch_days: int, sample_dates: int
) -> Iterator[Batch]:
    """The batches of a phase: of its sample, then of the rest."""
    concerned = Counter(day for decision in decisions for day in decision.compute)
    tried = sample(planner.calendar, concerned, sample_dates) if sample_dates else {}
    for decision in decisions:
        for part in (
            [day for day in decision.compute if day in tried],
            [day for day in decision.compute if day not in tried],
        ):
            yield from batches(planner.calendar, decision.table, part, batch_days)


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
        demand(phase, cost, warehouse.spent(run_id), limit)
