"""What a range needs: the target cells, and the history inside their cuts.

Dates only; whether a needed cell is fresh, skipped or a gap is decided in planning/decisions.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from planning.calendar import Calendar, GameDay
from processors.catalog import Catalog
from processors.contract import Read

Cells = Mapping[str, tuple[date, ...]]
"""Table -> dates, in order."""
Reading = Callable[[str, date], bool]
"""Whether a cell, by table and date, reads anything."""


@dataclass(frozen=True)
class Needs:
    """Dates per table: those asked for, and those added because a later table reads them."""

    targets: Cells
    history: Cells
    needed_by: Mapping[str, tuple[str, ...]]

    def dates(self, table: str) -> tuple[date, ...]:
        """Every date of a table that is needed, in order."""
        return self._dates.get(table, ())

    @cached_property
    def _dates(self) -> Cells:
        """Every needed date of each table, in order."""
        dates: dict[str, tuple[date, ...]] = {}
        for table in {*self.targets, *self.history}:
            asked, added = self.targets.get(table, ()), self.history.get(table, ())
            dates[table] = tuple(sorted({*asked, *added}))
        return dates

    @cached_property
    def tables(self) -> frozenset[str]:
        """Tables with at least one needed date."""
        return frozenset(table for table, dates in self._dates.items() if dates)

    @property
    def all_dates(self) -> set[date]:
        """The needed dates of all tables together."""
        return {day for table in self.tables for day in self.dates(table)}

    def of(self, tables: Collection[str]) -> Needs:
        """The needed cells of these tables alone."""
        return Needs(
            _of(self.targets, tables), _of(self.history, tables), self.needed_by
        )

    def among(self, days: Collection[date]) -> Needs:
        """The needed cells of these dates alone."""
        return Needs(_on(self.targets, days), _on(self.history, days), self.needed_by)


def _of(cells: Cells, chosen: Collection[str]) -> Cells:
    return {table: days for table, days in cells.items() if table in chosen}


def _on(cells: Cells, chosen: Collection[date]) -> Cells:
    among = chosen.__contains__
    return {table: tuple(filter(among, days)) for table, days in cells.items()}


def cut_start(read: Read, day: GameDay) -> date:
    """The earliest date that a cut lets a target date see; the date itself for same-day cuts."""
    if read.rows != "before":
        return day.game_date
    if read.years is None:
        return day.season_start
    return years_before(day.game_date, read.years)


def years_before(day: date, years: int) -> date:
    """The same day that many years earlier; 28 February for a leap day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def every_cell(_table: str, _day: date) -> bool:
    """That each cell reads what its table reads."""
    return True


def needs(
    catalog: Catalog,
    calendar: Calendar,
    targets: Mapping[str, Collection[date]],
    reads: Reading = every_cell,
    strays: Mapping[str, Collection[date]] | None = None,
) -> Needs:
    """The cells that the targets (table -> dates) need; no history is added for a cell that reads
    nothing.

    `strays`: dates that are not on the schedule and have rows of a table all the same; a cut would
    see them.
    """
    wanted = {table: set(dates) for table, dates in targets.items()}
    readers: dict[str, set[str]] = {}
    for table in reversed(catalog.ordered()):
        reading = [day for day in wanted.get(table, ()) if reads(table, day)]
        for _, read in catalog.upstream(table):
            there = {*calendar.days, *(strays or {}).get(read.table, ())}
            seen = _dates_in_cuts(read, calendar, reading, there)
            if seen - wanted.get(read.table, set()):
                readers.setdefault(read.table, set()).add(table)
            wanted.setdefault(read.table, set()).update(seen)
    added: dict[str, set[date]] = {}
    for table, dates in wanted.items():
        if history := dates.difference(targets.get(table, ())):
            added[table] = history
    needed_by = {table: tuple(sorted(by)) for table, by in readers.items()}
    return Needs(_in_order(targets), _in_order(added), needed_by)


def _in_order(cells: Mapping[str, Collection[date]]) -> Cells:
    return {table: tuple(sorted(dates)) for table, dates in cells.items()}


def _dates_in_cuts(
    read: Read, calendar: Calendar, dates: Collection[date], there: Collection[date]
) -> set[date]:
    """Those of the upstream table's dates (`there`) that the cut of any of these dates contains."""
    if read.rows == "same_day":
        return set(dates)
    cuts: list[tuple[date, date]] = []
    for target in dates:
        if day := calendar.days.get(target):
            start = cut_start(read, day)
            cuts.append((start, day.game_date))
    seen: set[date] = set()
    for start, end in merged(cuts):
        seen.update(day for day in there if start <= day < end)
    return seen


def merged(windows: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The fewest half-open windows that cover the same dates."""
    result: list[tuple[date, date]] = []
    for start, end in sorted(windows):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        elif start < end:
            result.append((start, end))
    return result
