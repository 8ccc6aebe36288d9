"""Thresholds: what a measurement must be for a gate to open, each limit with its why."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from processors.catalog import Catalog
from processors.contract import Frozen
from processors.discovery import parse

Severity = Literal["block", "warn"]


class Threshold(Frozen):
    """One limit on one measurement; two limits (warn at 100, block at 95) are two thresholds."""

    measurement: str
    at_least: float | None = None
    at_most: float | None = None
    severity: Severity
    why: str = Field(min_length=10)

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a threshold has exactly one of at_least and at_most")
        return self

    def holds(self, value: float) -> bool:
        """Whether the value is within the limit; the limit itself is within."""
        if self.at_least is not None:
            return value >= self.at_least
        return self.at_most is not None and value <= self.at_most

    def __str__(self) -> str:
        sign, limit = (">=", self.at_least) if self.at_least is not None else ("<=", self.at_most)
        return f"{self.measurement} {sign} {limit:g}"


class TableThresholds(Frozen):
    """thresholds.yaml of one table."""

    thresholds: tuple[Threshold, ...] = Field(min_length=1)


def load_thresholds(catalog: Catalog) -> dict[str, tuple[Threshold, ...]]:
    """Table -> its thresholds, from the file beside each query; ConfigError names file and key."""
    return {p.name: _of(p.folder) for p in catalog}


def _of(folder: Path) -> tuple[Threshold, ...]:
    return parse(TableThresholds, folder / "thresholds.yaml").thresholds
