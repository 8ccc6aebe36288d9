"""Runs as a warehouse remembers them: what each did to each table, and what was expected. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from planning.eta import Outturn


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
    """What a run was asked for, in a person's words, and what came of its first estimate."""

    run_id: str
    selection: str
    ended_at: datetime
    outturn: Outturn


def latest_records(records: list[RunRecord]) -> dict[str, RunRecord]:
    """Run -> its last record: a run that a person let go on after a NO-GO has several."""
    ordered = sorted(records, key=lambda record: record.ended_at)
    return {record.run_id: record for record in ordered}
