"""How far one distribution is from another. Pure; the page of every run draws with it, so that it
imports nothing."""

from __future__ import annotations

from collections.abc import Mapping
from math import log


def stability_index(before: Mapping[int, int], now: Mapping[int, int]) -> float:
    """The population stability index of two distributions over bins; empty bins count as half a
    row."""
    bins = sorted({*before, *now})
    index = 0.0
    for number in bins:
        was, is_ = (_share(counts, number, len(bins)) for counts in (before, now))
        index += (is_ - was) * log(is_ / was)
    return index


def _share(counts: Mapping[int, int], number: int, bins: int) -> float:
    return (counts.get(number, 0) + 0.5) / (sum(counts.values()) + 0.5 * bins)
