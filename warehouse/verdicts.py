"""Verdicts and overrides as a warehouse keeps them: appended, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from planning.overrides import Override, Reach, is_in_force
from warehouse.bookkeeping import OVERRIDES, VERDICTS
from warehouse.store import Store, texts

NAMING_DATES = {"start", "end", "last_days", "dates"}
NAMING_TABLES = {"phases", "tables"}
"""What a selection says where it leaves dates or tables out."""


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
            "JSON_QUERY(body, '$.tables') AS tables, "
            "JSON_QUERY(body, '$.spans') AS spans "
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
        """The overrides of which no GO has covered what they let pass, the earliest first."""
        sql = (
            "SELECT verdict_id, phase, decided_at, reason, decided_by "
            f"FROM {self.store.name('overrides')} ORDER BY decided_at"
        )
        decided = list(map(_override, self.store.rows("overrides", sql)))
        if not decided:
            return ()
        overruled, opened = self._concerning(decided)
        return tuple(
            override
            for override in decided
            if is_in_force(override, overruled.get(override.verdict_id), opened)
        )

    def _concerning(
        self, decided: Sequence[Override]
    ) -> tuple[dict[str, Reach], list[Reach]]:
        """The verdicts that were let pass, by their ids; and those that opened the gates of their
        phases since the first was."""
        sql = f"""
SELECT verdict_id, phase, decided_at, decision,
  JSON_QUERY(body, '$.made') AS made,
  JSON_QUERY(body, '$.tables') AS tables
FROM {self.store.name("verdicts")}
WHERE verdict_id IN UNNEST(@overruled)
  OR phase IN UNNEST(@phases) AND stage = 'gate' AND decision != 'NO-GO' AND decided_at > @since
"""
        ids = [override.verdict_id for override in decided]
        phases = sorted({override.phase for override in decided})
        rows = self.store.rows(
            "overrides",
            sql,
            overruled=texts(ids),
            phases=texts(phases),
            since=decided[0].decided_at,
        )
        opened = [_reach(row) for row in rows if row["decision"] != "NO-GO"]
        overruled = {row["verdict_id"]: _reach(row) for row in rows}
        return overruled, opened


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


def _reach(row: Mapping[str, Any]) -> Reach:
    made = json.loads(row["made"] or "{}")
    tables = json.loads(row["tables"] or "[]")
    first, last = (_day(made.get(name)) for name in ("first_date", "last_date"))
    selection = made.get("selection")
    named = {name for name, value in (selection or {}).items() if value}
    single = selection["dates"] if "dates" in named else ()
    is_whole = selection is not None and not named & NAMING_DATES
    return Reach(
        phase=row["phase"],
        decided_at=row["decided_at"],
        tables=frozenset(tables),
        first_date=first,
        last_date=last,
        single_dates=frozenset(map(date.fromisoformat, single)),
        is_of_every_date=is_whole,
        is_of_everything=is_whole and not named & NAMING_TABLES,
    )


def _day(spelled: str | None) -> date | None:
    return date.fromisoformat(spelled) if spelled else None


def _moment(spelled: str | datetime) -> datetime:
    if isinstance(spelled, datetime):
        return spelled
    return datetime.fromisoformat(spelled)
