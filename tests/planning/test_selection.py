"""What a person asks for: every way to name cells, and what is said of a wrong one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from core.errors import ConfigError
from planning.calendar import Calendar
from planning.scope import Scope
from planning.selection import Selection
from processors.discovery import load
from runs.survey import scope_of
from tests.loop import open_warehouse
from tests.planning.small_calendar import START, game_day, planner
from tests.raw_rows import game, raw_load

DAYS = [START + timedelta(days=n) for n in (0, 1, 3, 10)]
CALENDAR = Calendar.of(game_day(day) for day in DAYS)
PLANNER = planner(map(game_day, DAYS))


def dates(**asked: object) -> tuple[date, ...]:
    return Selection(**asked).chosen_dates(CALENDAR)  # type: ignore[arg-type]


def test_nothing_asked_for_is_everything() -> None:
    assert dates() == tuple(DAYS)
    assert Selection().chosen_tables(load()) == load().ordered()


def test_a_range_holds_both_its_ends_and_defaults_to_the_schedule_s() -> None:
    assert dates(start=DAYS[1], end=DAYS[2]) == (DAYS[1], DAYS[2])
    assert dates(start=DAYS[1]) == tuple(DAYS[1:])
    assert dates(end=DAYS[1]) == (DAYS[0], DAYS[1])
    assert dates(start=START + timedelta(days=4), end=START + timedelta(days=9)) == ()


def test_last_days_end_at_the_latest_final_game() -> None:
    assert dates(last_days=1) == (DAYS[3],)
    assert dates(last_days=8) == (DAYS[2], DAYS[3])
    unplayed = Calendar.of(
        [*(game_day(d) for d in DAYS[:3]), game_day(DAYS[3], final_games=0)]
    )
    assert Selection(last_days=3).chosen_dates(unplayed) == (DAYS[1], DAYS[2])
    assert Selection(last_days=1).chosen_dates(
        Calendar.of([game_day(START, final_games=0)])
    ) == (START,)


def test_single_dates_are_taken_once_in_order_even_off_the_schedule() -> None:
    off = START + timedelta(days=5)
    assert dates(dates=(off, DAYS[0], off)) == (DAYS[0], off)


def test_tables_and_phases_add_up_upstream_first() -> None:
    asked = Selection(tables=("player_composite_factors",), phases=("team",))
    assert asked.chosen_tables(load()) == (
        "team_offense_game_summary",
        "team_defense_game_summary",
        "player_composite_factors",
    )
    assert str(asked) == "team, player_composite_factors · whole schedule"


def test_needs_follow_from_the_tables_and_dates_asked_for() -> None:
    asked = Selection(tables=("team_defense_game_summary",), dates=(DAYS[2],))
    assert Scope(PLANNER, asked).needs.history == {
        "team_offense_game_summary": (DAYS[2],)
    }
    assert Scope(PLANNER, asked.model_copy(update={"only": True})).needs.history == {}


def test_dates_named_in_two_ways_are_refused() -> None:
    message = "name the dates in one way: start and end, or last_days, or dates"
    for asked in ({"start": START, "last_days": 3}, {"end": START, "dates": (START,)}):
        with pytest.raises(ValidationError, match=message):
            Selection(**asked)  # type: ignore[arg-type]


def test_a_range_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(
        ValidationError, match="start 2024-10-25 is after end 2024-10-22; swap them"
    ):
        Selection(start=DAYS[2], end=DAYS[0])


def test_an_unknown_key_and_no_days_at_all_are_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Selection(table="ml_feature_store")  # type: ignore[call-arg]
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Selection(last_days=0)


def test_an_unknown_table_or_phase_is_answered_with_those_there_are() -> None:
    with pytest.raises(
        ConfigError,
        match=r"no table named player_cache; the tables are: .*player_daily_cache",
    ):
        Selection(tables=("player_cache",)).chosen_tables(load())
    with pytest.raises(
        ConfigError,
        match="no phase named 3; the phases are: team, player, context, precompute",
    ):
        Selection(phases=("3",)).chosen_tables(load())


def test_a_warehouse_without_a_schedule_says_how_to_load_one() -> None:
    with pytest.raises(
        ConfigError, match="no schedule; load one: fullcourt ingest nba-stats DIR"
    ):
        Selection().chosen_range(Calendar.of([]))


def test_a_schedule_of_games_that_do_not_count_is_not_called_none() -> None:
    """A warehouse of preseason games was said to have no schedule."""
    preseason = [game("0012400001", DAYS[0]), game("0012400002", DAYS[1])]
    warehouse = open_warehouse(raw_load({"schedule": preseason}))
    with pytest.raises(ConfigError, match="has 2 games, and none that counts: ") as no:
        _ = scope_of(warehouse, Selection()).needs
    assert str(no.value).endswith(
        "load games of a regular season, play-in, play-offs or cup: "
        "fullcourt ingest nba-stats DIR, or fullcourt ingest demo"
    )


def test_a_range_after_the_schedule_s_end_names_the_schedule_s() -> None:
    """`2025-01-01..2024-11-01 holds no date` named an end that nobody had typed."""
    there = "it has games from 2024-10-22 to 2024-11-01"
    late = f"the schedule has no game from 2025-01-01 on; {there}"
    with pytest.raises(ConfigError, match=late):
        Selection(start=date(2025, 1, 1)).chosen_range(CALENDAR)
    early = f"the schedule has no game up to 2023-01-01; {there}"
    with pytest.raises(ConfigError, match=early):
        Selection(end=date(2023, 1, 1)).chosen_range(CALENDAR)


def test_a_selection_reads_as_a_person_would_say_it() -> None:
    assert str(Selection()) == "all tables · whole schedule"
    assert str(Selection(start=START, tables=("a", "b"))) == "a, b · 2024-10-22..last"
    assert str(Selection(end=START, phases=("team",))) == "team · first..2024-10-22"
    assert str(Selection(last_days=7)) == "all tables · last 7 days"
    assert (
        str(Selection(dates=tuple(DAYS)))
        == "all tables · 2024-10-22, 2024-10-23, 2024-10-25…"
    )
