"""Intervals that cover what they promise: quantiles, widened or narrowed on validation. Pure."""

from __future__ import annotations

from math import ceil

import numpy as np

from training.learning_set import Floats

PROMISED = 0.8
"""Share of scores that an interval is to hold."""
EDGES = (10.0, 16.0, 22.0, 28.0)
"""Minutes expected of a player (the mean of his last 10 games) between groups; each group has a
shift of its own, as errors grow with minutes."""
NEAREST_TO_NOTHING = 0.5
"""Points below which a lower end is 0: points are whole numbers, and none are below 0."""
FEWEST = 200
"""Rows of a group below which it takes the shift of all rows."""


def group_of(minutes: Floats) -> np.ndarray:
    """The group of each row, from 0, by the minutes that are expected."""
    return np.digitize(np.nan_to_num(minutes), EDGES)


def shift(low: Floats, high: Floats, scored: Floats) -> float:
    """By how many points both ends must move apart to hold the promised share of new scores.

    The conformal quantile: of n distances beyond the nearer end the one of rank
    0.8 x (n + 1), rounded up; negative where the ends are too far apart. A lower end of 0 stays
    there, and no score is beyond it.
    """
    below = np.where(low < NEAREST_TO_NOTHING, -np.inf, low - scored)
    beyond = np.sort(np.maximum(below, scored - high))
    rank = min(ceil(PROMISED * (len(beyond) + 1)), len(beyond))
    return float(beyond[rank - 1])


def fit_shifts(low: Floats, high: Floats, scored: Floats, minutes: Floats) -> Floats:
    """The shift of each group, in points."""
    groups = group_of(minutes)
    of_all = shift(low, high, scored)
    shifts = np.full(len(EDGES) + 1, of_all)
    for group in range(len(shifts)):
        rows = groups == group
        if rows.sum() >= FEWEST:
            shifts[group] = shift(low[rows], high[rows], scored[rows])
    return shifts


def shifted(
    low: Floats, high: Floats, minutes: Floats, shifts: Floats
) -> tuple[Floats, Floats]:
    """The ends of the intervals; none below 0 points, none that end before they begin."""
    moved = shifts[group_of(minutes)]
    first = np.where(low < NEAREST_TO_NOTHING, 0, np.maximum(low - moved, 0))
    return first, np.maximum(high + moved, first)
