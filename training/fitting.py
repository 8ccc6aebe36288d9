"""Fit a model on train, choose its parameters and its kind on validation. Test is not looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.counted import counted
from core.errors import ConfigError
from training.intervals import fit_shifts
from training.learning_set import Floats, LearningSet
from training.linear import fit_linear
from training.metrics import (
    Difference,
    Errors,
    Forecast,
    best_of,
    difference,
    errors_of,
    gain_percent,
)
from training.model_limits import LEAST_GAIN, limit_on
from training.naive import single_figures
from training.points_model import HIGH, LOW, MINUTES_EXPECTED, Kind, PointsModel
from training.splits import TRAIN, VALIDATION
from training.trees import (
    ABSOLUTE,
    QUANTILE,
    SQUARED,
    Parameters,
    choose_parameters,
    fit_trees,
    one_thread,
)

FEWEST_ROWS = 50
"""Rows of train and of validation below which nothing is fitted."""


@dataclass(frozen=True)
class Fitted:
    """A model, and on what it was chosen.

    `best_naive`: the naive figure with the least error on validation. `errors`: name -> errors on
    validation, of naive figures and models. `gains`: kind -> how its error differs from the best
    naive figure's. `between`: trees less linear. `tried`: loss -> every choice, the best first.
    """

    model: PointsModel
    best_naive: str
    errors: Mapping[str, Errors]
    gains: Mapping[str, Difference]
    between: Difference
    tried: Mapping[str, tuple[Parameters, ...]]


def fit(of: LearningSet, seed: int) -> Fitted:
    """The models of a set; ConfigError where train or validation has too few rows."""
    train, validation = of.of(TRAIN), of.of(VALIDATION)
    for name, rows in ((TRAIN, len(train)), (VALIDATION, len(validation))):
        if rows < FEWEST_ROWS:
            raise ConfigError(
                f"{name} has {counted(rows, 'row')}, at least {FEWEST_ROWS} are "
                "needed; export a longer "
                "range, or set the splits apart"
            )
    singles = single_figures(of)
    naive = {name: points[of.splits == VALIDATION] for name, points in singles.items()}
    with one_thread():
        model, tried = _fit_all(train, validation, seed)
        return _chosen(model, tried, validation, naive, seed)


def _fit_all(
    train: LearningSet, validation: LearningSet, seed: int
) -> tuple[PointsModel, dict[str, tuple[Parameters, ...]]]:
    """The models, without a choice between them and with intervals as they were fitted."""
    linear = fit_linear(train.features, train.points)
    live = replace(train, features=train.features[:, linear.used])
    unseen = replace(validation, features=validation.features[:, linear.used])
    tried = {
        loss: choose_parameters(live, unseen, loss, seed)
        for loss in (ABSOLUTE, SQUARED)
    }
    absolute, squared = tried[ABSOLUTE][0], tried[SQUARED][0]
    trees = {
        "absolute": fit_trees(live, ABSOLUTE, absolute, seed),
        "squared": fit_trees(live, SQUARED, squared, seed),
        "low": fit_trees(live, QUANTILE, absolute, seed, LOW),
        "high": fit_trees(live, QUANTILE, absolute, seed, HIGH),
    }
    model = PointsModel(
        names=train.names,
        version=train.version,
        default="linear",
        linear=linear,
        trees=trees,
        shifts=np.zeros(0),
    )
    return model, tried


def _chosen(
    model: PointsModel,
    tried: dict[str, tuple[Parameters, ...]],
    validation: LearningSet,
    naive: Mapping[str, Floats],
    seed: int,
) -> Fitted:
    """The model with its kind chosen and its intervals calibrated, both on validation."""
    scored = validation.points
    medians = model.medians(validation)
    best_naive = best_of(naive, scored)
    forecasts = {
        name: Forecast(name, validation.days, validation.players, points)
        for name, points in (*medians.items(), (best_naive, naive[best_naive]))
    }
    reference = forecasts[best_naive]
    gains = {
        kind: difference(forecasts[kind], reference, scored, seed) for kind in medians
    }
    between = difference(forecasts["trees"], forecasts["linear"], scored, seed)
    named = {**naive, **medians, "trees, squared loss": model.mean(validation)}
    errors = {name: errors_of(points, scored) for name, points in named.items()}
    default = choose_kind(errors, best_naive, gains, between)
    chosen = replace(model, default=default)
    low, high = chosen.quantiles(validation)
    shifts = fit_shifts(low, high, scored, validation.feature(MINUTES_EXPECTED))
    calibrated = replace(chosen, shifts=shifts)
    return Fitted(calibrated, best_naive, errors, gains, between, tried)


def choose_kind(
    errors: Mapping[str, Errors],
    best_naive: str,
    gains: Mapping[str, Difference],
    between: Difference,
) -> Kind:
    """The simplest kind that passes on validation, unless trees are surely better there.

    A kind passes with the least gain over the best naive figure and an interval below 0; trees are
    surely better where the interval of their difference from linear is below 0.
    """
    if not _passes("linear", errors, best_naive, gains):
        return _first_passing(errors, best_naive, gains)
    return "trees" if between.high < 0 else "linear"


def _first_passing(
    errors: Mapping[str, Errors], best_naive: str, gains: Mapping[str, Difference]
) -> Kind:
    """Trees where they pass; where nothing does, the kind with the least error."""
    if _passes("trees", errors, best_naive, gains):
        return "trees"
    kinds: Iterable[Kind] = ("linear", "trees")
    return min(kinds, key=lambda kind: errors[kind].mae)


def _passes(
    kind: Kind,
    errors: Mapping[str, Errors],
    best_naive: str,
    gains: Mapping[str, Difference],
) -> bool:
    gain = gain_percent(errors[kind], errors[best_naive])
    return gain >= limit_on(LEAST_GAIN) and gains[kind].high < 0
