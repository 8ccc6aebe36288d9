"""What a range needs: the history inside the cuts of the cells asked for, and not a date more."""

from __future__ import annotations

from datetime import date

from planning.calendar import Calendar
from planning.needs import Needs, cut_start, merged, needs, years_before
from processors.contract import Read
from processors.discovery import load
from tests.planning.small_calendar import game_day

SEASONS = {2020: date(2020, 12, 22), 2021: date(2021, 10, 19), 2024: date(2024, 10, 22)}
BORDER = date(2021, 11, 20)
TOO_OLD = (date(2020, 12, 22), date(2021, 11, 19))
THIS_SEASON = tuple(date(2024, 11, n) for n in (5, 6, 19, 20, 21))
TARGET = date(2024, 11, 20)


def calendar() -> Calendar:
    """Three seasons; the oldest two dates are more than three
    years before the target, BORDER exactly."""
    days = {2020: TOO_OLD[:1], 2021: (TOO_OLD[1], BORDER), 2024: THIS_SEASON}
    return Calendar.of(
        game_day(day, SEASONS[s]) for s, listed in days.items() for day in listed
    )


def need(
    *tables: str, dates: tuple[date, ...] = (TARGET,), only: bool = False
) -> Needs:
    targets = dict.fromkeys(tables, dates)
    return needs(load(), calendar(), targets, lambda _table, _day: not only)


def test_a_same_day_input_is_needed_on_the_target_dates() -> None:
    found = need("player_composite_factors")
    for table in ("upcoming_player_game_context", "team_defense_zone_analysis"):
        assert found.history[table] == (TARGET,)


def test_a_season_of_history_ends_before_the_target_and_begins_with_its_season() -> (
    None
):
    found = need("upcoming_team_game_context")
    assert found.history["team_offense_game_summary"] == THIS_SEASON[:3]
    assert found.history["team_defense_game_summary"] == THIS_SEASON[:3]


def test_three_years_reach_across_seasons_to_the_same_day() -> None:
    found = need("ml_feature_store")
    assert found.history["player_game_summary"] == (BORDER, *THIS_SEASON[:3])


def test_history_pulls_in_what_it_reads_itself() -> None:
    assert need("upcoming_team_game_context").history.keys() == {
        "team_offense_game_summary",
        "team_defense_game_summary",
    }
    assert need("team_defense_game_summary").history == {
        "team_offense_game_summary": (TARGET,)
    }


def test_history_says_which_tables_need_it() -> None:
    found = need("upcoming_player_game_context")
    assert found.needed_by["player_game_summary"] == ("upcoming_player_game_context",)
    assert "upcoming_team_game_context" in found.needed_by["team_offense_game_summary"]
    assert found.needed_by.keys() == found.history.keys()


def test_only_adds_no_history() -> None:
    found = need("ml_feature_store", only=True)
    assert (found.history, found.needed_by) == ({}, {})
    assert found.dates("ml_feature_store") == (TARGET,)
    assert found.tables == {"ml_feature_store"}


def test_a_target_is_not_counted_as_history_again() -> None:
    found = need("team_offense_game_summary", "team_defense_game_summary")
    assert found.history == {}
    assert found.targets["team_offense_game_summary"] == (TARGET,)


def test_scattered_dates_need_the_history_before_each_of_them() -> None:
    found = need("player_shot_zone_analysis", dates=(BORDER, THIS_SEASON[1]))
    assert found.history["player_game_summary"] == (TOO_OLD[1], THIS_SEASON[0])


def test_a_target_between_others_is_history_of_the_later_ones() -> None:
    found = need("player_shot_zone_analysis", dates=(THIS_SEASON[4], THIS_SEASON[0]))
    assert found.history["player_game_summary"] == THIS_SEASON[:4]
    assert found.targets["player_shot_zone_analysis"] == (
        THIS_SEASON[0],
        THIS_SEASON[4],
    )


def test_a_date_that_is_not_on_the_schedule_reads_no_history() -> None:
    found = need("player_shot_zone_analysis", dates=(date(2024, 11, 7),))
    assert found.history == {}
    assert found.dates("player_shot_zone_analysis") == (date(2024, 11, 7),)


def test_dates_of_a_table_are_targets_and_history_in_order() -> None:
    found = need("team_offense_game_summary", "upcoming_team_game_context")
    assert found.dates("team_offense_game_summary") == THIS_SEASON[:4]
    assert found.dates("player_game_summary") == ()


def test_a_cut_starts_where_its_declaration_says() -> None:
    day = game_day(TARGET)
    assert cut_start(Read(table="t", rows="same_day"), day) == TARGET
    assert cut_start(Read(table="t", rows="before_tip_off"), day) == TARGET
    assert cut_start(Read(table="t", rows="before", within="season"), day) == date(
        2024, 10, 22
    )
    assert cut_start(Read(table="t", rows="before", within="3 years"), day) == date(
        2021, 11, 20
    )
    assert cut_start(Read(table="t", rows="before", within="1 year"), day) == date(
        2023, 11, 20
    )


def test_years_before_a_leap_day_end_on_the_last_of_february() -> None:
    assert years_before(date(2024, 2, 29), 3) == date(2021, 2, 28)
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)
    assert years_before(date(2024, 3, 1), 3) == date(2021, 3, 1)


def test_windows_merge_into_the_fewest_that_cover_the_same_dates() -> None:
    a, b, c, d = (date(2024, 11, n) for n in (1, 5, 10, 20))
    assert merged([]) == []
    assert merged([(a, a)]) == []
    assert merged([(a, b), (c, d)]) == [(a, b), (c, d)]
    assert merged([(a, b), (b, c)]) == [(a, c)]
    assert merged([(c, d), (a, b)]) == [(a, b), (c, d)]
    assert merged([(a, d), (b, c)]) == [(a, d)]
    assert merged([(a, c), (b, d)]) == [(a, d)]
