"""The audit of a computed batch: what breaks its contract, with some of the keys that do, and what
the ledger is told of each date."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from core.counted import counted
from core.errors import PermanentWarehouseError
from planning.batches import Batch
from planning.cells import CellBreach, CellState, Outcome
from planning.ledger import NOTHING, Content, Entry
from processors.conditions import conditions
from processors.contract import Contract
from warehouse.store import Row

EVIDENCE_KEYS = 20
"""Keys that are kept of each check that a date breaks."""
AT_ONCE = 100
"""Breaches whose keys are looked for by one statement, far below what its text may hold."""

Breaches = Mapping[date, tuple[CellBreach, ...]]
Counts = Mapping[date, Mapping[str, int]]
"""Date -> check -> rows or keys of the date that break it."""
Breaking = Sequence[tuple[date, str]]
"""Dates, each with a check that it breaks."""


def require_own_dates(batch: Batch, rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise PermanentWarehouseError where rows of a batch are of a date outside it."""
    for row in rows:
        if row["as_of"] not in batch.dates:
            raise PermanentWarehouseError(
                f"{batch.table}: the query gave {_rows_given(row['row_count'])} of "
                f"{row['as_of']}, a date outside its batch; select `as_of` as the date column"
            )


def _rows_given(count: int | None) -> str:
    """How many rows a query gave, where the engine counted them."""
    return counted(count, "row") if count else "some rows"


def broken_keys(cell: CellState) -> dict[str, int]:
    """Check of a cell's keys -> how many keys break it."""
    return {
        "missing_keys": cell.missing,
        "unexpected_keys": cell.unexpected,
        "duplicate_keys": cell.duplicates,
    }


def broken_rows(row: Mapping[str, Any], contract: Contract) -> dict[str, int]:
    """Check of a date's rows -> how many rows break it, from a row of `statements.audit`."""
    counts = {"orphans": int(row["orphans"] or 0)}
    for number, name in enumerate(conditions(contract)):
        counts[name] = int(row[f"check_{number}"] or 0)
    return counts


def find_breaches(
    counts: Counts, find_keys: Callable[[Breaking], Sequence[Row]]
) -> Breaches:
    """Date -> breaches of its contract, with up to 20 breaking keys each; empty when all is well.

    `find_keys`: the rows of `statements.breaking_keys`.
    """
    broken = {day: _more_than_none(counts[day]) for day in sorted(counts)}
    breaking = [(day, check) for day, checks in broken.items() for check in checks]
    keys = _breaking_keys(breaking, find_keys)
    breaches: dict[date, tuple[CellBreach, ...]] = {}
    for day, check in breaking:
        breach = CellBreach(check, broken[day][check], tuple(sorted(keys[day, check])))
        breaches[day] = (*breaches.get(day, ()), breach)
    return breaches


def _breaking_keys(
    breaking: Breaking, find_keys: Callable[[Breaking], Sequence[Row]]
) -> Mapping[tuple[date, str], Sequence[str]]:
    """Date and check -> some of the keys that break it, a few dates at a time."""
    keys: dict[tuple[date, str], list[str]] = defaultdict(list)
    for start in range(0, len(breaking), AT_ONCE):
        for row in find_keys(breaking[start : start + AT_ONCE]):
            keys[row["as_of"], row["check_name"]].append(row["breaking_key"])
    return keys


def _more_than_none(counts: Mapping[str, int]) -> dict[str, int]:
    return {check: number for check, number in counts.items() if number}


def evidence_rows(
    table: str, breaches: Breaches, run_id: str, at: datetime
) -> list[Row]:
    """Breaches as rows of the quarantine."""
    return [
        {
            "table_name": table,
            "cell_date": day,
            "check_name": breach.check,
            "breaking": breach.count,
            "keys": json.dumps(breach.keys),
            "run_id": run_id,
            "kept_at": at,
        }
        for day, broken in breaches.items()
        for breach in broken
    ]


def breach_of(row: Mapping[str, Any]) -> CellBreach:
    """A breach from its row of the quarantine."""
    keys = json.loads(row["keys"])
    return CellBreach(row["check_name"], row["breaking"], tuple(keys))


def batch_entry(
    batch: Batch,
    day: date,
    content: Content | None,
    expected: int | None,
    broken: Sequence[CellBreach],
    started: datetime,
) -> Entry:
    """The entry of a date of a batch, which holds `content` unless it broke its contract."""
    inputs, code = batch.inputs.get(day), batch.code or None
    if not broken:
        return Entry(
            batch.table,
            day,
            Outcome.DONE,
            content or NOTHING,
            expected or 0,
            inputs,
            code,
            started_at=started,
        )
    return Entry(
        batch.table,
        day,
        Outcome.QUARANTINED,
        expected=expected or 0,
        inputs=inputs,
        code=code,
        started_at=started,
        error_class=", ".join(sorted(breach.check for breach in broken)),
        error_message="; ".join(map(str, broken)),
    )
