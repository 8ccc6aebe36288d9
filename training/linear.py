"""A linear regression on the median: the simplest model of the features. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.learning_set import Floats

ROUNDS = 40
SMALLEST_ERROR = 0.05
"""Points below which an error counts as this large, so that no row weighs without bound."""
RIDGE = 1e-6
"""Share of the largest diagonal that is added to it: columns may depend on each other."""


def median_weights(columns: Floats, points: Floats) -> Floats:
    """Weights of the columns (rows x columns) with the least absolute error.

    By least squares whose rows are weighted by one over their last error, a fixed number of rounds.
    """
    row_weights = np.ones(len(points))
    weights: Floats = np.zeros(columns.shape[1])
    for _ in range(ROUNDS):
        weighted = columns * row_weights[:, None]
        squares = weighted.T @ columns
        squares += RIDGE * np.diag(squares).max() * np.eye(len(squares))
        solved = np.linalg.solve(squares, weighted.T @ points)
        weights = np.asarray(solved, dtype=np.float64)
        errors = np.abs(points - columns @ weights)
        row_weights = 1 / np.maximum(errors, SMALLEST_ERROR)
    return weights


@dataclass(frozen=True)
class LinearMedian:
    """Standardised features, a column for each that may be NULL, and a constant, with weights.

    `used`: features that vary in train. `optional`: those of them that were NULL there; NULL is
    read as the mean.
    """

    used: np.ndarray
    optional: np.ndarray
    means: Floats
    scales: Floats
    weights: Floats

    def predict(self, features: Floats) -> Floats:
        """Points per row of features (rows x columns)."""
        columns = _columns(features, self.used, self.optional, self.means, self.scales)
        found: Floats = columns @ self.weights
        return found

    def parts(self) -> dict[str, np.ndarray]:
        """Its arrays by name, to be kept."""
        return {
            "used": self.used,
            "optional": self.optional,
            "means": self.means,
            "scales": self.scales,
            "weights": self.weights,
        }


def fit_linear(features: Floats, points: Floats) -> LinearMedian:
    """The linear median regression of points on features (rows x columns)."""
    known = ~np.isnan(features)
    counts = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, features, 0).sum(axis=0) / counts
    spread = np.where(known, features - means, 0)
    scales = np.sqrt((spread**2).sum(axis=0) / counts)
    used = np.flatnonzero(scales > 0)
    optional = used[~known[:, used].all(axis=0)]
    columns = _columns(features, used, optional, means, scales)
    weights = median_weights(columns, points)
    return LinearMedian(used, optional, means, scales, weights)


def _columns(
    features: Floats,
    used: np.ndarray,
    optional: np.ndarray,
    means: Floats,
    scales: Floats,
) -> Floats:
    standard = (features[:, used] - means[used]) / scales[used]
    is_null = np.isnan(features[:, optional]).astype(np.float64)
    constant = np.ones((len(features), 1))
    return np.hstack([np.nan_to_num(standard), is_null, constant])
