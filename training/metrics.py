"""How far predictions are from what was scored, on the same rows, with intervals. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.counted import counted
from core.errors import WarehouseError
from training.learning_set import Days, Floats

DRAWS = 2000
"""Samples of game days behind an interval."""
LEVEL = (2.5, 97.5)
"""Percentiles of the samples between which a 95 % interval lies."""


@dataclass(frozen=True)
class Forecast:
    """Predicted points, each under its date and player."""

    name: str
    days: Days
    players: NDArray[np.int64]
    points: Floats

    def has_keys_of(self, other: Forecast) -> bool:
        """Whether both are of the same dates and players, row by row."""
        same_days = np.array_equal(self.days, other.days)
        return same_days and np.array_equal(self.players, other.players)


@dataclass(frozen=True)
class Errors:
    """Mean absolute error, root of the mean square, mean of predicted less scored; in points."""

    rows: int
    mae: float
    rmse: float
    bias: float

    def to_json(self) -> dict[str, float | int]:
        """Plain data."""
        return {
            "rows": self.rows,
            "mae": self.mae,
            "rmse": self.rmse,
            "bias": self.bias,
        }


@dataclass(frozen=True)
class Difference:
    """How much larger one mean absolute error is than another, with its 95 % interval, in points;
    negative where the first is better."""

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        """Plain data."""
        return {"value": self.value, "low": self.low, "high": self.high}


def require_same_keys(first: Forecast, second: Forecast) -> None:
    """Raise WarehouseError unless both are of the same dates and players, row by row."""
    if first.has_keys_of(second):
        return
    raise WarehouseError(
        f"{first.name} has {counted(len(first.days), 'row')} and {second.name} "
        f"{len(second.days):,}, of "
        "other dates or players: errors on different rows cannot be compared; predict both on "
        "the same rows"
    )


def errors_of(predicted: Floats, scored: Floats) -> Errors:
    """The errors of predictions; WarehouseError where there are none, or one is not known."""
    if not len(scored) or np.isnan(predicted).any() or np.isnan(scored).any():
        raise WarehouseError(
            f"of {counted(len(scored), 'row')} not each has a prediction and a score; "
            "nothing to judge"
        )
    off = predicted - scored
    mae = float(np.abs(off).mean())
    rmse = float(np.sqrt((off**2).mean()))
    return Errors(len(off), mae, rmse, float(off.mean()))


def difference(
    first: Forecast, second: Forecast, scored: Floats, seed: int
) -> Difference:
    """How much larger the mean absolute error of the first is, by bootstrap over game days.

    WarehouseError where they are not of the same keys.
    """
    require_same_keys(first, second)
    more = np.abs(first.points - scored) - np.abs(second.points - scored)
    _, day_of = np.unique(first.days, return_inverse=True)
    sums = np.bincount(day_of, more)
    counts = np.bincount(day_of)
    days = len(counts)
    draws = np.random.default_rng(seed).integers(0, days, (DRAWS, days))
    samples = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
    low, high = np.percentile(samples, LEVEL)
    return Difference(float(more.mean()), float(low), float(high))


def best_of(figures: Mapping[str, Floats], scored: Floats) -> str:
    """The name of the figure with the least mean absolute error; the first of equals."""
    return min(figures, key=lambda name: errors_of(figures[name], scored).mae)


def gain_percent(model: Errors, naive: Errors) -> float:
    """By how many percent the model's mean absolute error is below the naive figure's."""
    return 100 * (naive.mae - model.mae) / naive.mae


def share_at_or_below(bound: Floats, scored: Floats) -> float:
    """Percent of scores that are not above a bound."""
    return float(100 * (scored <= bound).mean())


def coverage(low: Floats, high: Floats, scored: Floats) -> float:
    """Percent of scores inside their intervals, ends included."""
    return float(100 * ((scored >= low) & (scored <= high)).mean())
