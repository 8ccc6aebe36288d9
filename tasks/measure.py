"""Measure a phase from the warehouse: how many cells and keys are there, and what should not be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from planning.cells import EMPTY, Outcome
from planning.decisions import Planner
from validation.verdict import Measurement, count, share
from warehouse.protocol import Warehouse


def measure(warehouse: Warehouse, planner: Planner, table: str, dates: Sequence[date]) -> list[Measurement]:
    """Coverage, duplicates, unexpected keys and orphans of a table on these dates, read from the table.

    Skips and waiting cells leave the denominator; gaps do not. A cell is done when it holds exactly its
    expected keys and all that those are derived from is there, whatever anybody says of it.
    """
    decision = planner.decide(table, dates)
    judged = [d for d in dates if _is_judged(decision.settled.get(d))]
    states = {d: planner.states[table].get(d, EMPTY) for d in judged}
    gaps = [d for d, s in states.items() if not s.holds_what_is_expected or _is_gap(decision.settled.get(d))]
    missing = {d: s.missing for d, s in states.items() if s.missing}
    expected = sum(s.expected for s in states.values())
    present = sum(s.present for s in states.values())
    unexpected = {d: s.unexpected for d, s in states.items() if s.unexpected}
    copies = {d: s.duplicates for d, s in states.items()}
    orphans = warehouse.orphans(table, dates)
    return [
        share(table, "cells_done_pct", len(judged) - len(gaps), len(judged), [str(d) for d in gaps]),
        share(table, "keys_present_pct", expected - sum(missing.values()), expected, _counted(missing)),
        count(table, "duplicate_keys", sum(copies.values()), present, _counted(copies)),
        count(table, "unexpected_keys", sum(unexpected.values()), present, _counted(unexpected)),
        count(table, "orphans", len(orphans), present, orphans[:20]),
    ]


def _is_judged(outcome: Outcome | None) -> bool:
    return outcome is None or outcome is Outcome.DONE or outcome.is_gap


def _is_gap(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.is_gap


def _counted(numbers: dict[date, int]) -> list[str]:
    return [f"{day}: {number}" for day, number in numbers.items() if number]
