"""The base of every value that is read from a file, a record or a form."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

STRICT_KEYS = ConfigDict(extra="forbid")
"""Configuration of a small value that is a dataclass: unknown keys refused."""


class Frozen(BaseModel):
    """Base of every piece of configuration: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def explain_refusal(error: ValidationError) -> str:
    """What a model refuses, in the words of its validators."""
    faults = [str(fault["msg"]) for fault in error.errors()]
    return "; ".join(fault.removeprefix("Value error, ") for fault in faults)
