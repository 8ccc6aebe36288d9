"""How many published rows of a table a run may take away unasked."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from core.model import Frozen
from core.yaml_files import read_model

PATH = Path(__file__).parent / "removals.yaml"


class RemovalLimit(Frozen):
    """The share of a table's rows in percent; above it a run stops before it removes anything."""

    at_most_pct: float = Field(ge=0, le=100)
    why: str = Field(min_length=3)


@cache
def removal_limit() -> RemovalLimit:
    """The limit in removals.yaml; ConfigError with file and key where it does not fit."""
    return read_model(RemovalLimit, PATH)
