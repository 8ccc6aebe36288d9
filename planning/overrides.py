"""Overrides: a person's decision to go on after a NO-GO,
with the reason, repeated until a GO without it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from core.model import Frozen

MIN_REASON = 10
"""Characters that a reason has at least: shorter ones explain nothing a year later."""


class Override(Frozen):
    """Who let what pass: the verdict that was overruled, the reason as typed."""

    verdict_id: str
    phase: str
    reason: str = Field(min_length=MIN_REASON)
    decided_at: datetime
    by: str = ""

    def __str__(self) -> str:
        when = f"{self.decided_at:%Y-%m-%d}{f' by {self.by}' if self.by else ''}"
        return f"{self.phase}: NO-GO {self.verdict_id[:8]} overridden {when}: {self.reason}"
