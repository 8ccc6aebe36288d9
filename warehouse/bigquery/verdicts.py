"""Verdicts and overrides on BigQuery: appended, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from planning.overrides import Override
from warehouse.bigquery.bookkeeping import OVERRIDES, VERDICTS
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.ledger import inserted
from warehouse.bigquery.parameters import Structs
from warehouse.bigquery.texts import Texts
from warehouse.bigquery.work import Work


@dataclass(frozen=True)
class Verdicts:
    """What the gates of one warehouse decided, and what people decided after them."""

    jobs: Jobs
    texts: Texts

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
        self._add("verdicts", VERDICTS, row)

    def latest(self, phase: str, limit: int) -> list[dict[str, Any]]:
        """The phase's verdicts as they were kept, newest first."""
        rows = self.jobs.rows("verdicts", latest(self.texts.kept("verdicts"), limit), phase=phase)
        return [json.loads(row["body"]) for row in rows]

    def accepted(
        self, phase: str, first: date, last: date, limit: int, offset: int
    ) -> list[dict[str, Any]]:
        """The verdicts that opened the phase's gate over some
        date from first to last, newest first."""
        sql = accepted(self.texts.kept("verdicts"), limit, offset)
        given = {"phase": phase, "first_day": first.isoformat(), "last_day": last.isoformat()}
        return [json.loads(row["body"]) for row in self.jobs.rows("verdicts", sql, **given)]

    def override(self, decided: Override) -> None:
        """Keep a person's decision to go on."""
        row = {
            "verdict_id": decided.verdict_id,
            "phase": decided.phase,
            "decided_at": decided.decided_at,
            "reason": decided.reason,
            "decided_by": decided.by,
        }
        self._add("overrides", OVERRIDES, row)

    def in_force(self) -> tuple[Override, ...]:
        """The overrides whose phase has had no GO of its own since, the earliest first."""
        sql = in_force(self.texts.kept("overrides"), self.texts.kept("verdicts"))
        return tuple(
            Override(**{**row, "by": row["by"] or ""}) for row in self.jobs.rows("overrides", sql)
        )

    def _add(self, table: str, types: Mapping[str, str], row: Mapping[str, Any]) -> None:
        given = {"entries": Structs(types, [row])}
        self.jobs.run(
            Work(table, inserted(self.texts.kept(table), types), given, phase=row["phase"])
        )


def latest(name: str, limit: int) -> str:
    """The verdicts of @phase, newest first."""
    return (
        f"SELECT body FROM {name} WHERE phase = @phase ORDER BY decided_at DESC LIMIT {int(limit)}"
    )


def accepted(name: str, limit: int, offset: int) -> str:
    """The verdicts that opened the gate of @phase over some date from @first_day to @last_day."""
    return (
        f"SELECT body FROM {name} WHERE phase = @phase AND stage = 'gate' AND decision != 'NO-GO' "
        "AND JSON_VALUE(body, '$.made.first_date') <= @last_day "
        "AND JSON_VALUE(body, '$.made.last_date') >= @first_day "
        f"ORDER BY decided_at DESC LIMIT {int(limit)} OFFSET {int(offset)}"
    )


def in_force(overrides: str, verdicts: str) -> str:
    """The overrides after which their phase's gate has not said GO."""
    return f"""
SELECT decided.verdict_id, decided.phase, decided.decided_at, decided.reason,
  decided.decided_by AS `by`
FROM {overrides} AS decided
WHERE NOT EXISTS (
  SELECT 1 FROM {verdicts} AS later
  WHERE later.phase = decided.phase AND later.stage = 'gate' AND later.decision != 'NO-GO'
    AND later.decided_at > decided.decided_at
)
ORDER BY decided.decided_at
"""


def _moment(spelled: str | datetime) -> datetime:
    return spelled if isinstance(spelled, datetime) else datetime.fromisoformat(spelled)
