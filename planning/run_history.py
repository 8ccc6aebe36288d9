"""Runs as a warehouse remembers them: what each did to each table, and what was expected. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from planning.eta import Outturn
from planning.selection import Selection


@dataclass(frozen=True, slots=True)
class TableWork:
    """What one run did to one computed table.

    `batches`: statements that published cells. `cells`: those that were computed and published,
    `unchanged` of them with the content that they had before, so that nothing behind them was
    computed again. `quarantined` and `failed`: attempts that were not published. `rows`: those of
    the published cells. `seconds`: of work, whatever ran beside it. `billed_bytes`: None where
    nothing is billed.
    """

    run_id: str
    table: str
    batches: int
    cells: int
    unchanged: int
    quarantined: int
    failed: int
    rows: int
    seconds: float
    billed_bytes: int | None
    started_at: datetime
    finished_at: datetime
    code_version: str

    @property
    def rows_per_second(self) -> float | None:
        """None where it took no time that a clock could tell."""
        return self.rows / self.seconds if self.seconds > 0 else None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run was asked for, in a person's words, when it computed and how it ended, and what
    came of its first estimate.

    `ended_at`: None while it is under way, and for good where it was killed. `outturn`: None where
    its phases were computed by runs of their own. `began_at`: None in records of an earlier
    version. `ending`: the name of the state that it ended in, empty in those as well. `asked`: the
    selection as it was given, which a run is repeated by; None in those too.
    """

    run_id: str
    selection: str
    ended_at: datetime | None
    outturn: Outturn | None
    began_at: datetime | None = None
    ending: str = ""
    asked: Selection | None = None

    @property
    def has_end(self) -> bool:
        """False for a run that was killed or is still under way."""
        return self.ended_at is not None


def latest_records(records: Iterable[RunRecord]) -> dict[str, RunRecord]:
    """Run -> its last record, the latest run first: a run is on record when it begins to compute
    and again when it ends, and one that was resumed begins twice."""
    found: dict[str, RunRecord] = {}
    for record in sorted(records, key=_by_time, reverse=True):
        found.setdefault(record.run_id, record)
    return found


def _by_time(record: RunRecord) -> tuple[datetime, datetime]:
    """When the record's run began, and when the record was made, as far as either is known."""
    known = [at for at in (record.began_at, record.ended_at) if at is not None]
    return known[0], known[-1]
