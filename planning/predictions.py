"""Predictions of points as a warehouse keeps them. Pure values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a model expects of a player on a date, in points.

    `points` is the median, `low` and `high` the ends of the 80 % interval. `naive_points` is the
    naive figure `naive` of the same morning. `features`: the fingerprint of the date's features.
    """

    game_date: date
    player_id: int
    model_id: str
    points: float
    mean_points: float
    low: float
    high: float
    naive: str
    naive_points: float
    features: str
    code_version: str
    predicted_at: datetime = BEGINNING


def latest_predictions(rows: Iterable[Predicted]) -> list[Predicted]:
    """The rows that were written last of each date and model, by date, model and player."""
    listed = list(rows)
    last: dict[tuple[date, str], datetime] = {}
    for row in listed:
        key = (row.game_date, row.model_id)
        before = last.get(key, BEGINNING)
        last[key] = max(row.predicted_at, before)
    kept = [
        row for row in listed if row.predicted_at == last[row.game_date, row.model_id]
    ]
    return sorted(kept, key=lambda row: (row.game_date, row.model_id, row.player_id))
