"""Judge a model on test: against every naive figure and the market, on the same rows. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.errors import ConfigError
from training.card import Card
from training.intervals import EDGES
from training.learning_set import Days, Floats, LearningSet, Mask
from training.metrics import (
    Forecast,
    coverage,
    difference,
    errors_of,
    gain_percent,
    require_same_keys,
    share_at_or_below,
)
from training.model_limits import (
    APART,
    BEYOND,
    BIAS,
    COVERAGE,
    GAIN,
    UPPER_END,
    broken_limits,
    decide,
)
from training.naive import fitted_figures, single_figures
from training.points_model import MINUTES_EXPECTED, PointsModel, Prediction
from training.splits import TEST, TRAIN, VALIDATION
from training.trees import one_thread

LINE = "vegas_points_line"
MODEL, MEAN = "the model", "the model's mean (squared loss)"
MINUTES = (10.0, 20.0, 28.0, 36.0)
"""Minutes played between the buckets of the report."""
GAMES = (10, 20, 40, 60)
"""Games of the season before a row between the buckets of the report."""
PERMUTED_ROWS = 4000
"""Rows of test, drawn by the seed, on which features are shuffled."""
POINT_AVERAGES = ("points_avg_last_5", "points_avg_last_10", "points_avg_season")


@dataclass(frozen=True)
class Bench:
    """A set with the model's prediction and the naive figures of the same rows."""

    rows: LearningSet
    predicted: Prediction
    naive: Mapping[str, Floats]
    games: Floats

    def of(self, split: str) -> Bench:
        """The rows of one split."""
        return self.where(self.rows.splits == split)

    def where(self, chosen: Mask) -> Bench:
        """The rows that a mask chooses."""
        return Bench(
            self.rows.where(chosen),
            self.predicted.where(chosen),
            {name: points[chosen] for name, points in self.naive.items()},
            self.games[chosen],
        )

    def forecast(self, name: str, points: Floats) -> Forecast:
        """Points under the keys of these rows."""
        return Forecast(name, self.rows.days, self.rows.players, points)


def require_no_overlap(card: Card, days: Days) -> None:
    """Raise ConfigError where a date to be judged is one that the model was fitted or chosen on, or
    lies before those."""
    if not len(days):
        raise ConfigError("the set has no rows of test; export a longer range")
    require_later(card, str(days.min()), str(days.max()))


def require_later(card: Card, first: str, last: str) -> None:
    """Raise ConfigError where dates to be predicted or judged are not all later than those that the
    model was made from."""
    if first <= card.data.last:
        span = first if first == last else f"{first}..{last}"
        raise ConfigError(
            f"{span} is not later than {card.data.first}..{card.data.last}, from which model "
            f"{card.model_id} was made: it would be judged on what it knows; take later dates, or "
            "fit a model on earlier ones"
        )


def judge_model(
    model: PointsModel, card: Card, of: LearningSet, seed: int
) -> dict[str, Any]:
    """Everything that a report says of a model on a set's test, as plain data.

    ConfigError where test overlaps the dates of the model; WarehouseError where two forecasts are
    of different rows.
    """
    require_no_overlap(card, of.of(TEST).days)
    with one_thread():
        return _judge(model, card, of, seed)


def _judge(
    model: PointsModel, card: Card, of: LearningSet, seed: int
) -> dict[str, Any]:
    bench = _bench(model, card, of)
    test = bench.of(TEST)
    forecast = test.forecast(MODEL, test.predicted.median)
    measured = _measured(bench, test, forecast, card.best_naive, seed)
    broken = broken_limits(measured)
    told = [
        {"severity": limit.severity, "sentence": sentence} for limit, sentence in broken
    ]
    judged = {
        "model_id": card.model_id,
        "default": card.default,
        "best_naive": card.best_naive,
        "seed": seed,
        "decision": decide(broken),
        "broken": told,
        "measured": measured,
    }
    return {**judged, **_told_of_rows(test.rows), **_told(model, bench, card, seed)}


def _told_of_rows(rows: LearningSet) -> dict[str, Any]:
    """Which dates were judged, and how many rows."""
    return {
        "first": str(rows.days.min()),
        "last": str(rows.days.max()),
        "rows": len(rows),
        "game_days": len(np.unique(rows.days)),
    }


