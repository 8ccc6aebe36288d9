"""What a cell holds, as BigQuery hashes it: rows counted,
their fingerprints mixed and summed, in any order.

Compared with what the same functions gave before, never with another engine's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from planning.ledger import NOTHING, Content
from processors.contract import Column

SUMMED_BITS = 2**40
"""A million rows of numbers below this add up inside INT64."""


def per_date(table: str, rows: str, day: str, columns: Sequence[Column]) -> str:
    """Table, date, rows, and two numbers that other rows would not give:
    mixed alone cancels pairs."""
    names = ", ".join(column.name for column in columns)
    row = f"FARM_FINGERPRINT(TO_JSON_STRING(STRUCT({names})))"
    return (
        f"SELECT '{table}' AS table_name, {day} AS as_of, COUNT(*) AS row_count, BIT_XOR({row}) "
        f"AS mixed, SUM(MOD({row}, {SUMMED_BITS})) AS summed FROM {rows} AS hashed GROUP BY as_of"
    )


def content(row: Mapping[str, Any], columns: Sequence[Column]) -> Content:
    """The content that such a row describes."""
    if not row["row_count"]:
        return NOTHING
    numbers = f"{row['row_count']}:{row['mixed'] % 2**64:x}:{row['summed'] % 2**64:x}"
    return Content(row["row_count"], f"{_algorithm(columns)}:{numbers}")


def _algorithm(columns: Sequence[Column]) -> str:
    listed = ",".join(f"{c.name} {c.type}" for c in columns)
    return f"bigquery-farm-{hashlib.sha256(listed.encode()).hexdigest()[:8]}"
