"""The scope of a run: the cells that a selection needs of a warehouse, by phase and table. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from core.errors import ConfigError
from planning.calendar import Calendar
from planning.decisions import Planner, by_design
from planning.eta import Ahead, look_ahead
from planning.needs import Needs, needs
from planning.selection import Selection

Strays = tuple[tuple[str, tuple[date, ...]], ...]
"""Each table with its dates that are not on the schedule and have rows all the same."""
DATES_NAMED = 3
"""Dates that an error names."""


@dataclass(frozen=True)
class Scope:
    """The cells asked for and the history that they need, worked out once.

    `days`: of those cells, the ones of these dates alone; all of them when None.
    """

    planner: Planner
    selection: Selection
    days: frozenset[date] | None = None
    _drawn: dict[Strays, Needs] = field(default_factory=dict, repr=False, compare=False)
    """The needed cells of every date by what they hang on beside calendar and selection."""

    @cached_property
    def needs(self) -> Needs:
        """The needed cells; ConfigError where the schedule has no game on the dates asked for."""
        found = self._whole
        return found if self.days is None else found.among(self.days)

    @cached_property
    def ahead(self) -> Ahead:
        """What a run may compute of the needed cells, at most."""
        return look_ahead(self.planner, self.needs, self.selection.rerun)

    @cached_property
    def phases(self) -> tuple[str, ...]:
        """The phases that hold a needed table, in order."""
        return tuple(filter(self.tables, self.planner.catalog.phase_names))

    @cached_property
    def all_tables(self) -> tuple[str, ...]:
        """The needed tables, upstream first."""
        ordered = self.planner.catalog.ordered()
        return tuple(table for table in ordered if table in self.needs.tables)

    def tables(self, phase: str) -> tuple[str, ...]:
        """The needed tables of a phase, by name."""
        of_phase = self.planner.catalog.tables_of(phase)
        return tuple(table for table in of_phase if table in self.needs.tables)

    def dates(self, phase: str) -> dict[str, tuple[date, ...]]:
        """Table -> its needed dates in order, of the needed tables of a phase."""
        return {table: self.needs.dates(table) for table in self.tables(phase)}

    def reruns(self, table: str) -> tuple[date, ...]:
        """The dates of a table that are to be computed although they are fresh."""
        return self.needs.targets.get(table, ()) if self.selection.rerun else ()

    def among(self, days: Collection[date]) -> Scope:
        """The needed cells of these dates alone."""
        return replace(self, days=frozenset(days))

    def seen_by(self, planner: Planner) -> Scope:
        """The scope as a later planner on the same calendar sees it."""
        return replace(self, planner=planner)

    @property
    def _whole(self) -> Needs:
        """The needed cells of every date."""
        tables = self.planner.catalog.ordered()
        strays = tuple((table, tuple(self.planner.strays(table))) for table in tables)
        if strays not in self._drawn:
            self._drawn[strays] = self._needs_with(dict(strays))
        return self._drawn[strays]

    def _needs_with(self, strays: Mapping[str, Sequence[date]]) -> Needs:
        """The needed cells of every date where tables have rows on these dates beside those of the
        schedule."""
        catalog, calendar = self.planner.catalog, self.planner.calendar
        tables = self.selection.chosen_tables(catalog)
        known = set(calendar.days).union(*strays.values())
        _require_games(self.selection, calendar, known)
        targets = {t: self.selection.chosen_dates(calendar, strays[t]) for t in tables}
        return needs(catalog, calendar, targets, self._reads, strays)

    def _reads(self, table: str, day: date) -> bool:
        """Whether a needed cell reads its history: not one that the calendar skips by design, nor
        any where the selection leaves history out."""
        return not self.selection.only and not self._is_skipped(table, day)

    def _is_skipped(self, table: str, day: date) -> bool:
        """Whether the calendar skips a cell by design, whoever has played enough by then."""
        catalog, game_day = self.planner.catalog, self.planner.calendar.days.get(day)
        outcome = by_design(
            catalog[table], catalog.bootstrap_days(table), game_day, expected=1
        )
        return outcome is not None and outcome.is_skip


def _require_games(
    selection: Selection, calendar: Calendar, known: Collection[date]
) -> None:
    """Raise ConfigError for a range without a known date, and for a single date that is none."""
    start, end = selection.chosen_range(calendar)
    missing = [day for day in selection.dates if day not in known]
    if not missing and any(start <= day <= end for day in known):
        return
    asked = ", ".join(map(str, missing[:DATES_NAMED])) or f"{start}..{end}"
    more = " and others" if len(missing) > DATES_NAMED else ""
    near = _nearest(calendar, missing[0] if missing else start)
    raise ConfigError(
        f"the schedule has no game on {asked}{more}; it has games from {calendar.first} to "
        f"{calendar.last}, the nearest on {near}"
    )


def _nearest(calendar: Calendar, day: date) -> str:
    """The game days around a date, for a sentence."""
    days = sorted({*calendar.days, day})
    return " and ".join(map(str, _neighbours(days, days.index(day))))


def _neighbours(days: list[date], place: int) -> list[date]:
    """The dates before and after a place in a list."""
    before = days[max(place - 1, 0) : place]
    after = days[place + 1 : place + 2]
    return before + after
