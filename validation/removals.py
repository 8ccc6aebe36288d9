"""How many published rows of a table a run may take away unasked."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from processors.contract import Frozen
from processors.discovery import parse

PATH = Path(__file__).parent / "removals.yaml"


class RemovalLimit(Frozen):
    """The share of a table's rows in percent; above it a run stops before it removes anything."""

    at_most_pct: float = Field(ge=0, le=100)
    why: str = Field(min_length=3)


@cache
def removal_limit() -> RemovalLimit:
    """The limit in removals.yaml; ConfigError with file and key where it does not fit."""
    return parse(RemovalLimit, PATH)
