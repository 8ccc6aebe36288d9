"""Made-up sets of features with labels: players whose points follow from what is known of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from training.learning_set import LearningSet, from_table

FIRST = date(2023, 11, 1)
NAMES = (
    "points_avg_last_5",
    "points_avg_last_10",
    "points_avg_season",
    "minutes_change",
    "minutes_avg_last_10",
    "opponent_def_rating",
    "injury_risk",
    "vegas_points_line",
)


def made_table(days: int = 60, players: int = 20, seed: int = 1) -> pa.Table:
    """A table as an export holds it: `days` dates of `players` players; the first half of the dates
    trains, a quarter validates, the rest is test. `opponent_def_rating` moves the points, which no
    naive figure knows; `injury_risk` is always NULL, and there is no line."""
    random = np.random.default_rng(seed)
    rows = []
    for day in range(days):
        split = ("train", "train", "validation", "test")[4 * day // days]
        for player in range(players):
            skill = 4 + player
            rating = random.normal(110, 5)
            points = skill + (rating - 110) + random.normal(0, 3)
            near = skill + random.normal(0, 1, 3)
            rows.append(
                {
                    "game_date": FIRST + timedelta(days=day),
                    "player_id": 100 + player,
                    "season": 2023,
                    "feature_version": "made_8",
                    "points_avg_last_5": near[0],
                    "points_avg_last_10": near[1],
                    "points_avg_season": near[2],
                    "minutes_change": None if player == 3 else random.normal(0, 0.02),
                    "minutes_avg_last_10": 6.0 + 1.5 * player,
                    "opponent_def_rating": rating,
                    "injury_risk": None,
                    "vegas_points_line": None,
                    "label_game_id": f"{day:010d}",
                    "label_points": max(0, round(points)),
                    "label_minutes": 6.0 + 1.5 * player,
                    "split": split,
                }
            )
    table = pa.Table.from_pylist(rows)
    for name in ("injury_risk", "vegas_points_line"):
        place = table.column_names.index(name)
        table = table.set_column(place, name, pa.nulls(len(rows), pa.float64()))
    return table


def made_set(days: int = 60, players: int = 20, seed: int = 1) -> LearningSet:
    """That table as arrays."""
    return from_table(made_table(days, players, seed), NAMES)
