"""Batches: dates of one table that one statement computes, of one season or of several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple, Self

from core.counted import counted
from core.grouping import group
from planning.calendar import Calendar

DATES_PER_BATCH = 10_000
"""Where only rows bound a batch: more dates than thirty seasons have."""
ROWS_PER_BATCH = 160_000
"""Rows that are computed at once: four seasons of players, so that memory stays bounded where a
table has many. A date of more rows stands alone."""
ROWS_SIDE_BY_SIDE = 80_000
"""The same of a table that nothing is computed beside: one batch is put in place, by one thread,
while another is computed."""


class Season(NamedTuple):
    """The season of a date: the year that it begins in, and its first game date."""

    year: int
    start: date


@dataclass(frozen=True, slots=True)
class Batch:
    """The dates of one table computed by one statement, in order, and the season of each.

    `code` and `inputs` (date -> input fingerprint) are what its cells are put on record with;
    `attempts`: how often each was tried before.
    """

    table: str
    seasons: tuple[Season, ...]
    dates: tuple[date, ...]
    code: str = ""
    inputs: Mapping[date, str] = field(default_factory=dict)
    attempts: Mapping[date, int] = field(default_factory=dict)

    @classmethod
    def of_season(
        cls, table: str, year: int, start: date, dates: Sequence[date], **record: Any
    ) -> Self:
        """A batch of dates of the season of a year, with its first game date."""
        return cls(table, (Season(year, start),) * len(dates), tuple(dates), **record)

    @property
    def season_start(self) -> date:
        """The first date that the earliest season has a game on: nothing before it is read."""
        return min(season.start for season in self.seasons)

    @property
    def name(self) -> str:
        """What a person reads: `player_daily_cache 2024-11-05..2024-12-04 · 28 dates`."""
        first, last = self.dates[0], self.dates[-1]
        if first == last:
            return f"{self.table} {first}"
        return f"{self.table} {first}..{last} · {counted(len(self.dates), 'date')}"

    def halves(self) -> tuple[Batch, ...]:
        """The two halves, the earlier first; nothing for a single date."""
        middle = len(self.dates) // 2
        if not middle:
            return ()
        return tuple(
            replace(self, dates=self.dates[half], seasons=self.seasons[half])
            for half in (slice(middle), slice(middle, None))
        )


def no_rows(_day: date) -> int:
    """The rows of a date of which nothing is known."""
    return 0


def batches(
    calendar: Calendar,
    table: str,
    dates: Iterable[date],
    size: int = DATES_PER_BATCH,
    rows_on: Callable[[date], int] = no_rows,
    joins_seasons: bool = False,
    most_rows: int = ROWS_PER_BATCH,
) -> Iterator[Batch]:
    """The dates in batches of at most `size` and of about `most_rows`, never across a season's end;
    with `joins_seasons`, several seasons in one where all of their dates fit.

    `rows_on`: the rows that a date is to hold.
    """
    days = calendar.days

    def fits(part: Sequence[date]) -> bool:
        rows = sum(map(rows_on, part))
        return len(part) <= size and rows <= most_rows

    seasons = group(sorted(dates), lambda day: days[day].season)
    together = _joined(seasons.values(), fits) if joins_seasons else seasons.values()
    for dates_together in together:
        for part in _parts(dates_together, size, rows_on, most_rows):
            of_each = tuple(
                Season(days[day].season, days[day].season_start) for day in part
            )
            yield Batch(table, of_each, tuple(part))


def whole_seasons(
    calendar: Calendar,
    dates: Iterable[date],
    rows_on: Callable[[date], int],
    most_rows: int = ROWS_PER_BATCH,
) -> Iterator[Sequence[date]]:
    """The dates in parts of about `most_rows`, none of which cuts a season: one with more rows
    stands alone."""

    def fits(part: Sequence[date]) -> bool:
        return sum(map(rows_on, part)) <= most_rows

    seasons = group(sorted(dates), calendar.season_of)
    return _joined(seasons.values(), fits)


def _joined(
    seasons: Iterable[list[date]], fits: Callable[[Sequence[date]], bool]
) -> Iterator[list[date]]:
    """The dates of as many seasons at once as fit together."""
    together: list[date] = []
    for dates in seasons:
        if together and not fits(together + dates):
            yield together
            together = []
        together = together + dates
    if together:
        yield together


def _parts(
    days: Iterable[date], size: int, rows_on: Callable[[date], int], most_rows: int
) -> Iterator[list[date]]:
    part: list[date] = []
    rows = 0
    for day in days:
        more = rows_on(day)
        if part and (len(part) == size or rows + more > most_rows):
            yield part
            part, rows = [], 0
        part.append(day)
        rows += more
    if part:
        yield part
