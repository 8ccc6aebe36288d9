"""The model of points: a median, a mean, and an interval for each row of features. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from training.intervals import shifted
from training.learning_set import Floats, LearningSet, Mask
from training.linear import LinearMedian
from training.trees import predict_trees

Kind = Literal["linear", "trees"]
MINUTES_EXPECTED = "minutes_avg_last_10"
LOW, HIGH = 0.1, 0.9
"""Quantiles from which the ends of an interval are made."""


@dataclass(frozen=True)
class Prediction:
    """Points per row: the median and the mean that are expected, and the interval's ends."""

    median: Floats
    mean: Floats
    low: Floats
    high: Floats

    def where(self, chosen: Mask) -> Prediction:
        """The rows that a mask chooses."""
        return Prediction(
            self.median[chosen],
            self.mean[chosen],
            self.low[chosen],
            self.high[chosen],
        )


@dataclass(frozen=True)
class PointsModel:
    """What is kept of a fit.

    `names`, `version`: the features that it reads. `default`: which of linear and trees gives the
    median.
    `trees`: the boosted trees by what they were fitted for (absolute, squared, low, high), of
    the features that vary in train, which are those that `linear` uses.
    `shifts`: points by which the ends of an interval move apart, per group of minutes.
    """

    names: tuple[str, ...]
    version: str
    default: Kind
    linear: LinearMedian
    trees: dict[str, Any]
    shifts: Floats

    def medians(self, of: LearningSet) -> dict[str, Floats]:
        """The median by either way."""
        return {
            "linear": self.linear.predict(of.features),
            "trees": self._by_trees("absolute", of),
        }

    def median(self, of: LearningSet) -> Floats:
        """The median that is expected, by the default."""
        if self.default == "linear":
            return self.linear.predict(of.features)
        return self._by_trees("absolute", of)

    def mean(self, of: LearningSet) -> Floats:
        """The mean that is expected."""
        return self._by_trees("squared", of)

    def quantiles(self, of: LearningSet) -> tuple[Floats, Floats]:
        """The quantiles of 10 and 90 %, as they were fitted, with the median between them."""
        median = self.median(of)
        low = self._by_trees("low", of)
        high = self._by_trees("high", of)
        return np.minimum(low, median), np.maximum(high, median)

    def predict(self, of: LearningSet) -> Prediction:
        """Median, mean and interval of each row."""
        low, high = self.quantiles(of)
        first, last = shifted(low, high, of.feature(MINUTES_EXPECTED), self.shifts)
        return Prediction(self.median(of), self.mean(of), first, last)

    def _by_trees(self, name: str, of: LearningSet) -> Floats:
        live = of.features[:, self.linear.used]
        return predict_trees(self.trees[name], live)
