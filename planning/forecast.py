"""What a backfill would do: an upper bound, made by assuming that every cell it computes ends done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from planning.batches import batches
from planning.cells import CellState, Outcome
from planning.decisions import Decision, Planner
from planning.needs import Needs


@dataclass(frozen=True)
class TablePlan:
    """One table of a plan: cells to compute (asked for, and added as history), and the others by outcome."""

    table: str
    phase: str
    asked: int
    history: int
    needed_by: tuple[str, ...]
    fresh: int
    skipped: dict[str, int]
    gaps: dict[str, str]
    rows_expected: int
    batches: int

    @property
    def cells(self) -> int:
        """Cells to compute."""
        return self.asked + self.history

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def forecast(planner: Planner, wanted: Needs, rerun: bool, batch_days: int) -> list[TablePlan]:
    """The plan of every needed table, upstream first."""
    plans = []
    for table in planner.catalog.ordered():
        if table in wanted.tables:
            again = wanted.targets.get(table, ()) if rerun else ()
            decision = planner.decide(table, wanted.dates(table), again)
            plans.append(_table_plan(planner, wanted, decision, batch_days))
            planner = _assumed(planner, table, decision.compute)
    return plans


def _table_plan(planner: Planner, wanted: Needs, decision: Decision, batch_days: int) -> TablePlan:
    table, states = decision.table, planner.states[decision.table]
    asked = set(wanted.targets.get(table, ()))
    counts = decision.counts
    return TablePlan(
        table=table,
        phase=planner.catalog[table].phase,
        asked=sum(d in asked for d in decision.compute),
        history=sum(d not in asked for d in decision.compute),
        needed_by=wanted.needed_by.get(table, ()),
        fresh=counts[Outcome.DONE],
        skipped={str(o): n for o, n in sorted(counts.items()) if o.is_skip or o is Outcome.NOT_FINAL},
        gaps={str(d): decision.reasons[d] for d, o in decision.settled.items() if o.is_gap},
        rows_expected=sum(states[d].expected for d in decision.compute),
        batches=sum(1 for _ in batches(planner.calendar, table, decision.compute, batch_days)),
    )


def _assumed(planner: Planner, table: str, done: Iterable[date]) -> Planner:
    """The planner as it will be when these cells hold what is expected of them."""
    states = dict(planner.states[table])
    for day in done:
        expected = states[day].expected
        states[day] = CellState(expected, expected)
    return Planner(planner.catalog, planner.calendar, {**planner.states, table: states})
