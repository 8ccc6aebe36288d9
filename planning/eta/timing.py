"""Timing: what the tables took when they were last computed, from the batches on record. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from core.grouping import group
from planning.eta.history import Finished


@dataclass(frozen=True, slots=True)
class TableTime:
    """A table's batches in the run that computed it last:
    seconds are of work, whatever ran beside it."""

    table: str
    batches: int
    rows: int
    seconds: float
    finished_at: datetime

    @property
    def rows_per_second(self) -> float | None:
        """None where it took no time that a clock could tell."""
        return self.rows / self.seconds if self.seconds > 0 else None

    def to_json(self) -> dict[str, Any]:
        """Plain data, its time as UTC in ISO 8601."""
        return {
            **asdict(self),
            "seconds": round(self.seconds, 3),
            "finished_at": self.finished_at.isoformat(),
        }


def latest(
    finished: Iterable[Finished], tables: Iterable[str]
) -> tuple[TableTime, ...]:
    """Each of these tables that was ever computed, in its latest run, the slowest first."""
    last: dict[str, TableTime] = {}
    runs = group(finished, attrgetter("table", "run_id"))
    for (table, _), batches in runs.items():
        time = _of_run(table, batches)
        if table not in last or time.finished_at > last[table].finished_at:
            last[table] = time
    return tuple(
        sorted((last[t] for t in tables if t in last), key=lambda t: -t.seconds)
    )


def _of_run(table: str, batches: list[Finished]) -> TableTime:
    rows, seconds = 0, 0.0
    for batch in batches:
        rows += batch.rows
        seconds += batch.seconds
    finished_at = max(batch.finished_at for batch in batches)
    return TableTime(table, len(batches), rows, seconds, finished_at)
