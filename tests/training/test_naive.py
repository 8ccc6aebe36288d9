"""Naive figures: what each row could have known, and nothing later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.training.made_sets import made_set
from training.naive import (
    BLEND,
    BY_MINUTES,
    GAMES_BEFORE,
    HALF_LIFE,
    SEASON,
    SINGLE,
    WEIGHTED,
    fitted_figures,
    single_figures,
)
from training.splits import TRAIN


def test_the_weighted_average_begins_with_the_seasons_and_halves_after_eight() -> None:
    of = made_set(days=3, players=1)
    found = single_figures(of)[WEIGHTED]
    season = of.feature("points_avg_season")
    keep = 0.5 ** (1 / HALF_LIFE)
    begin = sum(keep**ago for ago in range(GAMES_BEFORE))
    second = (season[0] * begin * keep + of.points[0]) / (begin * keep + 1)
    assert keep**HALF_LIFE == pytest.approx(0.5)
    assert found[0] == pytest.approx(season[0])
    assert found[1] == pytest.approx(second)


def test_no_figure_knows_its_own_game_or_a_later_one() -> None:
    of = made_set(days=20)
    points = of.points.copy()
    later = of.days >= of.days[len(of) // 2]
    points[later] += 50
    moved = single_figures(replace(of, points=points))
    same = of.days <= of.days[len(of) // 2]
    for name, figure in single_figures(of).items():
        assert np.array_equal(figure[same], moved[name][same]), name
    assert not np.array_equal(single_figures(of)[WEIGHTED], moved[WEIGHTED])


def test_a_new_season_begins_anew() -> None:
    of = made_set(days=4, players=1)
    seasons = np.array([2023, 2023, 2024, 2024])
    found = single_figures(replace(of, seasons=seasons))[WEIGHTED]
    assert found[2] == pytest.approx(of.feature("points_avg_season")[2])


def test_minutes_that_did_not_change_leave_the_seasons_average() -> None:
    of = made_set(days=4)
    figures = single_figures(of)
    assert tuple(figures) == SINGLE
    unknown = np.isnan(of.feature("minutes_change"))
    assert unknown.any()
    assert np.array_equal(figures[BY_MINUTES][unknown], figures[SEASON][unknown])


def test_fitted_figures_learn_from_train_alone() -> None:
    of = made_set()
    train = of.splits == TRAIN
    singles = single_figures(of)
    found = fitted_figures(singles, of.points, train, SEASON)
    points = np.where(train, of.points, 1000.0)
    assert set(found) == {f"{SEASON}, scaled and shifted", BLEND}
    for name, figure in fitted_figures(singles, points, train, SEASON).items():
        assert np.array_equal(figure, found[name])
    blended = np.abs(found[BLEND] - of.points)[train].mean()
    assert blended < np.abs(singles[SEASON] - of.points)[train].mean()
