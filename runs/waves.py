"""What a wave of a phase does: decide its cells,
clear those that should hold no rows, announce the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from planning.cells import EMPTY
from planning.decisions import Decision, Planner
from planning.needs import Needs
from planning.selection import Selection
from runs.events import TableDue, WaveStarted
from runs.listening import tell
from runs.survey import survey
from warehouse.protocol import Warehouse


def decide(
    planner: Planner,
    tables: Iterable[str],
    wanted: Needs,
    selection: Selection,
    tried: Collection[date] = (),
) -> list[Decision]:
    """What becomes of the needed cells of these tables;
    cells asked for and not tried yet may be rerun."""
    rerun = wanted.targets if selection.rerun else {}
    again = {t: [day for day in days if day not in tried] for t, days in rerun.items()}
    return [planner.decide(t, wanted.dates(t), again.get(t, ())) for t in tables]


def work_left(warehouse: Warehouse, phase: str, selection: Selection) -> bool:
    """Whether anything of a phase is to be computed or cleared:
    nothing now is nothing in its later waves."""
    planner = survey(warehouse)
    wanted = selection.needs(planner)
    tables = [p.name for p in planner.catalog.of_phase(phase) if p.name in wanted.tables]
    return any(d.compute or d.clear for d in decide(planner, tables, wanted, selection))


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
    states = planner.states[decision.table]
    return TableDue(
        table=decision.table,
        cells=len(decision.compute),
        rows_expected=sum(states.get(day, EMPTY).expected for day in decision.compute),
        looked_at=len(decision.compute) + len(decision.settled),
    )
