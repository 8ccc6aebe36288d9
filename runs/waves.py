"""What a wave of a phase does: decide its cells,
clear those that should hold no rows, announce the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from planning.decisions import Decision, Planner
from planning.scope import Scope
from runs.events import TableDue, WaveStarted
from runs.listening import tell
from warehouse.protocol import Warehouse


def decide(
    planner: Planner, scope: Scope, tables: Iterable[str], tried: Collection[date] = ()
) -> list[Decision]:
    """What becomes of the needed cells of these tables, by a planner that may know more than the
    one that the scope was made with; cells asked for and not tried yet may be rerun."""
    decisions = []
    for table in tables:
        again = [day for day in scope.reruns(table) if day not in tried]
        decisions.append(planner.decide(table, scope.needs.dates(table), again))
    return decisions


def has_work(scope: Scope, phase: str) -> bool:
    """Whether the phase has anything to compute or clear.
    If the first wave has nothing, neither have later ones."""
    decisions = decide(scope.planner, scope, scope.tables(phase))
    return any(decision.compute or decision.clear for decision in decisions)


def is_due(scope: Scope, phase: str) -> bool:
    """Whether any needed cell of the phase is to hold rows: not where each is skipped by design."""
    for decision in decide(scope.planner, scope, scope.tables(phase)):
        if decision.compute or not all(o.is_skip for o in decision.counts):
            return True
    return False


def clear(warehouse: Warehouse, decisions: Iterable[Decision], run_id: str) -> None:
    """Remove the rows of cells that should hold none."""
    for decision in decisions:
        if decision.clear:
            warehouse.clear(decision.table, decision.clear, run_id)


def announce(phase: str, planner: Planner, decisions: Sequence[Decision]) -> None:
    """Tell who is watching what a wave is about to do."""
    tell(WaveStarted(phase, [_due(planner, decision) for decision in decisions]))


def _due(planner: Planner, decision: Decision) -> TableDue:
    """What a wave computes of one table."""
    return TableDue(
        table=decision.table,
        cells=len(decision.compute),
        rows_expected=planner.rows_expected(decision.table, decision.compute),
        looked_at=len(decision.compute) + len(decision.settled),
    )
