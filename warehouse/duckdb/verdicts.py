"""Verdicts and overrides as a DuckDB file keeps them: appended, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from planning.overrides import Override
from warehouse.duckdb.engine import Cursor, fetched

VERDICTS = (
    "verdict_id VARCHAR, phase VARCHAR, decided_at TIMESTAMPTZ, decision VARCHAR, body JSON, "
    "run_id VARCHAR, stage VARCHAR"
)
OVERRIDES = (
    "verdict_id VARCHAR, phase VARCHAR, decided_at TIMESTAMPTZ, reason VARCHAR, decided_by VARCHAR"
)
_OVERRIDDEN = (
    "SELECT verdict_id, phase, epoch_us(overrides.decided_at) AS at, reason, decided_by "
    "FROM nba_backfill.overrides AS overrides "
)


def record(cursor: Cursor, verdict: Mapping[str, Any]) -> None:
    """Keep a verdict: its JSON, and beside it what it is looked up by."""
    made = verdict["made"]
    cursor.execute(
        "INSERT INTO nba_backfill.verdicts (verdict_id, phase, decided_at, decision, body, "
        "run_id, stage) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            made["verdict_id"],
            verdict["phase"],
            made["decided_at"],
            verdict["decision"],
            json.dumps(verdict),
            made["run_id"],
            made["stage"],
        ],
    )


def latest(cursor: Cursor, phase: str, limit: int) -> list[dict[str, Any]]:
    """The phase's verdicts as they were kept, newest first; those of an older form left out."""
    sql = (
        "SELECT body FROM nba_backfill.verdicts AS verdicts WHERE phase = $phase AND stage IS "
        f"NOT NULL ORDER BY verdicts.decided_at DESC LIMIT {int(limit)}"
    )
    return [json.loads(row["body"]) for row in fetched(cursor, sql, {"phase": phase})]


def accepted(
    cursor: Cursor, phase: str, first: date, last: date, limit: int, offset: int
) -> list[dict[str, Any]]:
    """The verdicts that opened the phase's gate over some date from first to last, newest first."""
    sql = (
        "SELECT body FROM nba_backfill.verdicts AS verdicts WHERE phase = $phase AND stage = "
        "'gate' AND decision != 'NO-GO' AND body ->> '$.made.first_date' <= $last AND body ->> "
        f"'$.made.last_date' >= $first ORDER BY verdicts.decided_at DESC LIMIT {int(limit)} "
        f"OFFSET {int(offset)}"
    )
    given = {"phase": phase, "first": first.isoformat(), "last": last.isoformat()}
    return [json.loads(row["body"]) for row in fetched(cursor, sql, given)]


def override(cursor: Cursor, decided: Override) -> None:
    """Keep a person's decision to go on."""
    cursor.execute(
        "INSERT INTO nba_backfill.overrides (verdict_id, phase, decided_at, reason, decided_by) "
        "VALUES (?, ?, ?, ?, ?)",
        [
            decided.verdict_id,
            decided.phase,
            decided.decided_at.isoformat(),
            decided.reason,
            decided.by,
        ],
    )


def in_force(cursor: Cursor) -> tuple[Override, ...]:
    """The overrides whose phase has had no GO of its own since, the earliest first."""
    sql = _OVERRIDDEN + (
        "WHERE NOT EXISTS (SELECT 1 FROM nba_backfill.verdicts AS later WHERE later.phase = "
        "overrides.phase AND later.stage = 'gate' AND later.decision != 'NO-GO' AND "
        "later.decided_at > overrides.decided_at) ORDER BY overrides.decided_at"
    )
    return tuple(
        Override(
            verdict_id=row["verdict_id"],
            phase=row["phase"],
            reason=row["reason"],
            decided_at=row["at"] / 1e6,
            by=row["decided_by"] or "",
        )
        for row in fetched(cursor, sql, {})
    )
