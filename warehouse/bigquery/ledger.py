"""What only BigQuery asks of the ledger: with its audit, what a batch follows from; what a run was
billed; and which of the evidence in a quarantine that only grows still holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from planning.cells import Outcome
from planning.ledger import BEGINNING, Content, Entry, Record
from warehouse.ledger import COLUMNS, LATEST_FIRST

KNOWN = (
    "attempt",
    "held_outcome",
    "held_rows",
    "held_fingerprint",
    "held_digest",
    "held_changed_at",
)
"""What a batch needs to know of a cell's earlier entries, in one row with its audit."""


def entries_on_record(name: str) -> str:
    """One row per cell of @table on @dates:
    its last attempt, and its last entry other than failed."""
    return f"""
SELECT
  cell_date AS as_of,
  MAX(attempt) AS attempt,
  MAX(IF(outcome != 'failed', outcome, NULL)) AS held_outcome,
  MAX(IF(outcome != 'failed', row_count, NULL)) AS held_rows,
  MAX(IF(outcome != 'failed', output_fingerprint, NULL)) AS held_fingerprint,
  MAX(IF(outcome != 'failed', digest, NULL)) AS held_digest,
  MAX(IF(outcome != 'failed', changed_at, NULL)) AS held_changed_at
FROM (
  SELECT {COLUMNS} FROM {name} WHERE table_name = @table AND cell_date IN UNNEST(@dates)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY cell_date, outcome = 'failed' {LATEST_FIRST}) = 1
) AS latest
GROUP BY cell_date
"""


def evidence_on_record(quarantine: str, name: str) -> str:
    """What was kept of a cell (@table, @day) when it was last quarantined,
    unless it was published since."""
    of_cell = "table_name = @table AND cell_date = @day"
    return f"""
SELECT check_name, breaking, keys
FROM {quarantine}
WHERE {of_cell}
  AND kept_at = (
    SELECT MAX(IF(outcome = 'quarantined', finished_at, NULL)) FROM (
      SELECT outcome, finished_at FROM {name} WHERE {of_cell} AND outcome IN ('quarantined', 'done')
      QUALIFY ROW_NUMBER() OVER ({LATEST_FIRST}) = 1
    ) AS latest
  )
ORDER BY check_name
"""


def billed_bytes(name: str) -> str:
    """The bytes that the batches of @run_id were billed."""
    return f"SELECT SUM(bytes) AS bytes FROM {name} WHERE run_id = @run_id"


def record_of(table: str, day: date, row: Mapping[str, Any]) -> Record | None:
    """What `entries_on_record` says of a cell, as far as the next entry
    follows from it; None when it never was."""
    if row["attempt"] is None:
        return None
    last_entry = Entry(table, day, Outcome.FAILED, attempt=row["attempt"])
    if row["held_outcome"] is None:
        return Record(last_entry, None)
    held = Entry(
        table,
        day,
        Outcome(row["held_outcome"]),
        Content(row["held_rows"], row["held_fingerprint"] or ""),
        digest=row["held_digest"] or "",
        changed_at=row["held_changed_at"] or BEGINNING,
        attempt=row["attempt"],
    )
    return Record(last_entry, held)