def _told(model: PointsModel, bench: Bench, card: Card, seed: int) -> dict[str, Any]:
    """The tables of a report."""
    test = bench.of(TEST)
    forecast = test.forecast(MODEL, test.predicted.median)
    return {
        "compared": _compared(test, forecast, seed),
        "kinds": _kinds(model, test),
        "slices": _slices(test, card.best_naive, seed),
        "calibration": _calibration(model, test),
        "coverage": _coverages(test),
        "importance": _importance(model, test.rows, seed),
        "market": _market(test, seed),
        "validation_gain": _gain(bench.of(VALIDATION), card.best_naive),
    }


def _bench(model: PointsModel, card: Card, of: LearningSet) -> Bench:
    """The set with predictions and figures; what is fitted of them is fitted on train."""
    figures = _naive_figures(of, card.best_naive)
    return Bench(of, model.predict(of), figures, _games_before(of))


def _naive_figures(of: LearningSet, best_naive: str) -> dict[str, Floats]:
    """The single figures and, where the set has rows of train, those fitted on them."""
    singles = single_figures(of)
    train = of.splits == TRAIN
    if not train.any():
        return singles
    return singles | fitted_figures(singles, of.points, train, best_naive)


def _games_before(of: LearningSet) -> Floats:
    """Rows of the player's season before each row."""
    seen: dict[tuple[int, int], int] = {}
    found = np.empty(len(of))
    for row in np.argsort(of.days, kind="stable"):
        key = (int(of.players[row]), int(of.seasons[row]))
        found[row] = seen.get(key, 0)
        seen[key] = seen.get(key, 0) + 1
    return found


def _compared(test: Bench, forecast: Forecast, seed: int) -> list[dict[str, Any]]:
    """The errors of model and figures, and how the model's differ from each figure's."""
    scored = test.rows.points
    found: list[dict[str, Any]] = [
        {"name": MODEL, **errors_of(forecast.points, scored).to_json()},
        {"name": MEAN, **errors_of(test.predicted.mean, scored).to_json()},
    ]
    for name, points in test.naive.items():
        other = test.forecast(name, points)
        apart = difference(forecast, other, scored, seed)
        errors = errors_of(points, scored)
        found.append({"name": name, **errors.to_json(), "difference": apart.to_json()})
    return found


def _kinds(model: PointsModel, test: Bench) -> list[dict[str, Any]]:
    """The errors of either kind, whichever is the default."""
    return [
        {"name": kind, **errors_of(points, test.rows.points).to_json()}
        for kind, points in model.medians(test.rows).items()
    ]


def _gain(bench: Bench, best_naive: str) -> float | None:
    """Percent by which the model is better than the figure; None without rows."""
    if not len(bench.rows):
        return None
    model = errors_of(bench.predicted.median, bench.rows.points)
    naive = errors_of(bench.naive[best_naive], bench.rows.points)
    return gain_percent(model, naive)


def _measured(
    bench: Bench, test: Bench, forecast: Forecast, best_naive: str, seed: int
) -> dict[str, float]:
    """What the limits are on; a set without validation is held against test alone."""
    scored, predicted = test.rows.points, test.predicted
    naive = test.forecast(best_naive, test.naive[best_naive])
    model = errors_of(forecast.points, scored)
    gain = gain_percent(model, errors_of(naive.points, scored))
    validation = _gain(bench.of(VALIDATION), best_naive)
    lines = test.rows.feature(LINE)
    beyond = np.where(np.isnan(lines), naive.points, lines)
    return {
        GAIN: gain,
        BEYOND: gain_percent(model, errors_of(beyond, scored)),
        UPPER_END: difference(forecast, naive, scored, seed).high,
        APART: 0.0 if validation is None else abs(gain - validation),
        COVERAGE: coverage(predicted.low, predicted.high, scored),
        BIAS: abs(errors_of(predicted.mean, scored).bias),
    }


def _slices(test: Bench, best_naive: str, seed: int) -> dict[str, list[dict[str, Any]]]:
    """The model and the figure by month, minutes played and games of the season before."""
    months = np.array([str(day)[:7] for day in test.rows.days])
    by_minutes = _buckets(test.rows.minutes, MINUTES, "minutes")
    by_games = _buckets(test.games, GAMES, "games")
    return {
        "month": list(_sliced(test, months, best_naive, seed)),
        "minutes played": list(_sliced(test, by_minutes, best_naive, seed)),
        "games of the season before": list(_sliced(test, by_games, best_naive, seed)),
    }


