"""Measure a phase from the warehouse: what is there,
what should not be, and whether it can be true."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import WarehouseError
from planning.cells import EMPTY, CellState, Outcome
from planning.decisions import Planner
from validation.checks import Check
from validation.measurement import EVIDENCE, Kind, Measurement, Part, parted
from validation.thresholds import Threshold
from warehouse.protocol import Warehouse

BY_KEYS: dict[str, Kind] = {
    "cells_done_pct": "share",
    "keys_present_pct": "share",
    "duplicate_keys": "faults",
    "unexpected_keys": "faults",
    "games_covered_pct": "share",
    "played_dates_waiting": "faults",
}
"""What is counted from the keys of cells; `coverage` is all of these."""
COVERAGE = "coverage"


@dataclass(frozen=True)
class Judged:
    """The cells of one table that a gate judges:
    dates asked for, those not waiting or skipped, those done.

    A cell is done when it holds exactly its expected keys and all that those are derived from is
    there, whatever anybody says of it. Skips and waiting cells leave the denominator; gaps do not.
    """

    planner: Planner
    table: str
    dates: Sequence[date]
    due: Sequence[date]
    done: Collection[date]

    @classmethod
    def of(cls, planner: Planner, table: str, dates: Sequence[date]) -> Judged:
        """The cells of a table on these dates, seen by a planner without a book."""
        settled = planner.decide(table, dates).settled
        due = [day for day in dates if _is_judged(settled.get(day))]
        done = {day for day in due if settled.get(day) is Outcome.DONE}
        return cls(planner, table, dates, due, done)

    def state(self, day: date) -> CellState:
        """How the cell stands."""
        return self.planner.states[self.table].get(day, EMPTY)

    def counted(self, number: Callable[[date], tuple[float, ...]], days: Iterable[date]) -> Counted:
        """Numbers of dates, added up per season and month."""
        sums: Counted = {}
        for day in days:
            key = self.planner.calendar.season_of(day) or day.year, f"{day:%Y-%m}"
            numbers = number(day)
            sums[key] = (
                tuple(map(sum, zip(sums[key], numbers, strict=True))) if key in sums else numbers
            )
        return sums


Counted = dict[tuple[int, str], tuple[float, ...]]


def _is_judged(outcome: Outcome | None) -> bool:
    return outcome is None or outcome is Outcome.DONE or outcome.is_gap


def by_keys(judged: Judged, names: Collection[str]) -> Iterator[Measurement]:
    """Coverage, duplicates and unexpected keys, as far as they are asked for."""
    if "cells_done_pct" in names:
        yield cells_done(judged)
    for name, (faults, of) in KEY_FAULTS.items():
        if name in names:
            yield key_faults(judged, name, faults, of)
    if "games_covered_pct" in names:
        yield games_covered(judged)
    if "played_dates_waiting" in names:
        yield played_dates_waiting(judged)


def cells_done(judged: Judged) -> Measurement:
    """The cells that are done, of those that should be."""
    counted = judged.counted(lambda day: (float(day in judged.done), 1), judged.due)
    missing = [str(day) for day in judged.due if day not in judged.done]
    return parted(judged.table, "cells_done_pct", BY_KEYS["cells_done_pct"], counted, missing)


KEY_FAULTS = {
    "keys_present_pct": ("missing", "expected"),
    "duplicate_keys": ("duplicates", "present"),
    "unexpected_keys": ("unexpected", "present"),
}
"""Check -> the fault that it counts in a cell's state,
and the number of keys that this is a part of."""


def key_faults(judged: Judged, name: str, faults: str, of: str) -> Measurement:
    """The keys of the due cells without a fault, of all."""
    found = {day: getattr(judged.state(day), faults) for day in judged.due}
    keys = {day: getattr(judged.state(day), of) for day in judged.due}
    counted = judged.counted(lambda day: (keys[day] - found[day], keys[day]), judged.due)
    return parted(judged.table, name, BY_KEYS[name], counted, _told(found))


def games_covered(judged: Judged) -> Measurement:
    """Covered final games on dates whose cell is whole, of all in the range, bootstrap included.

    `possible`: those on dates where the cell's expected set is not empty, the most there can be.
    """
    settled = judged.planner.decide(judged.table, judged.dates).settled
    days = [day for day in judged.dates if settled.get(day) is not Outcome.NOT_FINAL]

    def number(day: date) -> tuple[float, ...]:
        game_day = judged.planner.calendar.days.get(day)
        games = game_day.covered_final_games if game_day else 0
        is_due = day in due and judged.state(day).expected > 0
        return games * (day in judged.done), games, games * is_due

    due = set(judged.due)
    missing = [str(day) for day in judged.due if day not in judged.done]
    return parted(judged.table, "games_covered_pct", "share", judged.counted(number, days), missing)


def played_dates_waiting(judged: Judged) -> Measurement:
    """Dates of which games are final and which wait all the same: for a game that is not."""
    settled = judged.planner.decide(judged.table, judged.dates).settled
    days = judged.planner.calendar.days
    played = [day for day in judged.dates if day in days and days[day].final_games]
    waiting = {day for day in played if settled.get(day) is Outcome.NOT_FINAL}
    counted = judged.counted(lambda day: (float(day not in waiting), 1), played)
    evidence = [str(day) for day in played if day in waiting]
    return parted(judged.table, "played_dates_waiting", "faults", counted, evidence)


def _told(numbers: dict[date, int]) -> list[str]:
    return [f"{day}: {number}" for day, number in numbers.items() if number]


def by_query(warehouse: Warehouse, check: Check, judged: Judged) -> list[Measurement]:
    """What a check's query finds, one measurement per column it is of; a query that fails is one
    that says so, and closes the gate."""
    try:
        counts = warehouse.measured(check.counts, check.table, judged.dates, judged.due)
        found = [
            _measurement(check, item, counts)
            for item in dict.fromkeys(row["item"] for row in counts)
        ]
        if any(_is_amiss(check.kind, part) for m in found for part in m.parts):
            keys = warehouse.measured(check.evidence, check.table, judged.dates, judged.due)
            found = [_with_evidence(measurement, keys) for measurement in found]
    except WarehouseError as error:
        return [Measurement(table=check.table, name=check.name, kind=check.kind, error=str(error))]
    if not found:
        return [
            Measurement(
                table=check.table, name=check.name, kind=check.kind, note="nothing to judge"
            )
        ]
    return [measurement.judged(check.min_rows) for measurement in found]


def _is_amiss(kind: Kind, part: Part) -> bool:
    """Whether there can be keys to name; how many things an amount is
    to be of, only its limit knows."""
    return kind == "amount" or part.kept < (2 if kind == "fewest" else part.of)


def _measurement(check: Check, item: str, counts: Sequence[dict[str, object]]) -> Measurement:
    rows = [row for row in counts if row["item"] == item]
    parts = [
        Part.model_validate(
            {
                "season": row["season"],
                "month": row["month"],
                "kept": row["kept"] or 0,
                "of": row["row_count"] or 0,
                "possible": row.get("possible"),
            }
        )
        for row in rows
    ]
    parts.sort(key=lambda part: (part.season, part.month or ""))
    return Measurement(
        table=check.table, name=check.name, kind=check.kind, item=item, parts=tuple(parts)
    )


def _with_evidence(measurement: Measurement, keys: Sequence[dict[str, object]]) -> Measurement:
    named = [str(row["thing"]) for row in keys if row["item"] == measurement.item]
    return measurement.model_copy(update={"evidence": tuple(named[:EVIDENCE])})


def with_reference(
    measurement: Measurement, thresholds: Sequence[Threshold], planner: Planner
) -> Measurement:
    """An amount with what the schedule has in the reference range
    of its threshold, where it spans that."""
    reference = next(
        (t.reference for t in thresholds if t.measurement == measurement.name and t.reference), None
    )
    calendar = planner.calendar
    if (
        reference is None
        or not calendar
        or calendar.first > reference.start
        or calendar.last < reference.end
    ):
        return measurement
    days = [calendar.days[day] for day in calendar.between(reference.start, reference.end)]
    covered = planner.catalog[measurement.table].contract.expected.covered_only
    base = sum(day.covered_final_games if covered else day.final_games for day in days)
    return measurement.model_copy(update={"reference_base": base})
