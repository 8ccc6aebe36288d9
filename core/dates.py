"""Dates that are held once, whatever was read on them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TypeVar

Day = TypeVar("Day", bound=date | None)

MOST_DAYS = 2**15
"""Days of ninety years."""


@lru_cache(maxsize=MOST_DAYS)
def same_day(day: Day) -> Day:
    """The date itself, as the object that was first asked for: every reading of a warehouse makes
    dates of its own, and thirty seasons have a hundred thousand cells on six thousand dates."""
    return day