def _sliced(
    test: Bench, labels: np.ndarray[Any, Any], best_naive: str, seed: int
) -> Iterator[dict[str, Any]]:
    for label in sorted(set(labels), key=_in_order):
        part = test.where(labels == label)
        scored = part.rows.points
        model = part.forecast(MODEL, part.predicted.median)
        naive = part.forecast(best_naive, part.naive[best_naive])
        yield {
            "slice": str(label),
            **errors_of(model.points, scored).to_json(),
            "naive_mae": errors_of(naive.points, scored).mae,
            "difference": difference(model, naive, scored, seed).to_json(),
            "coverage": coverage(part.predicted.low, part.predicted.high, scored),
        }


def _in_order(label: str) -> tuple[float, str]:
    """Buckets by their first number, months by their name."""
    first = label.split()[0] if " " in label else "0"
    return float(first), label


def _buckets(
    values: Floats, edges: tuple[float, ...], unit: str
) -> np.ndarray[Any, Any]:
    """`10 to below 20 minutes` for each value."""
    begins = (0, *edges)
    names = [
        f"{begin:g} to below {end:g} {unit}"
        for begin, end in zip(
            begins,
            edges,
            strict=False,
        )
    ]
    names.append(f"{edges[-1]:g} {unit} and more")
    return np.array(names)[np.digitize(values, edges)]


def _calibration(model: PointsModel, test: Bench) -> list[dict[str, float]]:
    """Percent of scores at or below each quantile, and below it: points are whole numbers, so that
    the promise lies between the two."""
    low, high = model.quantiles(test.rows)
    quantiles = {10.0: low, 50.0: test.predicted.median, 90.0: high}
    scored = test.rows.points
    return [
        {
            "promised": promised,
            "at_or_below": share_at_or_below(bound, scored),
            "below": float(100 * (scored < bound).mean()),
        }
        for promised, bound in quantiles.items()
    ]


def _coverages(test: Bench) -> list[dict[str, Any]]:
    """Percent of scores inside the intervals, by the minutes that were expected."""
    expected = test.rows.feature(MINUTES_EXPECTED)
    labels = _buckets(expected, EDGES, "minutes")
    found = []
    for label in ("all", *sorted(set(labels), key=_in_order)):
        part = test if label == "all" else test.where(labels == label)
        low, high = part.predicted.low, part.predicted.high
        found.append(
            {
                "expected": str(label),
                "rows": len(part.rows),
                "coverage": coverage(low, high, part.rows.points),
                "width": float((high - low).mean()),
            }
        )
    return found


def _importance(
    model: PointsModel, rows: LearningSet, seed: int
) -> list[dict[str, Any]]:
    """By how many points the error grows when a feature is shuffled, the largest first."""
    generator = np.random.default_rng(seed)
    number = min(PERMUTED_ROWS, len(rows))
    chosen = np.zeros(len(rows), dtype=bool)
    chosen[generator.permutation(len(rows))[:number]] = True
    sample = rows.where(chosen)
    before = errors_of(model.median(sample), sample.points).mae
    groups: dict[str, tuple[str, ...]] = {name: (name,) for name in rows.names}
    groups = {"the three point averages": POINT_AVERAGES, **groups}
    found = []
    for name, columns in groups.items():
        shuffled = _shuffled(sample, columns, generator.permutation(number))
        after = errors_of(model.median(shuffled), sample.points).mae
        found.append({"feature": name, "points": after - before})
    return sorted(found, key=lambda one: (-one["points"], one["feature"]))


def _shuffled(
    rows: LearningSet, columns: tuple[str, ...], order: np.ndarray[Any, Any]
) -> LearningSet:
    features = rows.features.copy()
    for name in columns:
        place = rows.names.index(name)
        features[:, place] = features[order, place]
    return replace(rows, features=features)


def _market(test: Bench, seed: int) -> dict[str, Any] | None:
    """The line, the model and the figures on the rows that have a line; None without any."""
    lines = test.rows.feature(LINE)
    if np.isnan(lines).all():
        return None
    part = test.where(~np.isnan(lines))
    scored = part.rows.points
    line = part.forecast("the line", part.rows.feature(LINE))
    model = part.forecast(MODEL, part.predicted.median)
    require_same_keys(line, model)
    named = {MODEL: model.points, "the line": line.points, **part.naive}
    return {
        "errors": [
            {"name": name, **errors_of(points, scored).to_json()}
            for name, points in named.items()
        ],
        "difference": difference(model, line, scored, seed).to_json(),
    }
