"""Errors, their differences and intervals: on the same rows, and right on figures done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import WarehouseError
from training.metrics import (
    Forecast,
    best_of,
    coverage,
    difference,
    errors_of,
    gain_percent,
    share_at_or_below,
)

DAYS = np.array(["2024-01-01", "2024-01-01", "2024-01-02"], dtype="datetime64[D]")
PLAYERS = np.array([1, 2, 1])
SCORED = np.array([10.0, 20.0, 30.0])


def forecast(*points: float, players: np.ndarray = PLAYERS) -> Forecast:
    return Forecast("figures", DAYS, players, np.array(points))


def test_errors_are_of_predicted_less_scored() -> None:
    found = errors_of(np.array([9.0, 18.0, 33.0]), SCORED)
    assert (found.rows, found.mae, found.bias) == (3, 2.0, 0.0)
    assert found.rmse == pytest.approx((14 / 3) ** 0.5)


def test_a_prediction_that_is_not_known_is_not_judged() -> None:
    with pytest.raises(WarehouseError, match="not each has a prediction"):
        errors_of(np.array([1.0, np.nan, 1.0]), SCORED)
    with pytest.raises(WarehouseError, match="nothing to judge"):
        errors_of(np.zeros(0), np.zeros(0))


def test_metrics_on_different_keys_are_refused() -> None:
    other = forecast(1, 2, 3, players=np.array([1, 3, 1]))
    with pytest.raises(WarehouseError, match="on different rows cannot be compared"):
        difference(forecast(1, 2, 3), other, SCORED, seed=0)


def test_fewer_rows_are_different_keys() -> None:
    short = Forecast("short", DAYS[:2], PLAYERS[:2], np.array([1.0, 2.0]))
    with pytest.raises(WarehouseError, match="has 3 rows and short 2"):
        difference(forecast(1, 2, 3), short, SCORED, seed=0)


def test_a_difference_is_the_mean_and_its_interval_is_of_days() -> None:
    first, second = forecast(10, 20, 31), forecast(12, 22, 31)
    found = difference(first, second, SCORED, seed=3)
    assert found.value == pytest.approx(-4 / 3)
    assert (found.low, found.high) == (-2.0, 0.0)
    assert difference(first, second, SCORED, seed=3) == found


def test_chance_alone_has_an_interval_around_zero() -> None:
    random = np.random.default_rng(5)
    days = np.repeat(np.arange(50).astype("datetime64[D]"), 40)
    players = np.tile(np.arange(40), 50)
    scored = random.normal(10, 5, 2000)
    one, two = (
        Forecast(name, days, players, scored + random.normal(0, 4, 2000))
        for name in ("one", "two")
    )
    better = Forecast("better", days, players, scored + random.normal(0, 3, 2000))
    chance, gain = (difference(first, two, scored, seed=1) for first in (one, better))
    assert chance.low < 0 < chance.high
    assert gain.high < 0


def test_the_best_figure_has_the_least_error_and_gains_are_in_percent() -> None:
    figures = {"far": SCORED + 4, "near": SCORED - 1}
    assert best_of(figures, SCORED) == "near"
    far, near = (errors_of(points, SCORED) for points in figures.values())
    assert gain_percent(near, far) == 75.0


def test_shares_count_the_ends() -> None:
    bound = np.array([10.0, 10.0, 10.0])
    assert share_at_or_below(bound, SCORED) == pytest.approx(100 / 3)
    assert coverage(bound, bound + 10, SCORED) == pytest.approx(200 / 3)
