"""What the grades of predictions say on the terminal."""

from __future__ import annotations

from typing import Any

import pytest

from reports.train_predict import print_grades


def grade(days: int, low: float, high: float) -> dict[str, Any]:
    return {
        "model_id": "35eac729fbd2",
        "first": "2025-04-02",
        "last": "2025-04-08",
        "days": days,
        "did_not_play": 90,
        "model": {"rows": 186, "mae": 4.1706, "rmse": 5.4, "bias": -1.795},
        "naive": {"rows": 186, "mae": 4.0615, "rmse": 5.2, "bias": -0.2},
        "covered": 78.0,
        "difference": {"value": 0.1091, "low": low, "high": high},
    }


@pytest.mark.parametrize(
    ("graded", "said"),
    [
        (grade(7, -0.02, 0.21), "95 % interval [-0.0200, +0.2100] over 7 game days;"),
        (grade(1, 0.1091, 0.1091), "on a single game day, which gives no interval;"),
    ],
)
def test_a_single_day_is_told_to_give_no_interval(
    graded: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An interval without width, [+0.1091, +0.1091], looked like certainty."""
    print_grades([graded])
    assert said in capsys.readouterr().out
