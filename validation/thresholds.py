"""Thresholds: what a measurement must be for a gate to open, each limit with its why."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Literal, Self

from pydantic import Field, model_validator

from core.model import Frozen
from validation.measurement import Measurement

Severity = Literal["block", "warn"]
_SIGNS = {"at_least": ">=", "at_most": "<=", "below": "<"}
PLACES = 9
"""Decimals to which value and limit are compared: both come from divisions."""


class Reference(Frozen):
    """What an absolute count was stated for: a range of dates, and what it has there to count.

    The count is pro-rated: `of` is replaced by what the schedule has, where it spans the range. A
    count of games (no more than `of`) is never more than the games at hand.
    """

    start: date
    end: date
    of: int = Field(gt=0)


class Threshold(Frozen):
    """One limit on one measurement; two limits (warn at 100, block at 95) are two thresholds.

    `of_ceiling`: that share of the highest value that schedule and sources allow; with `at_least`,
    the lower of the two. `reference`: what an absolute `at_least` was stated for. `item`: one
    column alone.
    """

    measurement: str
    item: str = ""
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    of_ceiling: float | None = Field(default=None, gt=0, le=1)
    reference: Reference | None = None
    severity: Severity
    why: str = Field(min_length=10)

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        limits = [name for name in _SIGNS if getattr(self, name) is not None]
        if len(limits) != 1 and not (self.of_ceiling and not limits):
            raise ValueError(
                "a threshold has exactly one of at_least, at_most and below, or of_ceiling"
            )
        if (self.of_ceiling or self.reference) and limits not in ([], ["at_least"]):
            raise ValueError("of_ceiling and reference go with at_least")
        return self

    @property
    def sign(self) -> str:
        """How value and limit are compared."""
        if self.below is not None:
            return _SIGNS["below"]
        return _SIGNS["at_least" if self.at_most is None else "at_most"]

    @property
    def stated(self) -> float | None:
        """The limit as written; None where it is a share of the ceiling alone."""
        if self.at_least is not None:
            return self.at_least
        return self.below if self.at_most is None else self.at_most

    def limit(self, measurement: Measurement) -> float:
        """The limit as it applies to a measurement:
        pro-rated, or lowered to its share of the ceiling."""
        if self.reference:
            return self._prorated(measurement, self.reference)
        if not self.of_ceiling:
            return self.stated or 0
        ceiling = 100 if measurement.ceiling is None else measurement.ceiling
        reachable = self.of_ceiling * ceiling
        if self.stated is None:
            return reachable
        return (
            self.stated if measurement.ceiling is None else min(self.stated, reachable)
        )

    def _prorated(self, measurement: Measurement, reference: Reference) -> float:
        """The stated count for the games at hand,
        in whole things and never more than there can be."""
        stated = self.stated or 0
        base = measurement.reference_base or reference.of
        wanted = ceil(round(stated * measurement.of / base, PLACES))
        is_of_games = stated <= reference.of
        return min(wanted, measurement.of) if is_of_games else wanted

    def holds(self, measurement: Measurement) -> bool:
        """Whether the value is within the limit (which itself is,
        unless `below`); there may be no value."""
        value = measurement.value
        return value is None or self.allows(value, self.limit(measurement))

    def allows(self, value: float, limit: float) -> bool:
        """Whether a value is within this limit as it applies to what was measured."""
        value, limit = round(value, PLACES), round(limit, PLACES)
        if self.below is not None:
            return value < limit
        return value >= limit if self.at_most is None else value <= limit

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same threshold when its limit changes."""
        return self.measurement, self.item, self.sign, self.severity

    def __str__(self) -> str:
        of = f"{self.of_ceiling:g} of the ceiling" if self.of_ceiling else ""
        number = "" if self.stated is None else f"{self.stated:g}"
        per = f" per {self.reference.of:,}" if self.reference else ""
        item = f"[{self.item}]" if self.item else ""
        return (
            f"{self.measurement}{item} {self.sign} "
            f"{' or '.join(filter(None, (number, of)))}{per}"
        )


class ThresholdsFile(Frozen):
    """A thresholds.yaml: of all tables, of a phase or of one table.

    `thresholds` are added to those of the files above; `overrides` replace the limit of the same
    kind (measurement, item, sign and severity) that a file above states.
    """

    thresholds: tuple[Threshold, ...] = ()
    overrides: tuple[Threshold, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.thresholds and not self.overrides:
            raise ValueError(
                "expected thresholds or overrides; a file without either is left out"
            )
        return self

    @model_validator(mode="after")
    def _no_limit_is_there_twice(self) -> Self:
        seen = set()
        for threshold in (*self.thresholds, *self.overrides):
            if threshold.key in seen:
                raise ValueError(
                    f"{threshold} and another are the same limit; keep one"
                )
            seen.add(threshold.key)
        return self


Thresholds = dict[str, tuple[Threshold, ...]]
"""Table -> what the gate demands of it."""
