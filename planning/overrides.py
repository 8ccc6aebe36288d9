"""Overrides: a person's decision to go on after a NO-GO,
with the reason, repeated until a GO of all that it let pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from core.errors import ConfigError
from core.model import Frozen

OnNoGo = Literal["stop", "ask", "override"]
MIN_REASON = 10
"""Characters that a reason has at least: shorter ones explain nothing a year later."""
WHAT_A_REASON_NEEDS = f"at least {MIN_REASON} characters, in words"


class Override(Frozen):
    """Who let what pass: the verdict that was overruled, the reason as typed."""

    verdict_id: str
    phase: str
    reason: str = Field(min_length=MIN_REASON)
    decided_at: datetime
    by: str = ""


def is_reason(text: str) -> bool:
    """Whether a text is long enough to be a reason, and has letters: dots and digits tell none."""
    given = text.strip()
    return len(given) >= MIN_REASON and any(map(str.isalpha, given))


@dataclass(frozen=True)
class Reach:
    """What a verdict was over: its tables, the first and the last of its dates, and how they were
    asked for.

    `single_dates`: those asked for instead of a range. `is_of_every_date`, `is_of_everything`: no
    dates were named; neither dates nor tables were.
    """

    phase: str
    decided_at: datetime
    tables: frozenset[str]
    first_date: date | None
    last_date: date | None
    single_dates: frozenset[date]
    is_of_every_date: bool
    is_of_everything: bool

    def covers(self, other: Reach) -> bool:
        """Whether it was over all tables and dates of another verdict on its phase, those aside
        that are gone since."""
        if self.is_of_everything:
            return True
        return other.tables <= self.tables and self._covers_dates(other)

    def _covers_dates(self, other: Reach) -> bool:
        if self.is_of_every_date or other.first_date is None or other.last_date is None:
            return True
        if self.first_date is None or self.last_date is None:
            return False
        if self.single_dates:
            # What lies between them was not judged.
            return bool(other.single_dates) and other.single_dates <= self.single_dates
        return self.first_date <= other.first_date and other.last_date <= self.last_date


def is_in_force(
    override: Override, overruled: Reach | None, opened: Iterable[Reach]
) -> bool:
    """Whether no GO covers what an override let pass, of the verdicts that opened gates.

    `overruled`: the verdict that was let pass; of one that is not on record, any GO is enough.
    """
    later = [
        verdict
        for verdict in opened
        if verdict.phase == override.phase and verdict.decided_at > override.decided_at
    ]
    if overruled is None:
        return not later
    return not any(verdict.covers(overruled) for verdict in later)


def validate_no_go(on_no_go: OnNoGo, reason: str) -> None:
    """Raise ConfigError where an override has no reason, or a reason no override."""
    if on_no_go == "override" and not is_reason(reason):
        raise ConfigError(
            f"--on-no-go override needs --reason with {WHAT_A_REASON_NEEDS}: "
            "it is repeated in every later verdict"
        )
    if reason and on_no_go != "override":
        raise ConfigError(
            "--reason belongs to --on-no-go override; nothing else would keep it"
        )
