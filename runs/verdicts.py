"""Find the verdicts of a phase that are in force on what its tables hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from planning.scope import Scope
from validation.extent import Extent, Judged
from validation.stored import read_verdicts
from validation.verdict import Verdict
from warehouse.protocol import Warehouse

LOOKED_AT = 20
"""Verdicts among which the last that counts is looked for, where the very last is a sample's."""
Cell = tuple[str, date]


@dataclass(frozen=True)
class InForce:
    """The verdicts of the phases of a scope: the last one that closes the gate of any date on which
    tables of the phase hold rows, else the last; None where there is none. `extents`: of those
    phases whose verdict is not on all of these dates."""

    verdicts: dict[str, Verdict | None] = field(default_factory=dict)
    extents: dict[str, Extent] = field(default_factory=dict)


def find_verdicts(warehouse: Warehouse, scope: Scope) -> InForce:
    """Find the verdicts of the phases of a scope."""
    found = InForce()
    for phase in scope.phases:
        verdict, extent = _find_verdict(warehouse, phase, _held(scope, phase))
        found.verdicts[phase] = verdict
        if extent is not None:
            found.extents[phase] = extent
    return found


def _held(scope: Scope, phase: str) -> list[Cell]:
    """The needed cells of a phase that hold rows."""
    state = scope.planner.state
    return [
        (table, day)
        for table, days in scope.dates(phase).items()
        for day in days
        if state(table, day).present
    ]


def _find_verdict(
    warehouse: Warehouse, phase: str, held: Sequence[Cell]
) -> tuple[Verdict | None, Extent | None]:
    last = last_verdict(warehouse, phase)
    if last is None or last.made.stage == "sample":
        return last, None
    left = _not_judged(last.judged, held)
    if not left or last.decision == "NO-GO":
        return last, _extent(last, held, ())
    for number, record in enumerate(warehouse.judged(phase), 1):
        if record["stage"] != "gate":
            continue
        others = _not_judged(Judged.model_validate(record, extra="ignore"), left)
        if len(others) < len(left) and record["decision"] == "NO-GO":
            # One that another version wrote, and that cannot be read, closes no gate.
            for closed in read_verdicts(warehouse.verdicts(phase, number)[-1:])[0]:
                return closed, _extent(closed, held, ())
        left = others
        if not left:
            return last, None
    return last, _extent(last, held, left)


def _extent(
    verdict: Verdict, held: Sequence[Cell], unjudged: Sequence[Cell]
) -> Extent | None:
    """On how much of what is held a verdict is; None where on all of it."""
    if not _not_judged(verdict.judged, held):
        return None
    tables = {table for table, _day in held}
    return Extent(
        dates=_number_of_dates(held),
        unjudged=_number_of_dates(unjudged),
        is_of_some_tables=not tables <= set(verdict.tables),
    )


def _not_judged(judged: Judged, cells: Sequence[Cell]) -> list[Cell]:
    return [(table, day) for table, day in cells if not judged.has(table, day)]


def _number_of_dates(cells: Sequence[Cell]) -> int:
    return len({day for _table, day in cells})


def last_verdict(warehouse: Warehouse, phase: str) -> Verdict | None:
    """The phase's last verdict: a gate's, or a sample's that stopped it;
    None where there is none."""
    for limit in (1, LOOKED_AT):
        verdicts, _unreadable = read_verdicts(warehouse.verdicts(phase, limit=limit))
        for verdict in verdicts:
            if verdict.made.stage == "gate" or verdict.decision == "NO-GO":
                return verdict
    return None
