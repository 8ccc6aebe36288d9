"""The dates that a phase is tried on first:
one of each kind, every season, the same ones each time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from planning import samples
from planning.calendar import Calendar
from planning.samples import SIZE, unseen
from reports.sample import tell_sample
from tests.planning.small_calendar import game_day

FIRST = date(2024, 10, 22)
BUSY, QUIET = FIRST + timedelta(days=9), FIRST + timedelta(days=20)


def sample(known: Calendar, days: Iterable[date], size: int = SIZE) -> dict[date, str]:
    """The sample of dates that all concern one table."""
    return samples.sample(known, dict.fromkeys(days, 1), size)


def season(first: date = FIRST, days: int = 40) -> list[date]:
    return [first + timedelta(days=i) for i in range(days)]


def calendar(*seasons: list[date]) -> Calendar:
    """Game days of five games each, one of 14 and one of a single game."""
    numbers = {BUSY: 14, QUIET: 1}
    return Calendar.of(
        game_day(day, start=days[0], games=numbers.get(day, 5))
        for days in seasons
        for day in days
    )


def seasons(count: int) -> list[list[date]]:
    return [season(FIRST.replace(year=FIRST.year + i)) for i in range(count)]


def test_a_season_is_tried_on_its_first_its_busiest_and_its_quietest_date() -> None:
    assert sample(calendar(season()), season()) == {
        FIRST: "first",
        BUSY: "busiest",
        QUIET: "quietest",
    }


def test_five_dates_add_the_latest_and_one_at_random() -> None:
    picked = sample(calendar(season()), season(), 5)
    assert list(picked.values()).count("random") == 1
    assert picked[season()[-1]] == "latest"
    assert len(picked) == 5


def test_the_same_range_is_always_tried_on_the_same_dates() -> None:
    """A verdict on a sample that nobody can repeat convinces nobody."""
    known = calendar(season())
    assert sample(known, season(), 5) == sample(known, list(reversed(season())), 5)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_every_season_is_tried_up_to_five(count: int) -> None:
    years = seasons(count)
    picked = sample(calendar(*years), [day for days in years for day in days])
    assert len(picked) == max(3, count)
    assert all(any(day in picked for day in days) for days in years)


def test_of_six_seasons_the_latest_five_are_tried() -> None:
    years = seasons(6)
    picked = sample(calendar(*years), [day for days in years for day in days])
    assert [day.year for day in picked] == [2025, 2026, 2027, 2028, 2029]


def test_a_person_may_ask_for_more_dates_than_there_are_strata() -> None:
    picked = sample(calendar(season()), season(), 8)
    assert len(picked) == 8


def test_a_date_that_two_strata_would_pick_is_picked_once() -> None:
    busiest_first = Calendar.of(
        game_day(day, games=20 if day == FIRST else 5) for day in season()
    )
    picked = sample(busiest_first, season())
    assert (picked[FIRST], len(picked)) == ("first", 3)


@pytest.mark.parametrize(("dates", "tried"), [(6, 0), (7, 3), (1, 0), (0, 0)])
def test_a_range_of_few_dates_is_not_tried_first(dates: int, tried: int) -> None:
    """Three of six dates would save nothing."""
    assert len(sample(calendar(season()), season()[:dates])) == tried


def test_but_for_the_first_only_dates_that_concern_all_tables_are_tried() -> None:
    """On a busy date without covered games one table of two would be tried; the first has to be."""
    concerned = {day: 1 if day in (FIRST, BUSY, QUIET) else 2 for day in season()}
    picked = samples.sample(calendar(season()), concerned)
    assert picked[FIRST] == "first"
    assert not {BUSY, QUIET} & picked.keys()


def test_only_dates_to_compute_that_have_games_are_tried() -> None:
    off = FIRST - timedelta(days=30)
    picked = sample(calendar(season()), [off, *season()[15:]])
    assert set(picked) <= set(season()[15:])


def test_a_fault_in_a_share_of_dates_is_missed_with_one_minus_the_share_to_the_size() -> (
    None
):
    assert unseen(3) == pytest.approx({0.1: 0.729, 0.5: 0.125})
    assert unseen(5) == pytest.approx({0.1: 0.59049, 0.5: 0.03125})


def test_one_line_says_the_dates_of_how_many_and_what_they_can_miss() -> None:
    assert tell_sample({FIRST: "first", BUSY: "busiest", QUIET: "quietest"}, 207) == (
        f"3 of 207 dates ({FIRST} first, {BUSY} busiest, {QUIET} quietest); "
        "a fault in 10 % of dates goes unseen with probability 73 %, in 50 % of dates with 12 %"
    )
