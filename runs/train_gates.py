"""Whether every needed cell has passed its phase's gate, was judged as it is, and is fresh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planning.decisions import Planner
from planning.export import table_out
from planning.scope import Scope
from runs.judge import PAGE
from runs.survey import survey
from runs.verify import read_back
from training.set_checks import measurement
from validation.measurement import Measurement, Part
from validation.stored import read_verdicts
from validation.verdict import Verdict
from warehouse.protocol import Warehouse

Counts = dict[int, tuple[int, int]]
"""Season -> how many are as they should be, of how many."""


@dataclass
class Tally:
    """Things counted per season, and those that are not as they should be, in words."""

    planner: Planner
    counts: Counts
    amiss: list[str]

    def add(self, day: date, thing: str, is_good: bool) -> None:
        """Count one thing of a date."""
        season = self.planner.calendar.season_of(day) or day.year
        kept, of = self.counts.get(season, (0, 0))
        self.counts[season] = (kept + is_good, of + 1)
        if not is_good:
            self.amiss.append(thing)

    def measured(self, name: str) -> Measurement:
        """What was counted, as a measurement of faults."""
        parts = [
            Part(season=season, kept=kept, of=of)
            for season, (kept, of) in sorted(self.counts.items())
        ]
        return measurement(name, "faults", parts, self.amiss)


def measure_gates(warehouse: Warehouse, scope: Scope) -> Iterator[Measurement]:
    """Dates of a phase whose latest verdict is no GO and is not overridden, and those that were
    computed after it."""
    planner = survey(warehouse)
    overruled = {override.verdict_id for override in warehouse.overrides()}
    passed, judged_before = Tally(planner, {}, []), Tally(planner, {}, [])
    for phase in scope.phases:
        by_table = scope.dates(phase)
        days = sorted({day for dates in by_table.values() for day in dates})
        verdicts = latest_verdicts(warehouse, phase, days)
        computed = _computed(warehouse, by_table)
        for day in days:
            verdict = verdicts.get(day)
            is_open = verdict is not None and is_accepted(verdict, overruled)
            said = verdict.decision if verdict else "no verdict"
            passed.add(day, f"{phase} {day}: {said}", is_open)
            if verdict is not None and day in computed:
                is_seen = computed[day] <= verdict.made.decided_at.timestamp()
                judged_before.add(day, f"{phase} {day}", is_seen)
    yield passed.measured("dates_not_passed")
    yield judged_before.measured("dates_judged_before")


def is_accepted(verdict: Verdict, overruled: set[str]) -> bool:
    """Whether a verdict opened its gate, by itself or by a person's reason."""
    return verdict.decision != "NO-GO" or verdict.made.verdict_id in overruled


def latest_verdicts(
    warehouse: Warehouse, phase: str, days: Sequence[date]
) -> dict[date, Verdict]:
    """Date -> the latest verdict of the phase's gate whose range it is in."""
    found: dict[date, Verdict] = {}
    for verdict in _newest_first(warehouse, phase, days):
        first, last = verdict.made.first_date, verdict.made.last_date
        for day in days:
            if first and last and first <= day <= last:
                found.setdefault(day, verdict)
        if len(found) == len(days):
            break
    return found


def _newest_first(
    warehouse: Warehouse, phase: str, days: Sequence[date]
) -> Iterator[Verdict]:
    """The latest verdicts of a gate, then its accepted ones, however old."""
    latest, _unreadable = read_verdicts(warehouse.verdicts(phase, PAGE))
    yield from (verdict for verdict in latest if verdict.made.stage == "gate")
    offset = 0
    while days:
        records = warehouse.accepted_verdicts(phase, days[0], days[-1], PAGE, offset)
        yield from read_verdicts(records)[0]
        if len(records) < PAGE:
            return
        offset += PAGE


def _computed(
    warehouse: Warehouse, dates: Mapping[str, Sequence[date]]
) -> dict[date, float]:
    """Date -> when the last of its cells was computed, in seconds since 1970."""
    found: dict[date, float] = {}
    records = warehouse.records(*dates)
    for table, days in dates.items():
        for day in days:
            record = records[table].get(day)
            if record and record.held:
                when = record.held.finished_at.timestamp()
                found[day] = max(when, found.get(day, 0.0))
    return found


def measure_cells(warehouse: Warehouse, scope: Scope) -> Iterator[Measurement]:
    """Needed cells that are not fresh, and needed cells whose rows are not those on record."""
    planner = survey(warehouse)
    fresh = Tally(planner, {}, [])
    for table in scope.all_tables:
        dates = scope.needs.dates(table)
        stale = {cell.day: cell for cell in table_out(planner, table, dates).not_fresh}
        for day in dates:
            stands = stale[day].stands if day in stale else ""
            fresh.add(day, f"{table} {day}: {stands}", day not in stale)
    yield fresh.measured("cells_not_fresh")
    tables = scope.all_tables
    asked = scope.selection.model_copy(update={"tables": tables, "phases": ()})
    found = read_back(warehouse, asked)
    cells = sum(table.cells for table in found.tables)
    damaged = [
        f"{difference.table} {difference.day}" for difference in found.differences
    ]
    first = planner.calendar.season_of(planner.calendar.last) or 0
    part = Part(season=first, kept=cells - len(damaged), of=cells)
    yield measurement("cells_damaged", "faults", [part], damaged)
