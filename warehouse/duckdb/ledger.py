"""The ledger and the content of tables on DuckDB:
read, hash, append. A write is the caller's transaction.

What a cell holds is hashed by DuckDB itself; the prefix of a fingerprint names the function (by
what it makes of a fixed row) and the columns, so that another version or another contract is told
apart, not called damage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from planning.cells import Outcome
from planning.history import Finished
from planning.ledger import Content, Entry, Record, records
from processors.contract import Column
from warehouse.duckdb.engine import Cursor, Row, count, fetched, used

COLUMNS = {
    "table_name": "VARCHAR",
    "cell_date": "DATE",
    "outcome": "VARCHAR",
    "row_count": "BIGINT",
    "expected": "BIGINT",
    "input_fingerprint": "VARCHAR",
    "code_fingerprint": "VARCHAR",
    "output_fingerprint": "VARCHAR",
    "digest": "VARCHAR",
    "changed_at": "TIMESTAMPTZ",
    "run_id": "VARCHAR",
    "attempt": "BIGINT",
    "started_at": "TIMESTAMPTZ",
    "finished_at": "TIMESTAMPTZ",
    "bytes": "BIGINT",
    "code_version": "VARCHAR",
    "error_class": "VARCHAR",
    "error_message": "VARCHAR",
}
DDL = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
TABLE = "nba_backfill.ledger"

_ARROW = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "BIGINT": pa.int64(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
}
_SCHEMA = pa.schema([(name, _ARROW[kind]) for name, kind in COLUMNS.items()])
# Times travel as whole microseconds: fetched as such they cost a tenth of fetched time zones.
_FETCHED = ", ".join(
    f"epoch_us({name}) AS {name}" if kind == "TIMESTAMPTZ" else name
    for name, kind in COLUMNS.items()
)
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_REST = tuple(COLUMNS)[tuple(COLUMNS).index("changed_at") :]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PROBE = "SELECT HASH(1::BIGINT, 'a', 0.5::DOUBLE, DATE '2024-01-01', TRUE, NULL::VARCHAR)::HUGEINT"


def append(cursor: Cursor, entries: Iterable[Entry]) -> None:
    """Add entries; nothing is ever changed or taken away."""
    rows = [_row(entry) for entry in entries]
    if rows:
        cursor.register("incoming_entries", pa.Table.from_pylist(rows, schema=_SCHEMA))
        cursor.execute(f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) SELECT * FROM incoming_entries")
        cursor.unregister("incoming_entries")


def last(
    cursor: Cursor, tables: Collection[str], dates: Collection[date] | None = None
) -> dict[str, dict[date | None, Record]]:
    """Table -> date -> record, of all cells of these tables or those of some dates;
    a table never heard of has none."""
    among = "AND cell_date IN (SELECT UNNEST($dates))" if dates is not None else ""
    sql = (
        f"SELECT {_FETCHED} FROM {TABLE} AS ledger WHERE table_name IN (SELECT UNNEST($tables)) "
        f"{among} QUALIFY ROW_NUMBER() OVER (PARTITION BY table_name, cell_date, outcome = "
        "'failed' ORDER BY ledger.finished_at DESC, run_id DESC, attempt DESC) = 1"
    )
    cursor.execute(sql, used(sql, {"tables": list(tables), "dates": list(dates or ())}))
    found = records(map(_entry, cursor.fetchall()))
    return {table: found.get(table, {}) for table in tables}


def entries(cursor: Cursor, table: str, day: date | None) -> list[Entry]:
    """Every entry of one cell, the earliest first."""
    sql = (
        f"SELECT {_FETCHED} FROM {TABLE} AS ledger WHERE table_name = $table AND cell_date IS "
        "NOT DISTINCT FROM $day ORDER BY ledger.finished_at, run_id, attempt"
    )
    cursor.execute(sql, {"table": table, "day": day})
    return [_entry(row) for row in cursor.fetchall()]


def batches(cursor: Cursor, tables: Collection[str], limit: int) -> list[Finished]:
    """The last batches of these tables of which cells were published, the latest first."""
    sql = (
        "SELECT table_name, SUM(row_count)::BIGINT, run_id, epoch_us(started_at), "
        f"epoch_us(MAX(finished_at)) AS ended FROM {TABLE} "
        "WHERE outcome = 'done' AND table_name IN (SELECT UNNEST($tables)) "
        "GROUP BY table_name, run_id, started_at ORDER BY ended DESC, table_name LIMIT $limit"
    )
    cursor.execute(sql, {"tables": list(tables), "limit": limit})
    return [
        Finished(table, rows, run_id, _time(started), _time(ended))
        for table, rows, run_id, started, ended in cursor.fetchall()
    ]


def latest(cursor: Cursor) -> datetime:
    """When the ledger was last written to; the epoch for an empty one."""
    return _time(count(cursor, f"SELECT COALESCE(epoch_us(MAX(finished_at)), 0) FROM {TABLE}"))


def contents(
    cursor: Cursor,
    name: str,
    date_column: str | None,
    columns: Sequence[Column],
    algorithm: str,
    dates: Collection[date] | None = None,
) -> dict[date | None, Content]:
    """Rows and hash per date of a table, whatever the order of its rows;
    under None where it has no dates."""
    day = date_column or "NULL::DATE"
    among = f"WHERE {date_column} IN (SELECT UNNEST($dates))" if dates is not None else ""
    sql = (
        f"SELECT {day} AS as_of, COUNT(*) AS row_count, "
        f"SUM(HASH({', '.join(c.name for c in columns)})::HUGEINT) AS digest FROM {name} {among} "
        "GROUP BY ALL"
    )
    return {
        row["as_of"]: Content(
            row["row_count"], f"{algorithm}:{row['row_count']}:{int(row['digest']) % 2**64:x}"
        )
        for row in fetched(cursor, sql, {"dates": list(dates or ())})
        if row["row_count"]  # without dates, an empty table is one group of nothing
    }


def hashing(cursor: Cursor) -> Callable[[Sequence[Column]], str]:
    """A function that names the hashing of a table's columns:
    engine, its hash function, the columns."""
    probe = count(cursor, _PROBE) % 2**32

    def algorithm(columns: Sequence[Column]) -> str:
        listed = ",".join(f"{c.name} {c.type}" for c in columns)
        return f"duckdb-{probe:08x}-{hashlib.sha256(listed.encode()).hexdigest()[:8]}"

    return algorithm


def _row(entry: Entry) -> Row:
    return {
        "table_name": entry.table,
        "cell_date": entry.day,
        "outcome": entry.outcome.value,
        "row_count": entry.content.rows,
        "input_fingerprint": entry.inputs,
        "code_fingerprint": entry.code,
        "output_fingerprint": entry.content.fingerprint or None,
        "digest": entry.digest or None,
        **{name: getattr(entry, name) for name in ("expected", *_REST)},
    }


def _entry(row: tuple[Any, ...]) -> Entry:
    """An entry from a row in the order of COLUMNS."""
    table, day, outcome, rows, expected, inputs, code, output, digest, *rest = row
    changed_at, run_id, attempt, started_at, finished_at, *told = rest
    return Entry(
        table,
        day,
        _OUTCOMES[outcome],
        Content(rows, output or ""),
        expected,
        inputs,
        code,
        digest or "",
        _time(changed_at),
        run_id,
        attempt,
        _time(started_at),
        _time(finished_at),
        *told,
    )


def _time(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
