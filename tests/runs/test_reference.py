"""What an absolute count is pro-rated by: the schedule's own games,
where it spans the range of the limit."""

from __future__ import annotations

from datetime import date

import pytest

from processors.discovery import load
from runs.measure import with_reference
from tests.planning.small_calendar import game_day, planner
from tests.validation.small_case import measured, part
from validation.limits import load_thresholds

FIRST, LAST = date(2021, 10, 19), date(2026, 1, 2)
GAMES, PLAYER_ROWS = (
    ("team_offense_game_summary", "games"),
    ("player_game_summary", "player_rows"),
)


def base(table: str, name: str, *dates: date) -> int | None:
    """The games that a limit on a count is of;
    each date has two final games, one of them covered."""
    known = planner(
        game_day(day, start=dates[0], covered_final_games=1) for day in dates
    )
    count = measured(part(1, 1), table=table, name=name, kind="amount")
    return with_reference(count, load_thresholds(load())[table], known).reference_base


@pytest.mark.parametrize(("of", "games"), [(GAMES, 4), (PLAYER_ROWS, 1)])
def test_a_schedule_that_spans_the_reference_says_how_many_games_it_has(
    of: tuple[str, str], games: int
) -> None:
    """Players are expected of covered games, and of those since May 2024 alone."""
    assert base(*of, FIRST, LAST) == games


@pytest.mark.parametrize(
    "dates", [(date(2021, 10, 20), LAST), (FIRST, date(2026, 1, 1))]
)
def test_a_schedule_that_does_not_span_the_reference_leaves_the_number_it_was_stated_for(
    dates: tuple[date, date],
) -> None:
    assert base(*GAMES, *dates) is None
