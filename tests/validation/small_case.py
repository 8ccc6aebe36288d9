"""Measurements, thresholds and cases with defaults, for the tests of what is decided on them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from validation.measurement import Kind, Measurement, Part
from validation.regression import Seen
from validation.thresholds import Threshold
from validation.verdict import Case, Made

TABLE = "player_game_summary"
WHY = "a limit for a test with a reason"
MONTH = "2024-11"


def part(kept: float, of: float, month: str | None = MONTH, **changes: Any) -> Part:
    """What was counted of a month of 2024-25."""
    return Part(**{"season": 2024, "month": month, "kept": kept, "of": of} | changes)


def measured(
    *parts: Part, name: str = "rate", kind: Kind = "share", **changes: Any
) -> Measurement:
    """A share of the small table, of these parts."""
    return Measurement(
        **{"table": TABLE, "name": name, "kind": kind, "parts": parts} | changes
    )


def rate(kept: float, of: float = 100, **changes: Any) -> Measurement:
    """A share of one month."""
    return measured(part(kept, of), **changes)


def threshold(name: str = "rate", severity: str = "block", **limit: Any) -> Threshold:
    """A blocking limit; at least 95 where none is given."""
    given = limit or {"at_least": 95}
    return Threshold.model_validate(
        {"measurement": name, "severity": severity, "why": WHY, **given}
    )


def case(
    *measurements: Measurement,
    limits: tuple[Threshold, ...] = (threshold(),),
    **changes: Any,
) -> Case:
    """What is decided on one table's measurements by these limits."""
    facts: dict[str, Any] = {"phase": "player", "made": made(), "tables": (TABLE,)}
    facts |= {"measurements": measurements, "thresholds": {TABLE: limits}}
    return Case(**facts | changes)


def seen(
    *measurements: Measurement,
    verdict_id: str = "v0",
    november: tuple[date, date] | None = None,
) -> Seen:
    """What a verdict saw of whole months, but for the dates of November where they are given."""
    over = {f"2024-{m}": (date(2024, m, 1), date(2024, m, 28)) for m in (10, 11, 12)}
    over[MONTH] = november or over[MONTH]
    return Seen(verdict_id, measurements, {TABLE: over})


def made(**changes: Any) -> Made:
    """When and over what, as good as any."""
    facts: dict[str, Any] = {
        "verdict_id": "v1",
        "run_id": "run 1",
        "code_version": "abc",
    }
    facts |= {
        "decided_at": datetime(2025, 1, 1, tzinfo=UTC),
        "selection": {"start": None},
    }
    facts |= {
        "first_date": date(2024, 10, 22),
        "last_date": date(2024, 12, 1),
        "first_season": 2024,
    }
    return Made(**facts | changes)
