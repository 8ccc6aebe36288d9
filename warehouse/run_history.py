"""The runs of one warehouse: what the ledger says that each did, and its record beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from planning.eta import Counted, Estimate, Outturn
from planning.run_history import RunRecord, TableWork, latest_records
from planning.selection import Selection
from warehouse.bookkeeping import RUNS
from warehouse.store import Row, Store, texts

_COUNTS = ("batches", "cells", "unchanged", "quarantined", "failed")
"""Columns that are called as the field of a table's work is."""
_OUTTURN = (
    "seconds",
    "estimate_low",
    "estimate_high",
    "estimate_batches",
    "cells_planned",
    "rows_planned",
    "cells_computed",
    "rows_computed",
)
"""Columns that say what came of an estimate."""


@dataclass(frozen=True)
class RunHistory:
    """The runs in one store."""

    store: Store

    def work(self, tables: Sequence[str], runs: int) -> list[TableWork]:
        """What each of the latest runs did to each of these tables, the latest run first."""
        sql = work_sql(self.store.name("ledger"), runs)
        rows = self.store.rows("history", sql, tables=texts(tables))
        found = list(map(_work_of, rows))
        ended: dict[str, TableWork] = {}
        for work in sorted(found, key=lambda work: work.finished_at):
            ended[work.run_id] = work
        found.sort(key=lambda work: (ended[work.run_id].finished_at, work.started_at))
        return found[::-1]

    def record(self, record: RunRecord) -> None:
        """Append a record of a run; the last one of a run holds."""
        self.store.add(RUNS, [_record_row(record)])

    def records(self) -> list[RunRecord]:
        """The last record of each run, the latest run first.

        A table of an earlier version lacks columns, so none is named.
        """
        sql = f"SELECT * FROM {self.store.name(RUNS.name)}"
        rows = self.store.rows("history", sql)
        latest = latest_records(map(_record_of, rows))
        return list(latest.values())


def work_sql(ledger: str, runs: int) -> str:
    """One row per run and table of the latest runs that worked on @tables.

    Cells that were computed together share the start of their attempt; a cell whose content is
    older than its entry was computed and stayed as it was.
    """
    latest = (
        f"SELECT run_id FROM {ledger} WHERE table_name IN UNNEST(@tables) "
        f"GROUP BY run_id ORDER BY MAX(finished_at) DESC LIMIT {int(runs)}"
    )
    return f"""
WITH batches AS (
  SELECT
    run_id,
    table_name,
    started_at,
    MAX(finished_at) AS finished_at,
    COUNTIF(outcome = 'done') AS done,
    COUNTIF(outcome = 'done' AND changed_at < finished_at) AS unchanged,
    COUNTIF(outcome = 'quarantined') AS quarantined,
    COUNTIF(outcome = 'failed') AS failed,
    SUM(IF(outcome = 'done', row_count, 0)) AS row_count,
    SUM(bytes) AS bytes,
    MAX(code_version) AS code_version
  FROM {ledger}
  WHERE table_name IN UNNEST(@tables) AND run_id IN ({latest})
  GROUP BY run_id, table_name, started_at
)
SELECT
  run_id,
  table_name,
  COUNTIF(done > 0) AS batches,
  SUM(done) AS cells,
  SUM(unchanged) AS unchanged,
  SUM(quarantined) AS quarantined,
  SUM(failed) AS failed,
  SUM(row_count) AS row_count,
  SUM(IF(done > 0, UNIX_MICROS(finished_at) - UNIX_MICROS(started_at), 0)) AS microseconds,
  SUM(bytes) AS bytes,
  MIN(started_at) AS started_at,
  MAX(finished_at) AS finished_at,
  MAX(code_version) AS code_version
FROM batches
WHERE done + quarantined + failed > 0
GROUP BY run_id, table_name
"""


def _work_of(row: Mapping[str, Any]) -> TableWork:
    billed = row["bytes"]
    counts = {name: int(row[name]) for name in _COUNTS}
    return TableWork(
        run_id=row["run_id"],
        table=row["table_name"],
        **counts,
        rows=int(row["row_count"]),
        seconds=int(row["microseconds"]) / 1e6,
        billed_bytes=None if billed is None else int(billed),
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        code_version=row["code_version"],
    )


def _record_row(record: RunRecord) -> Row:
    return {
        "run_id": record.run_id,
        "selection": record.selection,
        "ended_at": record.ended_at,
        **_outturn_row(record.outturn),
        "began_at": record.began_at,
        "ending": record.ending or None,
        "asked": record.asked.model_dump_json() if record.asked else None,
    }


def _outturn_row(outturn: Outturn | None) -> Row:
    """What came of an estimate; NULL in every column where there is nothing of it."""
    if outturn is None:
        return dict.fromkeys(_OUTTURN)
    first = outturn.estimate
    figures = (
        outturn.seconds,
        first.low if first else None,
        first.high if first else None,
        first.batches if first else None,
        outturn.planned.cells,
        outturn.planned.rows,
        outturn.done.cells,
        outturn.done.rows,
    )
    return dict(zip(_OUTTURN, figures, strict=True))


def _record_of(row: Mapping[str, Any]) -> RunRecord:
    return RunRecord(
        run_id=row["run_id"],
        selection=row["selection"],
        ended_at=row["ended_at"],
        outturn=_outturn_of(row),
        began_at=row.get("began_at"),
        ending=row.get("ending") or "",
        asked=_selection_of(row.get("asked")),
    )


def _selection_of(spelled: str | None) -> Selection | None:
    """The selection that a run was given; None where that was not kept, or by another version."""
    if not spelled:
        return None
    try:
        return Selection.model_validate_json(spelled)
    except ValidationError:
        return None


def _outturn_of(row: Mapping[str, Any]) -> Outturn | None:
    if row["seconds"] is None:
        return None
    low, high = row["estimate_low"], row["estimate_high"]
    first = None if low is None else Estimate(low, high, row["estimate_batches"])
    planned = Counted(row["cells_planned"], row["rows_planned"])
    done = Counted(row["cells_computed"], row["rows_computed"])
    return Outturn(first, row["seconds"], planned, done)
