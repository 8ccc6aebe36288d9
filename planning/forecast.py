"""What a backfill would do: an upper bound, by assuming
that every cell it computes gets other rows than now.

A recomputation that gives the same rows ends there (early cutoff), and then less is to be done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from planning.cells import EMPTY, CellState, Outcome
from planning.decisions import Decision, Planner
from planning.freshness import ASSUMED
from planning.needs import Needs
from planning.reasons import GapCause, Reason, WaitsFor
from planning.roots import Root, Roots


@dataclass(frozen=True)
class TableGaps:
    """Cells of a table that a backfill leaves as gaps: date -> what the cell lacks, and where that
    begins. `built_on` matters behind a closed gate alone, and a plan knows of none."""

    table: str
    phase: str
    reasons: Mapping[str, GapCause]
    roots: Mapping[str, Root]
    built_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class TablePlan:
    """One table of a plan: cells to compute (asked for,
    and added as history), and the others by outcome.

    `roots`: of gaps that wait for another cell, that where the gap begins. `fresh_history`: the
    fresh cells that were not asked for.
    """

    table: str
    phase: str
    asked: int
    history: int
    needed_by: tuple[str, ...]
    fresh: int
    causes: dict[str, int]
    reasons: dict[str, Reason]
    skipped: dict[str, int]
    gaps: dict[str, GapCause]
    rows_expected: int
    batches: int
    roots: dict[str, Root] = field(default_factory=dict)
    fresh_history: int = 0

    @property
    def cells(self) -> int:
        """Cells to compute."""
        return self.asked + self.history

    @property
    def left(self) -> TableGaps:
        """The cells that stay gaps."""
        return TableGaps(self.table, self.phase, self.gaps, self.roots)


def forecast(
    planner: Planner, wanted: Needs, rerun: bool, batch_days: int
) -> list[TablePlan]:
    """The plan of every needed table, upstream first."""
    return [
        _table_plan(at, wanted, decision, batch_days)
        for at, decision in decisions_ahead(planner, wanted, rerun)
    ]


def decisions_ahead(
    planner: Planner, wanted: Needs, rerun: bool
) -> Iterator[tuple[Planner, Decision]]:
    """What becomes of the needed cells of every table, upstream first,
    each with the planner that decided."""
    for table in planner.catalog.ordered():
        if table in wanted.tables:
            again = wanted.targets.get(table, ()) if rerun else ()
            decision = planner.decide(table, wanted.dates(table), again)
            yield planner, decision
            if decision.compute or decision.clear:
                planner = _planner_after(planner, decision)


def _table_plan(
    planner: Planner, wanted: Needs, decision: Decision, batch_days: int
) -> TablePlan:
    table = decision.table
    targets = set(wanted.targets.get(table, ()))
    asked = decision.compute.keys() & targets
    causes: Counter[str] = Counter()
    reasons: dict[str, Reason] = {}
    for day, reason in decision.compute.items():
        causes[str(reason.cause)] += 1
        reasons[str(day)] = reason
    gaps = {str(day): gap for day, gap in decision.reasons.items()}
    made_in = list(planner.split(table, decision.compute, batch_days))
    fresh = [day for day, end in decision.settled.items() if end is Outcome.DONE]
    roots = _roots(planner, decision)
    history = len(decision.compute) - len(asked)
    rows_expected = planner.rows_expected(table, decision.compute)
    fresh_history = len(set(fresh) - targets)
    return TablePlan(
        table=table,
        phase=planner.catalog[table].phase,
        asked=len(asked),
        history=history,
        needed_by=wanted.needed_by.get(table, ()),
        fresh=len(fresh),
        causes=dict(causes),
        reasons=reasons,
        skipped=_skips(decision),
        gaps=gaps,
        rows_expected=rows_expected,
        batches=len(made_in),
        roots=roots,
        fresh_history=fresh_history,
    )


def _roots(planner: Planner, decision: Decision) -> dict[str, Root]:
    """Where the gaps begin that are left when all before the table is computed."""
    found: dict[str, Root] = {}
    roots = Roots(planner)
    for day, gap in decision.reasons.items():
        if isinstance(gap, WaitsFor):
            root = roots.find(decision.table, day)
            if root is not None:
                found[str(day)] = root
    return found


def _skips(decision: Decision) -> dict[str, int]:
    """How many cells are skipped by design or wait, by outcome."""
    counts = sorted(decision.counts.items())
    return {
        str(outcome): number
        for outcome, number in counts
        if outcome.is_skip or outcome is Outcome.NOT_FINAL
    }


def _planner_after(planner: Planner, decision: Decision) -> Planner:
    """The planner as it will be when what is to be computed or cleared has been,
    with other rows than now."""
    known = planner.states[decision.table]
    states = dict(known)
    for day in decision.compute:
        expected = known.get(day, EMPTY).expected
        states[day] = CellState(expected, expected)
    for day in decision.clear:
        expected = known.get(day, EMPTY).expected
        states[day] = CellState(expected, 0, expected)
    digests = {
        **dict.fromkeys(decision.compute, ASSUMED),
        **dict.fromkeys(decision.clear, ""),
    }
    return planner.assuming(decision.table, states, digests)
