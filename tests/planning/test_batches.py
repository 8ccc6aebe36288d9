"""Batches: at most so many dates, in order, of one season or of several whole ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from planning.batches import (
    ROWS_PER_BATCH,
    ROWS_SIDE_BY_SIDE,
    Batch,
    Season,
    batches,
    whole_seasons,
)
from planning.calendar import Calendar
from planning.cells import CellState
from tests.planning.small_calendar import START, game_day, planner

EARLIER = date(2023, 10, 24)
LAST_SEASON = [EARLIER + timedelta(days=n) for n in range(3)]
THIS_SEASON = [START + timedelta(days=n) for n in range(5)]
LAST, THIS = Season(2023, EARLIER), Season(2024, START)
CALENDAR = Calendar.of(
    [*(game_day(d, EARLIER) for d in LAST_SEASON), *(game_day(d) for d in THIS_SEASON)]
)


def sizes(dates: list[date], size: int) -> list[int]:
    return [len(b.dates) for b in batches(CALENDAR, "t", dates, size)]


def test_a_batch_has_at_most_its_size() -> None:
    assert sizes(THIS_SEASON, 1) == [1, 1, 1, 1, 1]
    assert sizes(THIS_SEASON, 2) == [2, 2, 1]
    assert sizes(THIS_SEASON, 5) == [5]
    assert sizes(THIS_SEASON, 99) == [5]
    assert sizes([], 30) == []


def test_a_batch_never_crosses_a_season_s_end() -> None:
    assert sizes(LAST_SEASON + THIS_SEASON, 99) == [3, 5]
    assert sizes(LAST_SEASON + THIS_SEASON, 4) == [3, 4, 1]
    found = batches(CALENDAR, "t", LAST_SEASON + THIS_SEASON, 4)
    assert [batch.seasons for batch in found] == [(LAST,) * 3, (THIS,) * 4, (THIS,)]


def test_seasons_are_joined_where_all_of_their_dates_fit() -> None:
    def joined(dates: list[date], size: int, rows: int = 1) -> list[Batch]:
        return list(batches(CALENDAR, "t", dates, size, lambda _: rows, True))

    (both,) = joined(LAST_SEASON + THIS_SEASON, 8)
    assert both.dates == (*LAST_SEASON, *THIS_SEASON)
    assert both.seasons == (LAST,) * 3 + (THIS,) * 5
    assert both.season_start == EARLIER
    first, second = both.halves()
    assert (first.dates + second.dates, first.seasons + second.seasons) == (
        both.dates,
        both.seasons,
    )
    apart = joined(LAST_SEASON + THIS_SEASON, 7)
    assert [batch.dates for batch in apart] == [tuple(LAST_SEASON), tuple(THIS_SEASON)]
    assert [batch.season_start for batch in apart] == [EARLIER, START]
    many = joined(LAST_SEASON + THIS_SEASON, 8, ROWS_PER_BATCH // 5)
    assert [len(batch.dates) for batch in many] == [3, 5]


def test_a_table_alone_in_its_wave_has_smaller_batches() -> None:
    many = CellState(ROWS_SIDE_BY_SIDE // 3)
    dates = LAST_SEASON[:2] + THIS_SEASON[:2]
    tables = ("ml_feature_store", "player_daily_cache")
    states = {(table, day): many for table in tables for day in dates}
    known = replace(planner(CALENDAR.days.values(), states), joins_seasons=True)
    alone, beside = (
        [len(batch.dates) for batch in known.split(table, dates, 99)]
        for table in tables
    )
    assert (alone, beside) == ([2, 2], [4])


def test_every_date_is_in_one_batch_in_order_whatever_the_order_asked_for() -> None:
    asked = [*reversed(THIS_SEASON), *LAST_SEASON]
    found = [d for b in batches(CALENDAR, "t", asked, 2) for d in b.dates]
    assert found == LAST_SEASON + THIS_SEASON


def test_a_batch_knows_its_season_s_first_date_even_where_it_does_not_hold_it() -> None:
    (batch,) = batches(CALENDAR, "t", THIS_SEASON[3:], 30)
    assert (batch.table, batch.seasons, batch.season_start) == (
        "t",
        (THIS, THIS),
        START,
    )
    assert batch.dates == tuple(THIS_SEASON[3:])


def test_a_batch_is_named_as_a_person_would_say_it() -> None:
    few = Batch.of_season(
        "player_daily_cache", 2024, START, (date(2024, 11, 5), date(2024, 12, 4))
    )
    assert few.name == "player_daily_cache 2024-11-05..2024-12-04 · 2 dates"
    assert (
        Batch.of_season("player_daily_cache", 2024, START, (START,)).name
        == "player_daily_cache 2024-10-22"
    )


def test_a_batch_holds_about_so_many_rows_and_a_date_of_more_stands_alone() -> None:
    def rows_on(day: date) -> int:
        return ROWS_PER_BATCH + 1 if day == THIS_SEASON[2] else ROWS_PER_BATCH // 2

    found = batches(CALENDAR, "t", THIS_SEASON, 99, rows_on)
    assert [len(batch.dates) for batch in found] == [2, 1, 2]


def test_whole_seasons_stand_together_as_long_as_their_rows_fit() -> None:
    def parts(most_rows: int) -> list[list[date]]:
        dates = reversed(LAST_SEASON + THIS_SEASON)
        return [
            list(part)
            for part in whole_seasons(CALENDAR, dates, lambda _: 1, most_rows)
        ]

    assert parts(8) == [LAST_SEASON + THIS_SEASON]
    assert parts(7) == parts(1) == [LAST_SEASON, THIS_SEASON]
