"""What a backfill would do: an upper bound, by assuming that every cell it computes gets other rows than now.

A recomputation that gives the same rows ends there (early cutoff), and then less is to be done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from planning.batches import batches
from planning.cells import EMPTY, CellState, Outcome
from planning.decisions import Decision, Planner
from planning.freshness import ASSUMED
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
    causes: dict[str, int]
    reasons: dict[str, str]
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
    return [_table_plan(at, wanted, decision, batch_days) for at, decision in decided(planner, wanted, rerun)]


def decided(planner: Planner, wanted: Needs, rerun: bool) -> Iterator[tuple[Planner, Decision]]:
    """What becomes of the needed cells of every table, upstream first, each with the planner that decided."""
    for table in planner.catalog.ordered():
        if table in wanted.tables:
            again = wanted.targets.get(table, ()) if rerun else ()
            decision = planner.decide(table, wanted.dates(table), again)
            yield planner, decision
            if decision.compute or decision.clear:
                planner = _assumed(planner, decision)


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
        causes=dict(Counter(str(reason.cause) for reason in decision.compute.values())),
        reasons={str(d): str(reason) for d, reason in decision.compute.items()},
        skipped={str(o): n for o, n in sorted(counts.items()) if o.is_skip or o is Outcome.NOT_FINAL},
        gaps={str(d): decision.reasons[d] for d, o in decision.settled.items() if o.is_gap},
        rows_expected=sum(states.get(d, EMPTY).expected for d in decision.compute),
        batches=sum(1 for _ in batches(planner.calendar, table, decision.compute, batch_days)),
    )


def _assumed(planner: Planner, decision: Decision) -> Planner:
    """The planner as it will be when what is to be computed or cleared has been, with other rows than now."""
    known = planner.states[decision.table]
    states = dict(known)
    for day in decision.compute:
        expected = known.get(day, EMPTY).expected
        states[day] = CellState(expected, expected)
    for day in decision.clear:
        expected = known.get(day, EMPTY).expected
        states[day] = CellState(expected, 0, expected)
    digests = {**dict.fromkeys(decision.compute, ASSUMED), **dict.fromkeys(decision.clear, "")}
    return planner.assuming(decision.table, states, digests)
