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
