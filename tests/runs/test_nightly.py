"""What the nightly run asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from runs.nightly import league_day, season_of, since

TODAY = date(2025, 1, 10)


def game(day: date, status: str, kind: str = "2") -> dict[str, Any]:
    return {"season": 2024, "game_date": day, "status": status, "game_type": kind}


def test_a_warehouse_without_the_season_asks_for_all_of_it() -> None:
    assert since([], TODAY) is None
    assert since([game(TODAY, "final") | {"season": 2023}], TODAY) is None


def test_three_days_are_asked_again_for_corrections() -> None:
    assert since([game(date(2025, 1, 9), "final")], TODAY) == date(2025, 1, 7)


def test_an_open_game_is_asked_for_as_long_as_two_weeks() -> None:
    games = [game(date(2025, 1, 9), "final"), game(date(2025, 1, 2), "scheduled")]
    assert since(games, TODAY) == date(2025, 1, 2)
    assert since([*games, game(date(2024, 12, 1), "live")], TODAY) == date(2025, 1, 2)


def test_games_to_come_and_games_that_do_not_count_change_nothing() -> None:
    games = [
        game(date(2025, 1, 2), "live", kind="3"),
        game(date(2025, 3, 1), "scheduled"),
    ]
    assert since(games, TODAY) == date(2025, 1, 7)


def test_the_leagues_day_is_new_yorks() -> None:
    assert league_day(datetime(2025, 1, 11, 3, 0, tzinfo=UTC)) == TODAY


@pytest.mark.parametrize(
    ("day", "season"),
    [(date(2025, 7, 31), 2024), (date(2025, 8, 1), 2025), (date(2025, 12, 31), 2025)],
)
def test_a_season_begins_in_august(day: date, season: int) -> None:
    assert season_of(day) == season
