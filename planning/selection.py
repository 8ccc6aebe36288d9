"""What a person asks for: dates and tables, as typed; and what that means on a calendar."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.counted import counted
from core.errors import ConfigError
from core.remedy import LOAD, Words
from planning.calendar import Calendar
from processors.catalog import Catalog

FIRST_SEASON, LAST_SEASON = 1946, 2198
"""Starting years that a person may name: the league's first, and one with room behind it."""
MOST_DAYS = 36_525
"""Days that a person may ask for at once: a century."""


class Selection(BaseModel):
    """The cells asked for; empty means everything. Frozen, unknown keys refused.

    `phases`, `tables`: where both are named, the tables of the phases and the named ones together.
    `start`, `end`: both included. `last_days`: the days up to the schedule's latest final game.
    `dates`: single dates instead of a range. `only`: no history is added. `rerun`: compute fresh
    cells again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: date | None = Field(
        default=None,
        description="first date, included; the schedule's first by default",
    )
    end: date | None = Field(
        default=None, description="last date, included; the schedule's last by default"
    )
    last_days: int | None = Field(
        default=None, ge=1, description="days up to the latest final game"
    )
    dates: tuple[date, ...] = Field(
        default=(), description="single dates instead of a range"
    )
    phases: tuple[str, ...] = Field(
        default=(), description="phases; with tables, their tables as well"
    )
    tables: tuple[str, ...] = Field(
        default=(), description="tables; with phases, those of the phases as well"
    )
    only: bool = Field(
        default=False, description="leave out the history that the range needs"
    )
    rerun: bool = Field(
        default=False, description="compute cells again although they are fresh"
    )

    @model_validator(mode="after")
    def _one_way_to_name_dates(self) -> Self:
        if self._ways_to_name_dates() > 1:
            raise ValueError(
                "name the dates in one way: start and end, or last_days, or dates"
            )
        if self.start and self.end and self.start > self.end:
            raise ValueError(f"start {self.start} is after end {self.end}; swap them")
        return self

    def _ways_to_name_dates(self) -> int:
        has_range = self.start is not None or self.end is not None
        return sum((bool(self.dates), self.last_days is not None, has_range))

    def __str__(self) -> str:
        """As a person would say it; used in the names of runs."""
        what = ", ".join((*self.phases, *self.tables)) or "all tables"
        if self.dates:
            more = "…" if len(self.dates) > 3 else ""
            return f"{what} · {', '.join(map(str, self.dates[:3]))}{more}"
        if self.last_days:
            return f"{what} · last {counted(self.last_days, 'day')}"
        if self.start or self.end:
            return f"{what} · {self.start or 'first'}..{self.end or 'last'}"
        return f"{what} · whole schedule"

    def chosen_tables(self, catalog: Catalog) -> tuple[str, ...]:
        """The tables asked for, upstream first; ConfigError for a name that is not there."""
        phases = {catalog.phase(name).name for name in self.phases}
        named = {catalog[table].name for table in self.tables}
        if not phases and not named:
            return catalog.ordered()
        return tuple(
            t for t in catalog.ordered() if t in named or catalog[t].phase in phases
        )

    def chosen_range(self, calendar: Calendar) -> tuple[date, date]:
        """First and last date asked for; ConfigError where there is no schedule, or no game of it
        counts."""
        if not calendar:
            raise ConfigError(*without_game_days(calendar))
        if self.dates:
            return min(self.dates), max(self.dates)
        if self.last_days:
            return _up_to_the_latest(calendar, self.last_days)
        start, end = self.start or calendar.first, self.end or calendar.last
        if start > end:
            asked = f"from {start} on" if self.start else f"up to {end}"
            raise ConfigError(
                f"the schedule has no game {asked}; it has games from {calendar.first} to "
                f"{calendar.last}"
            )
        return start, end

    def chosen_dates(
        self, calendar: Calendar, strays: Collection[date] = ()
    ) -> tuple[date, ...]:
        """The dates asked for that are on the schedule, and those that are not and have rows all
        the same; single dates are kept even where there is nothing."""
        start, end = self.chosen_range(calendar)
        if self.dates:
            return tuple(sorted(set(self.dates)))
        from_the_first, to_the_last = (
            self.start is None and self.last_days is None,
            self.end is None,
        )
        held = (
            d
            for d in strays
            if (from_the_first or d >= start) and (to_the_last or d <= end)
        )
        return tuple(sorted({*calendar.between(start, end), *held}))


def without_game_days(calendar: Calendar) -> Words:
    """That there is no game day, and what to load."""
    games = calendar.uncounted_games
    if not games:
        return ("the warehouse has no schedule; load one: ", *LOAD)
    return (
        f"the schedule has {counted(games, 'game')}, and none that counts: of preseason and "
        "all-star games nothing is computed; load games of a regular season, play-in, play-offs "
        "or cup: ",
        *LOAD,
    )


def _up_to_the_latest(calendar: Calendar, days: int) -> tuple[date, date]:
    """The last days up to the latest final game; the schedule's last date where none is."""
    latest = _latest_final_date(calendar)
    # More days than the schedule has are all of it.
    back = min(days - 1, max((latest - calendar.first).days, 0))
    return latest - timedelta(days=back), latest


def _latest_final_date(calendar: Calendar) -> date:
    final = [day.game_date for day in calendar.days.values() if day.final_games]
    return final[-1] if final else calendar.last
