"""Every count of dates follows from the schedule: bootstrap, statuses, seasons."""

from __future__ import annotations

from datetime import date, timedelta

from planning.calendar import Calendar, date_statuses, season_counts
from tests.planning.small_calendar import START, game_day

BOOTSTRAP = 14
EARLIER = date(2023, 10, 24)


def statuses(calendar: Calendar, start: date, end: date) -> list[str]:
    return [s["status"] for s in date_statuses(calendar, start, end, BOOTSTRAP)]


def test_the_bootstrap_is_the_first_fourteen_days_of_the_regular_season() -> None:
    assert game_day(START).in_bootstrap(BOOTSTRAP)
    assert game_day(START + timedelta(days=13)).in_bootstrap(BOOTSTRAP)
    assert not game_day(START + timedelta(days=14)).in_bootstrap(BOOTSTRAP)
    assert not game_day(START).in_bootstrap(0)


def test_the_bootstrap_counts_from_the_first_regular_game_not_from_the_season_start() -> (
    None
):
    regular = START + timedelta(days=3)
    assert game_day(
        START + timedelta(days=16), first_regular_date=regular
    ).in_bootstrap(BOOTSTRAP)
    assert not game_day(
        START + timedelta(days=17), first_regular_date=regular
    ).in_bootstrap(BOOTSTRAP)
    assert not game_day(
        START + timedelta(days=14), first_regular_date=None
    ).in_bootstrap(BOOTSTRAP)


def test_a_date_is_final_when_every_game_that_is_not_called_off_is() -> None:
    assert game_day(START).all_final
    assert game_day(START, called_off_games=("1",)).all_final
    assert not game_day(START, final_games=1).all_final


def test_a_game_left_open_is_open_for_later_dates_only() -> None:
    assert not game_day(START, first_open_date=START).open_before
    assert not game_day(START, first_open_date=START + timedelta(days=1)).open_before
    assert game_day(START + timedelta(days=1), first_open_date=START).open_before


def test_days_are_in_order_whatever_the_order_they_came_in() -> None:
    days = [game_day(START + timedelta(days=n)) for n in (5, 0, 3)]
    calendar = Calendar.of(days)
    assert (calendar.first, calendar.last) == (START, START + timedelta(days=5))
    assert calendar.between(START, START + timedelta(days=3)) == (
        START,
        START + timedelta(days=3),
    )
    assert calendar.between(START + timedelta(days=1), START + timedelta(days=2)) == ()
    assert not Calendar.of([])


def test_a_date_belongs_to_the_season_that_began_last() -> None:
    calendar = Calendar.of([game_day(EARLIER, EARLIER), game_day(START)])
    assert calendar.season_of(EARLIER - timedelta(days=1)) is None
    assert calendar.season_of(EARLIER) == 2023
    assert calendar.season_of(START - timedelta(days=1)) == 2023
    assert calendar.season_of(START) == 2024


def test_statuses_follow_the_schedule_date_by_date() -> None:
    processable = START + timedelta(days=14)
    days = [
        game_day(START),
        game_day(START + timedelta(days=13)),
        game_day(processable),
    ]
    calendar = Calendar.of(days)
    assert statuses(calendar, START - timedelta(days=1), START + timedelta(days=1)) == [
        "no_games", "bootstrap", "no_games",
    ]  # fmt: skip
    assert statuses(calendar, processable - timedelta(days=1), processable) == [
        "bootstrap",
        "processable",
    ]


def test_a_date_with_called_off_games_alone_is_called_off() -> None:
    calendar = Calendar.of(
        [
            game_day(
                START,
                games=0,
                final_games=0,
                covered_games=0,
                called_off_games=("1", "2"),
            )
        ]
    )
    assert statuses(calendar, START, START) == ["called_off"]


def test_a_date_waits_for_its_own_games_and_for_earlier_ones() -> None:
    open_day = game_day(START + timedelta(days=20), final_games=1)
    later = game_day(START + timedelta(days=21), first_open_date=open_day.game_date)
    calendar = Calendar.of([open_day, later])
    assert statuses(calendar, open_day.game_date, later.game_date) == [
        "not_final",
        "not_final",
    ]


def test_a_game_not_final_is_said_before_the_bootstrap_is() -> None:
    assert statuses(Calendar.of([game_day(START, final_games=0)]), START, START) == [
        "not_final"
    ]


def test_the_off_season_belongs_to_the_season_before() -> None:
    last = date(2024, 6, 17)
    calendar = Calendar.of([game_day(last, EARLIER), game_day(START)])
    listed = {s["date"]: s for s in date_statuses(calendar, last, START, BOOTSTRAP)}
    assert len(listed) == (START - last).days + 1
    assert (listed["2024-08-01"]["status"], listed["2024-08-01"]["season"]) == (
        "no_games",
        2023,
    )
    assert listed[START.isoformat()]["season"] == 2024


def test_a_range_before_every_season_has_no_season() -> None:
    (listed,) = date_statuses(
        Calendar.of([game_day(START)]), EARLIER, EARLIER, BOOTSTRAP
    )
    assert (listed["season"], listed["status"], listed["games"]) == (
        None,
        "no_games",
        0,
    )


def test_seasons_count_their_dates_from_first_to_last_game() -> None:
    days = [game_day(START + timedelta(days=n)) for n in (0, 13, 14, 16)]
    days += [
        game_day(START + timedelta(days=18), covered_games=0, covered_final_games=0)
    ]
    days += [
        game_day(
            START + timedelta(days=20), games=3, called_off_games=("1",), final_games=1
        )
    ]
    days += [
        game_day(
            START + timedelta(days=30),
            games=0,
            final_games=0,
            covered_games=0,
            called_off_games=("1",),
        )
    ]
    (counts,) = season_counts(
        Calendar.of(days), EARLIER, START + timedelta(days=40), BOOTSTRAP
    )
    assert (counts["first_game_date"], counts["last_game_date"]) == (
        "2024-10-22",
        "2024-11-11",
    )
    assert (counts["calendar_days"], counts["game_dates"]) == (21, 6)
    assert (counts["bootstrap"], counts["processable"], counts["not_final"]) == (
        2,
        3,
        1,
    )
    assert (counts["games"], counts["covered_games"], counts["called_off_games"]) == (
        13,
        10,
        2,
    )
    assert counts["covered_dates"] == 5


def test_seasons_are_counted_apart_and_only_inside_the_range() -> None:
    calendar = Calendar.of(
        [
            game_day(EARLIER, EARLIER),
            game_day(START),
            game_day(START + timedelta(days=1)),
        ]
    )
    counts = season_counts(calendar, EARLIER, START, BOOTSTRAP)
    assert [(c["season"], c["game_dates"]) for c in counts] == [(2023, 1), (2024, 1)]
    assert season_counts(calendar, date(2024, 7, 1), date(2024, 8, 1), BOOTSTRAP) == []
