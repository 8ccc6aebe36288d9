"""Batches: runs of dates of one table and one season, computed by one statement each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from core.counted import counted
from core.grouping import group
from planning.calendar import Calendar

DATES_PER_BATCH = 366
"""A season at once: its games are ranked once, and a killed run loses seconds."""
ROWS_PER_BATCH = 100_000
"""Rows that are staged at once: more than a season of any table has today, so that memory stays
bounded where one has. A date of more rows stands alone."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The dates of one table computed by one statement; all of one season, in order.

    `code` and `inputs` (date -> input fingerprint) are what its cells are put on record with;
    `attempts`: how often each was tried before.
    """

    table: str
    season: int
    season_start: date
    dates: tuple[date, ...]
    code: str = ""
    inputs: Mapping[date, str] = field(default_factory=dict)
    attempts: Mapping[date, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a person reads: `player_daily_cache 2024-11-05..2024-12-04 · 28 dates`."""
        first, last = self.dates[0], self.dates[-1]
        if first == last:
            return f"{self.table} {first}"
        return f"{self.table} {first}..{last} · {counted(len(self.dates), 'date')}"

    def halves(self) -> tuple[Batch, ...]:
        """The two halves, the earlier first; nothing for a single date."""
        return tuple(replace(self, dates=dates) for dates in _halves_of(self.dates))


def _halves_of(dates: tuple[date, ...]) -> tuple[tuple[date, ...], ...]:
    middle = len(dates) // 2
    if not middle:
        return ()
    earlier = dates[:middle]
    later = dates[middle:]
    return earlier, later


def no_rows(_day: date) -> int:
    """The rows of a date of which nothing is known."""
    return 0


def batches(
    calendar: Calendar,
    table: str,
    dates: Iterable[date],
    size: int = DATES_PER_BATCH,
    rows_on: Callable[[date], int] = no_rows,
) -> Iterator[Batch]:
    """The dates in batches of at most `size` and of about ROWS_PER_BATCH rows, never across a
    season's end.

    `rows_on`: the rows that a date is to hold.
    """
    by_season = group(sorted(dates), lambda day: calendar.days[day].season)
    for season, days in by_season.items():
        start = calendar.days[days[0]].season_start
        for part in _parts(days, size, rows_on):
            yield Batch(table, season, start, tuple(part))


def _parts(
    days: Iterable[date], size: int, rows_on: Callable[[date], int]
) -> Iterator[list[date]]:
    part: list[date] = []
    rows = 0
    for day in days:
        more = rows_on(day)
        if part and (len(part) == size or rows + more > ROWS_PER_BATCH):
            yield part
            part, rows = [], 0
        part.append(day)
        rows += more
    if part:
        yield part
