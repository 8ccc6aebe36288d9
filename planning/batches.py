"""Batches: runs of dates of one table and one season, computed by one statement each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from core.grouping import group
from planning.calendar import Calendar

DATES_PER_BATCH = 110
"""Half a season, one for each of two workers:
few statements to plan, and a killed run loses seconds."""


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
        return f"{self.table} {first}..{last} · {len(self.dates)} dates"

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


def batches(
    calendar: Calendar, table: str, dates: Iterable[date], size: int = DATES_PER_BATCH
) -> Iterator[Batch]:
    """The dates in batches of at most `size`, never across a season's end."""
    by_season = group(sorted(dates), lambda day: calendar.days[day].season)
    for season, days in by_season.items():
        start = calendar.days[days[0]].season_start
        for i in range(0, len(days), size):
            yield Batch(table, season, start, tuple(days[i : i + size]))
