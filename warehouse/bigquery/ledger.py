"""The ledger on BigQuery: its statements, and its rows as entries
and back. Rows are written in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from planning.cells import Outcome
from planning.ledger import BEGINNING, Content, Entry, Record
from warehouse.bigquery.bookkeeping import LEDGER
from warehouse.bigquery.parameters import Structs

Row = Mapping[str, Any]
COLUMNS = ", ".join(LEDGER)
_LATEST_FIRST = "ORDER BY finished_at DESC, run_id DESC, attempt DESC"
KNOWN = (
    "attempt",
    "held_outcome",
    "held_rows",
    "held_fingerprint",
    "held_digest",
    "held_changed_at",
)
"""What a batch needs to know of a cell's earlier entries, in one row with its audit."""

FINISHED = ("table_name", "row_count", "run_id", "started_at", "finished_at")
"""Columns of `batches`, in the order of planning.history.Finished."""


def last(name: str, of_dates: bool = False) -> str:
    """The last entries, failed ones apart, of every cell of @tables, or of those on @dates."""
    among = "AND cell_date IN UNNEST(@dates) " if of_dates else ""
    return (
        f"SELECT {COLUMNS} FROM {name} WHERE table_name IN UNNEST(@tables) {among}QUALIFY "
        "ROW_NUMBER() OVER (PARTITION BY table_name, cell_date, outcome = 'failed' "
        f"{_LATEST_FIRST}) = 1"
    )


def known(name: str) -> str:
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
  QUALIFY ROW_NUMBER() OVER (PARTITION BY cell_date, outcome = 'failed' {_LATEST_FIRST}) = 1
) AS latest
GROUP BY cell_date
"""


def entries_of(name: str, dated: bool) -> str:
    """Every entry of one cell (@table, @day, or no date at all), the earliest first."""
    day = "cell_date = @day" if dated else "cell_date IS NULL"
    return (
        f"SELECT {COLUMNS} FROM {name} WHERE table_name = @table AND {day} "
        "ORDER BY finished_at, run_id, attempt"
    )


def latest(name: str) -> str:
    """When the ledger was last written to."""
    return f"SELECT MAX(finished_at) AS latest FROM {name}"


def batches(name: str, limit: int) -> str:
    """The last batches of @tables of which cells were published, the latest first."""
    return (
        "SELECT table_name, SUM(row_count) AS row_count, run_id, started_at, MAX(finished_at) "
        f"AS finished_at FROM {name} WHERE outcome = 'done' AND table_name IN UNNEST(@tables) "
        "GROUP BY table_name, run_id, started_at ORDER BY finished_at DESC, table_name LIMIT "
        f"{int(limit)}"
    )


def kept_evidence(quarantine: str, name: str) -> str:
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
      QUALIFY ROW_NUMBER() OVER ({_LATEST_FIRST}) = 1
    ) AS latest
  )
ORDER BY check_name
"""


def insertion(name: str) -> str:
    """Adds @entries."""
    return inserted(name, LEDGER)


def inserted(name: str, types: Mapping[str, str]) -> str:
    """Adds @entries, structs of a table's columns, to the table."""
    columns = ", ".join(types)
    values = ", ".join(f"entry.{column}" for column in types)
    return f"INSERT INTO {name} ({columns}) SELECT {values} FROM UNNEST(@entries) AS entry"


def billed(name: str) -> str:
    """The bytes that the batches of @run_id were billed."""
    return f"SELECT SUM(bytes) AS bytes FROM {name} WHERE run_id = @run_id"


def rows(entries: Iterable[Entry]) -> Structs:
    """Entries as the parameter of an insertion."""
    return Structs(LEDGER, [_row(entry) for entry in entries])


def _row(entry: Entry) -> dict[str, Any]:
    plain = {column: getattr(entry, column) for column in LEDGER if hasattr(entry, column)}
    return plain | {
        "table_name": entry.table,
        "cell_date": entry.day,
        "outcome": entry.outcome.value,
        "row_count": entry.content.rows,
        "input_fingerprint": entry.inputs,
        "code_fingerprint": entry.code,
        "output_fingerprint": entry.content.fingerprint or None,
        "digest": entry.digest or None,
    }


def entry(row: Row) -> Entry:
    """An entry from a row of the ledger."""
    same = (
        "expected",
        "run_id",
        "attempt",
        "bytes",
        "code_version",
        "error_class",
        "error_message",
    )
    content = Content(row["row_count"], row["output_fingerprint"] or "")
    return Entry(
        table=row["table_name"],
        day=row["cell_date"],
        outcome=Outcome(row["outcome"]),
        content=content,
        inputs=row["input_fingerprint"],
        code=row["code_fingerprint"],
        digest=row["digest"] or "",
        changed_at=row["changed_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        **{column: row[column] for column in same},
    )


def known_record(table: str, day: date, row: Row) -> Record | None:
    """What `known` says of a cell, as far as the next entry
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
