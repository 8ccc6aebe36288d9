"""Boosted trees on the features, with scikit-learn; NULL stays NULL, one thread fits.

Sums of several threads end in other last digits than those of one, and the same set is to give the
same model wherever it is fitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from training.learning_set import Floats, LearningSet
from training.libraries import MODELS, require_libraries
from training.metrics import errors_of

ABSOLUTE, SQUARED, QUANTILE = "absolute_error", "squared_error", "quantile"
LEAVES = (8, 24)
"""Most leaves of a tree, each of which is tried."""
MOST_ROUNDS, STEP = 200, 20
"""Trees that are tried at most; the number is chosen among multiples of the step."""
RATE = 0.08
ROWS_OF_A_LEAF = 100
SHARE_OF_A_LEAF = 0.02
"""Share of the rows that a leaf has at least, where that is less than the rows above."""


@dataclass(frozen=True)
class Parameters:
    """What was chosen on validation: leaves of a tree, number of trees; its error there."""

    leaves: int
    rounds: int
    error: float

    def to_json(self) -> dict[str, float | int]:
        """Plain data."""
        return {
            "max_leaf_nodes": self.leaves,
            "max_iter": self.rounds,
            "learning_rate": RATE,
            "validation_error": self.error,
        }


def one_thread() -> Any:
    """A context in which numpy and scikit-learn compute on one thread."""
    require_libraries(MODELS)
    return _controller().limit(limits=1)


@cache
def _controller() -> Any:
    """What limits the threads of the libraries that are loaded by now."""
    import sklearn.ensemble  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def choose_parameters(
    train: LearningSet, validation: LearningSet, loss: str, seed: int
) -> tuple[Parameters, ...]:
    """Every choice that was tried, the best on validation first."""
    tried = [
        found
        for leaves in LEAVES
        for found in _tried(train, validation, loss, leaves, seed)
    ]
    return tuple(sorted(tried, key=lambda one: (one.error, one.leaves, one.rounds)))


def _tried(
    train: LearningSet, validation: LearningSet, loss: str, leaves: int, seed: int
) -> Iterator[Parameters]:
    model = fit_trees(train, loss, Parameters(leaves, MOST_ROUNDS, 0), seed)
    for rounds, predicted in enumerate(model.staged_predict(validation.features), 1):
        if rounds % STEP == 0:
            errors = errors_of(predicted, validation.points)
            error = errors.rmse if loss == SQUARED else errors.mae
            yield Parameters(leaves, rounds, error)


def fit_trees(
    of: LearningSet,
    loss: str,
    parameters: Parameters,
    seed: int,
    quantile: float | None = None,
) -> Any:
    """A HistGradientBoostingRegressor of points on features; `quantile` with that loss alone.

    scikit-learn refuses a feature that is always NULL; leave it out.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    least = max(1, min(ROWS_OF_A_LEAF, int(SHARE_OF_A_LEAF * len(of))))
    model = HistGradientBoostingRegressor(
        loss=loss,
        quantile=quantile,
        learning_rate=RATE,
        max_iter=parameters.rounds,
        max_leaf_nodes=parameters.leaves,
        min_samples_leaf=least,
        early_stopping=False,
        random_state=seed,
    )
    return model.fit(of.features, of.points)


def predict_trees(model: Any, features: Floats) -> Floats:
    """Points per row of features (rows x columns)."""
    with one_thread():
        found: Floats = np.asarray(model.predict(features), dtype=np.float64)
    return found
