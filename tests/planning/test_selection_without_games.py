"""A selection without a game is refused: a run
of nothing ended with open gates, as if all were there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.errors import ConfigError
from planning.scope import Scope
from planning.selection import Selection
from tests.planning.small_calendar import START, game_day, planner

D1, D2 = START + timedelta(days=20), START + timedelta(days=22)
FREE = START + timedelta(days=21)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(start=date(2030, 1, 1), end=date(2030, 2, 1)),
        Selection(dates=(FREE,)),
        Selection(dates=(D1, date(2030, 1, 1))),
        Selection(start=FREE, end=FREE),
    ],
)
def test_a_range_or_date_that_the_schedule_does_not_have_is_refused(
    selection: Selection,
) -> None:
    with pytest.raises(
        ConfigError,
        match=f"no game on .*; it has games from {D1} to {D2}, the nearest on",
    ):
        _needs = Scope(planner([game_day(D1), game_day(D2)]), selection).needs


def test_a_range_that_holds_a_game_day_is_taken() -> None:
    selection = Selection(
        start=FREE, end=date(2030, 1, 1), tables=("team_offense_game_summary",)
    )
    assert Scope(planner([game_day(D1), game_day(D2)]), selection).needs.targets == {
        "team_offense_game_summary": (D2,)
    }


def test_more_days_than_the_schedule_has_are_all_of_it() -> None:
    calendar = planner([game_day(D1), game_day(D2)]).calendar
    assert Selection(last_days=10**30).chosen_range(calendar) == (D1, D2)
