"""Finished batches, and what they say of one to come: two bounds, never one number. Pure.

A batch takes a fixed time and a time for its rows, and nobody knows how much of each; so a batch of
one size speaks for another within two bounds, and the nearer the sizes the closer they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import log2
from operator import attrgetter
from statistics import quantiles
from typing import NamedTuple

from core.grouping import group

ALIKE, LATEST, PACED = 12, 200, 50
"""Finished batches that one is compared with, out of so many of its table;
and that tell a run's pace."""
PAUSE_SECONDS = 60.0
"""A longer wait inside a run is a person's or another day's, and none to expect again."""
FAR_APART = 4.0
"""Bounds of which one is more times the other are those of batches of another size."""
FIRST_SECONDS = 1.0
"""A run is not judged by its first moment, when everything is cold."""
SHORTEST_SECONDS = 0.001
"""No batch is computed in less: the system's clock was set back meanwhile."""


class Span(NamedTuple):
    """Seconds, from the fewest to the most to expect."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Finished:
    """A batch that was published: its rows, by which run, and when."""

    table: str
    rows: int
    run_id: str
    started_at: datetime
    finished_at: datetime

    @property
    def seconds(self) -> float:
        """What it took to stage, audit and publish it."""
        return (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class History:
    """Finished batches, the latest first."""

    finished: Sequence[Finished]

    @cached_property
    def _of_table(self) -> Mapping[str, Sequence[Finished]]:
        return {
            table: found[:LATEST]
            for table, found in group(self.finished, attrgetter("table")).items()
        }

    def of_batch(self, table: str, rows: float) -> Span:
        """What a batch of so many rows takes: by the table's batches nearest in size, the latest of
        those; by all tables' where none of this one is known."""
        known = self._of_table.get(table, self.finished[:LATEST])
        alike = sorted(known, key=lambda batch: _octaves(batch.rows, rows))[:ALIKE]
        scaled = [(b.seconds, b.seconds * max(rows, 1) / max(b.rows, 1)) for b in alike]
        return Span(usual(map(min, scaled)).low, usual(map(max, scaled)).high)

    def joined(self, run: Iterable[Finished]) -> History:
        """With the batches of a run, of the tables that are not known yet."""
        added = [batch for batch in run if batch.table not in self._of_table]
        return history([*added, *self.finished]) if added else self

    def pace(self, run: Sequence[Finished]) -> float:
        """Ratio of actual to expected duration over a run's latest batches; 1 while they stay
        within the bounds.

        Bounds far apart, as those of a sample's dates among batches of half a season, say nothing
        of it.
        """
        took = low = high = 0.0
        for batch in run[-PACED:] if self.finished else ():
            span = self.of_batch(batch.table, batch.rows)
            if span.high <= FAR_APART * span.low:
                took += batch.seconds
                low += span.low
                high += span.high
        return (took + FIRST_SECONDS) / (min(max(took, low), high) + FIRST_SECONDS)

    @cached_property
    def at_once(self) -> float:
        """How many batches ran at once while any did, on average."""
        busy = sum(_busy_and_waiting(run)[0] for run in self._runs)
        return sum(b.seconds for b in self.finished) / busy

    @cached_property
    def between_tables(self) -> Span:
        """What a run waits between one table and the next: plans, gates, other people's turns."""
        waits = list(self._waits_between_tables())
        return usual(waits) if waits else Span(0, 0)

    def _waits_between_tables(self) -> Iterator[float]:
        """The mean wait of each run that computed several tables."""
        for run in self._runs:
            tables = {batch.table for batch in run}
            if len(tables) > 1:
                _, waiting = _busy_and_waiting(run)
                yield waiting / (len(tables) - 1)

    @cached_property
    def _runs(self) -> Sequence[Sequence[Finished]]:
        return list(group(self.finished, attrgetter("run_id")).values())


def history(finished: Iterable[Finished]) -> History:
    """These batches as a history, in whatever order they come."""
    true = (batch for batch in finished if batch.seconds >= SHORTEST_SECONDS)
    return History(sorted(true, key=attrgetter("finished_at"), reverse=True))


def usual(numbers: Iterable[float]) -> Span:
    """The middle half of them, made wider the fewer there are:
    one alone is half as much or twice."""
    listed = list(numbers)
    low, _, high = _quartiles(listed)
    doubt = 1 + 1 / len(listed)
    return Span(low / doubt, high * doubt)


def _quartiles(numbers: list[float]) -> list[float]:
    """The three of them; of a single number, itself."""
    if len(numbers) < 2:
        return numbers * 3
    return quantiles(
        numbers,
        n=4,
        method="inclusive",
    )


def _octaves(rows: float, others: float) -> int:
    """How many times one is twice the other, rounded: batches as near as this are of one size."""
    return round(abs(log2(max(rows, 1) / max(others, 1))))


def _busy_and_waiting(run: Iterable[Finished]) -> tuple[float, float]:
    """Seconds in which batches of a run were computed, and seconds of waiting between them."""
    busy = waiting = 0.0
    end: datetime | None = None
    for batch in sorted(run, key=attrgetter("started_at")):
        gap = (batch.started_at - end).total_seconds() if end else 0.0
        waiting += gap if 0 < gap <= PAUSE_SECONDS else 0.0
        start = max(end, batch.started_at) if end else batch.started_at
        busy += max((batch.finished_at - start).total_seconds(), 0.0)
        end = max(start, batch.finished_at)
    return busy, waiting
