"""What `train predict` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.counted import counted
from planning.predictions import Predicted
from reports.terminal import grid
from reports.verify import say

SHOWN = 10
"""Players that the terminal lists: those of whom most is expected."""


def print_predictions(rows: Sequence[Predicted]) -> None:
    """How many players were predicted, and those of whom most is expected."""
    first = sorted(rows, key=lambda row: -row.points)[:SHOWN]
    shown = [
        (
            str(row.player_id),
            round(row.points, 1),
            f"{row.low:.1f} to {row.high:.1f}",
            round(row.naive_points, 1),
        )
        for row in first
    ]
    header = ("player", "points", "80 % interval", "naive")
    grid(f"{rows[0].game_date}, the highest", header, shown)
    say(
        f"written: {counted(len(rows), 'row')} of {rows[0].game_date} by model "
        f"{rows[0].model_id} to "
        "points_predictions"
    )


def print_grades(grades: Sequence[Mapping[str, Any]]) -> None:
    """A line per model, and what the interval says of it."""
    header = ("model", "dates", "rows", "MAE", "naive MAE", "bias", "inside")
    rows = [_row(grade) for grade in grades]
    grid("graded", header, rows)
    for grade in grades:
        apart = grade["difference"]
        say(
            f"{grade['model_id']}: {apart['value']:+.4f} points against the naive figure, "
            f"{_interval_text(grade)}; {grade['did_not_play']:,} predicted players did not play"
        )


def _interval_text(grade: Mapping[str, Any]) -> str:
    """The interval of a difference, which is drawn from game days: a single one has none."""
    if grade["days"] == 1:
        return "on a single game day, which gives no interval"
    apart = grade["difference"]
    ends = f"[{apart['low']:+.4f}, {apart['high']:+.4f}]"
    return f"95 % interval {ends} over {grade['days']} game days"


def _row(grade: Mapping[str, Any]) -> tuple[Any, ...]:
    model = grade["model"]
    return (
        grade["model_id"],
        f"{grade['first']}..{grade['last']}",
        model["rows"],
        round(model["mae"], 4),
        round(grade["naive"]["mae"], 4),
        round(model["bias"], 3),
        f"{grade['covered']:.1f} %",
    )
