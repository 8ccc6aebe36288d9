"""Intervals: as many scores inside as promised, for players of few minutes as well."""

from __future__ import annotations

import numpy as np

from training.intervals import EDGES, fit_shifts, group_of, shift, shifted
from training.learning_set import Floats
from training.linear import fit_linear, median_weights
from training.metrics import coverage


def drawn(seed: int, rows: int = 20_000) -> tuple[Floats, Floats, Floats, Floats]:
    """Ends that are far too narrow for many minutes and too wide for few; scores; minutes."""
    random = np.random.default_rng(seed)
    minutes = random.uniform(2, 38, rows)
    scored = np.maximum(0, np.round(random.normal(minutes / 2, minutes / 5)))
    low, high = np.maximum(minutes / 2 - 2, 0), minutes / 2 + 2
    return low, high, scored, minutes


def test_calibrated_intervals_hold_four_fifths_of_new_scores_in_every_group() -> None:
    low, high, scored, minutes = drawn(1)
    shifts = fit_shifts(low, high, scored, minutes)
    low, high, scored, minutes = drawn(2)
    first, last = shifted(low, high, minutes, shifts)
    assert not 78 <= coverage(low, high, scored) <= 82
    assert 78 <= coverage(first, last, scored) <= 82
    for group in range(len(EDGES) + 1):
        rows = group_of(minutes) == group
        assert 76 <= coverage(first[rows], last[rows], scored[rows]) <= 84, group


def test_a_shift_is_the_conformal_quantile() -> None:
    scored = np.arange(11.0, 20.0)
    low, high = np.full(9, 5.0), np.full(9, 10.0)
    assert shift(low, high, scored) == 8.0
    assert shift(low, high + 20, scored) == -7.0


def test_an_end_at_nothing_stays_there_and_ends_never_cross() -> None:
    minutes = np.array([5.0, 30.0])
    low, high = np.array([0.2, 9.0]), np.array([3.0, 10.0])
    first, last = shifted(low, high, minutes, np.full(len(EDGES) + 1, -2.0))
    assert first.tolist() == [0.0, 11.0]
    assert last.tolist() == [1.0, 11.0]


def test_a_group_of_few_takes_the_shift_of_all() -> None:
    low, high, scored, minutes = drawn(1, rows=4000)
    few = (minutes > 28) & (np.cumsum(minutes > 28) > 50)
    low, high, scored, minutes = (
        values[~few] for values in (low, high, scored, minutes)
    )
    shifts = fit_shifts(low, high, scored, minutes)
    assert shifts[-1] == shift(low, high, scored)
    assert shifts[0] != shifts[-1]


def test_a_linear_median_is_of_the_middle_and_reads_null_as_the_mean() -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(3000, 3))
    features[:, 2] = np.nan
    noise = random.exponential(4, 3000)
    points = 5 + 2 * features[:, 0] + noise
    features[::10, 1] = np.nan
    model = fit_linear(features, points)
    assert model.used.tolist() == [0, 1]
    assert model.optional.tolist() == [1]
    above = (points > model.predict(features)).mean()
    assert 0.48 < above < 0.52
    weights = median_weights(np.column_stack([features[:, 0], np.ones(3000)]), points)
    assert abs(weights[0] - 2) < 0.2
