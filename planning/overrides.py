"""Overrides: a person's decision to go on after a NO-GO,
with the reason, repeated until a GO without it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from core.errors import ConfigError
from core.model import Frozen

OnNoGo = Literal["stop", "ask", "override"]
MIN_REASON = 10
"""Characters that a reason has at least: shorter ones explain nothing a year later."""


class Override(Frozen):
    """Who let what pass: the verdict that was overruled, the reason as typed."""

    verdict_id: str
    phase: str
    reason: str = Field(min_length=MIN_REASON)
    decided_at: datetime
    by: str = ""


def validate_no_go(on_no_go: OnNoGo, reason: str) -> None:
    """Raise ConfigError where an override has no reason, or a reason no override."""
    if on_no_go == "override" and len(reason.strip()) < MIN_REASON:
        raise ConfigError(
            f"--on-no-go override needs --reason with at least {MIN_REASON} characters: "
            "it is repeated in every later verdict"
        )
    if reason and on_no_go != "override":
        raise ConfigError(
            "--reason belongs to --on-no-go override; nothing else would keep it"
        )
