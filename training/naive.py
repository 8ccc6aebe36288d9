"""Naive figures: what anybody would guess of a player's points without a model. Pure."""

from __future__ import annotations

import numpy as np

from training.learning_set import Floats, LearningSet, Mask
from training.linear import median_weights

HALF_LIFE = 8
"""Games after which a game counts half as much in the weighted average."""
GAMES_BEFORE = 5
"""Games that a player has at least before his first row of a season."""
SEASON, LAST_5, LAST_10 = "season average", "last 5 games", "last 10 games"
BY_MINUTES = "minutes x points per minute"
WEIGHTED = f"weighted, half-life {HALF_LIFE} games"
SINGLE = (SEASON, LAST_5, LAST_10, BY_MINUTES, WEIGHTED)
"""The figures that need nothing to be fitted."""
BLEND = "blend of them"


def single_figures(of: LearningSet) -> dict[str, Floats]:
    """Name -> points per row, of every figure that needs no fit.

    The weighted average of a row is of the player's rows of the season on earlier dates alone, so
    that the set must hold them.
    """
    season = of.feature("points_avg_season")
    return {
        SEASON: season,
        LAST_5: of.feature("points_avg_last_5"),
        LAST_10: of.feature("points_avg_last_10"),
        BY_MINUTES: _by_minutes(of, season),
        WEIGHTED: weighted_average(of, season),
    }


def _by_minutes(of: LearningSet, season: Floats) -> Floats:
    """Minutes of the last 10 games times the season's points per minute."""
    minutes_change = np.nan_to_num(of.feature("minutes_change"))
    points: Floats = season * (1 + minutes_change)
    return points


def weighted_average(of: LearningSet, season_average: Floats) -> Floats:
    """A player's points of the season's earlier rows, weighted by how long ago they are.

    His first row of a season begins with the season's average, which counts as the games that he
    has at least had by then.
    """
    keep = 0.5 ** (1 / HALF_LIFE)
    begin = sum(keep**ago for ago in range(GAMES_BEFORE))
    held: dict[tuple[int, int], tuple[float, float]] = {}
    found = np.empty(len(of))
    order = np.argsort(of.days, kind="stable")
    for row in order:
        key = (int(of.players[row]), int(of.seasons[row]))
        total, weight = held.get(key) or (season_average[row] * begin, begin)
        found[row] = total / weight
        if not np.isnan(of.points[row]):
            held[key] = (total * keep + of.points[row], weight * keep + 1)
    return found


def fitted_figures(
    singles: dict[str, Floats], points: Floats, train: Mask, best: str
) -> dict[str, Floats]:
    """Name -> points per row, of the best single figure scaled and shifted, and of a blend of all;
    both are fitted on train by their absolute error."""
    shifted = _fitted(np.column_stack([singles[best]]), points, train)
    blend = _fitted(np.column_stack(list(singles.values())), points, train)
    return {f"{best}, scaled and shifted": shifted, BLEND: blend}


def _fitted(figures: Floats, points: Floats, train: Mask) -> Floats:
    with_constant = np.column_stack([figures, np.ones(len(figures))])
    weights = median_weights(with_constant[train], points[train])
    found: Floats = with_constant @ weights
    return found
