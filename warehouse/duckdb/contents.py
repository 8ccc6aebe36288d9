"""What cells hold, as DuckDB hashes it.

The prefix of a fingerprint names the hash function (by what it makes of a fixed row) and the
columns, so that another version or another contract is told apart, not called damage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from core.dates import same_day
from planning.ledger import Content
from processors.contract import Column
from warehouse.duckdb.engine import Cursor, count, fetch_rows

Algorithm = Callable[[Sequence[Column]], str]
_PROBE = "SELECT HASH(1::BIGINT, 'a', 0.5::DOUBLE, DATE '2024-01-01', TRUE, NULL::VARCHAR)::HUGEINT"


def table_contents(
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
    among = (
        f"WHERE {date_column} IN (SELECT UNNEST($dates))" if dates is not None else ""
    )
    digest = digest_of(column.name for column in columns)
    sql = (
        f"SELECT {day} AS as_of, COUNT(*) AS row_count, {digest} AS digest "
        f"FROM {name} {among} GROUP BY ALL"
    )
    rows = fetch_rows(cursor, sql, {"dates": list(dates or ())})
    # Without dates, an empty table is one group of nothing.
    return {
        same_day(row["as_of"]): content_of(row["row_count"], row["digest"], algorithm)
        for row in rows
        if row["row_count"]
    }


def hash_algorithm(cursor: Cursor) -> Algorithm:
    """A function that names the hashing of a table's columns:
    engine, its hash function, the columns."""
    probe = count(cursor, _PROBE) % 2**32

    def algorithm(columns: Sequence[Column]) -> str:
        listed = ",".join(f"{column.name} {column.type}" for column in columns)
        digest = hashlib.sha256(listed.encode()).hexdigest()
        return f"duckdb-{probe:08x}-{digest[:8]}"

    return algorithm


def digest_of(columns: Iterable[str]) -> str:
    """The SQL of what rows hold in these columns, in any order: the sum of their hashes."""
    return f"SUM(HASH({', '.join(columns)})::HUGEINT)"


def content_of(rows: int, digest: int, algorithm: str) -> Content:
    """So many rows with that sum of hashes."""
    fingerprint = f"{algorithm}:{rows}:{int(digest) % 2**64:x}"
    return Content(rows, fingerprint)
