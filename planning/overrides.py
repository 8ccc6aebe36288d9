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
