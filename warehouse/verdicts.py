"""Verdicts and overrides as a warehouse keeps them: appended, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from planning.overrides import Override
from warehouse.bookkeeping import OVERRIDES, VERDICTS
from warehouse.store import Store


@dataclass(frozen=True)
class Verdicts:
    """What the gates of one warehouse decided, and what people decided after them."""

    store: Store

    def record(self, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict: its JSON, and beside it what it is looked up by."""
        made = verdict["made"]
        row = {
            "verdict_id": made["verdict_id"],
            "phase": verdict["phase"],
            "decided_at": _moment(made["decided_at"]),
            "decision": verdict["decision"],
            "body": json.dumps(verdict),
            "run_id": made["run_id"],
            "stage": made["stage"],
        }
        self.store.add(VERDICTS, [row])

    def latest(self, phase: str, limit: int) -> list[dict[str, Any]]:
        """The phase's verdicts as they were kept, newest first; those of an older form left out."""
        condition, page = "stage IS NOT NULL", f"LIMIT {int(limit)}"
        return self._bodies(condition, page, phase=phase)

    def judged(self, phase: str) -> list[dict[str, Any]]:
        """What each of the phase's verdicts judged and decided, newest first, in the order of
        `latest`: its stage, decision, tables, first and last date, and spans; a hundredth of what
        it is kept with."""
        sql = (
            "SELECT stage, decision, JSON_VALUE(body, '$.made.first_date') AS first_date, "
            "JSON_VALUE(body, '$.made.last_date') AS last_date, "
            "TO_JSON_STRING(JSON_QUERY(body, '$.tables')) AS tables, "
            "TO_JSON_STRING(JSON_QUERY(body, '$.spans')) AS spans "
            f"FROM {self.store.name('verdicts')} WHERE phase = @phase AND stage IS NOT NULL "
            "ORDER BY decided_at DESC"
        )
        rows = self.store.rows("verdicts", sql, phase=phase)
        return [_judged(row) for row in rows]

    def accepted(
        self, phase: str, first: date, last: date, limit: int, offset: int
    ) -> list[dict[str, Any]]:
        """The verdicts that opened the phase's gate over some
        date from first to last, newest first."""
        condition = (
            "stage = 'gate' AND decision != 'NO-GO' "
            "AND JSON_VALUE(body, '$.made.first_date') <= @last_day "
            "AND JSON_VALUE(body, '$.made.last_date') >= @first_day"
        )
        page = f"LIMIT {int(limit)} OFFSET {int(offset)}"
        first_day, last_day = first.isoformat(), last.isoformat()
        return self._bodies(
            condition, page, phase=phase, first_day=first_day, last_day=last_day
        )

    def _bodies(self, condition: str, page: str, **given: Any) -> list[dict[str, Any]]:
        sql = (
            f"SELECT body FROM {self.store.name('verdicts')} WHERE phase = @phase AND {condition} "
            f"ORDER BY decided_at DESC {page}"
        )
        rows = self.store.rows("verdicts", sql, **given)
        return [json.loads(row["body"]) for row in rows]

    def record_override(self, decided: Override) -> None:
        """Keep a person's decision to go on."""
        row = {
            "verdict_id": decided.verdict_id,
            "phase": decided.phase,
            "decided_at": decided.decided_at,
            "reason": decided.reason,
            "decided_by": decided.by,
        }
        self.store.add(OVERRIDES, [row])

    def overrides_in_force(self) -> tuple[Override, ...]:
        """The overrides whose phase has had no GO of its own since, the earliest first."""
        sql = f"""
SELECT decided.verdict_id, decided.phase, decided.decided_at, decided.reason, decided.decided_by
FROM {self.store.name("overrides")} AS decided
WHERE NOT EXISTS (
  SELECT 1 FROM {self.store.name("verdicts")} AS later
  WHERE later.phase = decided.phase AND later.stage = 'gate' AND later.decision != 'NO-GO'
    AND later.decided_at > decided.decided_at
)
ORDER BY decided.decided_at
"""
        rows = self.store.rows("overrides", sql)
        return tuple(map(_override, rows))


def _judged(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `judged`, with what is kept as JSON as plain data."""
    tables, spans = (json.loads(row[name] or "null") for name in ("tables", "spans"))
    return {**row, "tables": tables or [], "spans": spans}


def _override(row: Mapping[str, Any]) -> Override:
    return Override(
        verdict_id=row["verdict_id"],
        phase=row["phase"],
        reason=row["reason"],
        decided_at=row["decided_at"],
        by=row["decided_by"] or "",
    )


def _moment(spelled: str | datetime) -> datetime:
    if isinstance(spelled, datetime):
        return spelled
    return datetime.fromisoformat(spelled)
