"""Figures as a person reads them: with few decimals, and never with so few that a value seems to
keep a limit that it breaks. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from validation.measurement import Kind, Measurement
from validation.thresholds import PLACES

FEWEST = 2
"""Decimals that a figure has, where it has any and no limit is close."""
PERCENTAGES: tuple[Kind, ...] = ("share", "lacking", "worst_month")
PERCENT = " %"
WHOLE = (0.0, 100.0)
"""What a percentage is never rounded to: nothing and all of it."""


def unit_of(measurement: Measurement) -> str:
    """What stands behind a measurement's figures."""
    return PERCENT if measurement.kind in PERCENTAGES else ""


def figure(value: float, limits: Sequence[float] = (), unit: str = "") -> str:
    """A value with as many decimals as tell it from these limits."""
    bounds = (*limits, *WHOLE) if unit == PERCENT else limits
    return (
        _text(value, max((_places(value, each) for each in bounds), default=FEWEST))
        + unit
    )


def figure_and_limit(value: float, limit: float, unit: str = "") -> tuple[str, str]:
    """A value and its limit; where they are close, with the decimals that tell them apart."""
    places = _places(value, limit)
    return figure(value, (limit,), unit), _text(limit, places) + unit


def _places(value: float, limit: float) -> int:
    """The fewest decimals with which a value is still on its side of a limit."""
    wanted = _side(value, limit, PLACES)
    for places in range(FEWEST, PLACES):
        if _side(value, limit, places) == wanted:
            return places
    return PLACES


def _side(value: float, limit: float, places: int) -> int:
    """-1, 0 or 1: below, at or above a limit, both with so many decimals."""
    value, limit = round(value, places), round(limit, places)
    return (value > limit) - (value < limit)


def _text(value: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
