"""A rate against what was accepted before: equal months only, and only rates."""

from __future__ import annotations

from datetime import date

import pytest

from tests.validation.small_case import TABLE, measured, part, rate, seen
from validation.measurement import Kind
from validation.regression import Seen, past, spans

OCTOBER, NOVEMBER, DECEMBER = "2024-10", "2024-11", "2024-12"


def test_only_months_that_both_have_are_compared() -> None:
    """October's start-up gaps are no fall of November."""
    then = measured(part(50, 100, OCTOBER), part(99, 100, NOVEMBER))
    now = measured(part(95, 100, NOVEMBER), part(10, 100, DECEMBER))
    (found,) = past(seen(now), [seen(then)])
    assert (found.verdict_id, found.months, found.then, found.now) == ("v0", 1, 99, 95)


def test_equal_months_are_summed_before_they_are_compared() -> None:
    then = measured(part(10, 10, OCTOBER), part(90, 90, NOVEMBER))
    now = measured(part(5, 10, OCTOBER), part(90, 90, NOVEMBER))
    (found,) = past(seen(now), [seen(then)])
    assert (found.months, found.then, found.now) == (2, 100, 95)


def test_the_same_month_of_another_season_is_another_month() -> None:
    assert (
        past(seen(measured(part(1, 10))), [seen(measured(part(10, 10, season=2023)))])
        == ()
    )


@pytest.mark.parametrize(
    ("of", "compared"), [(90, 1), (89, 0), (111, 1), (112, 0), (25, 0)]
)
def test_a_week_of_a_month_is_not_the_month(of: float, compared: int) -> None:
    """The first week of a month may be its worst: nothing fell when the rest joined it."""
    found = past(seen(measured(part(of / 2, of))), [seen(measured(part(100, 100)))])
    assert len(found) == compared


def test_a_measurement_is_held_against_the_newest_verdict_that_shares_a_month() -> None:
    newest, other, oldest = rate(90), measured(part(1, 100, DECEMBER)), rate(100)
    accepted = [
        seen(m, verdict_id=name)
        for name, m in (("new", other), ("mid", newest), ("old", oldest))
    ]
    (found,) = past(seen(rate(85)), accepted)
    assert (found.verdict_id, found.then) == ("mid", 90)


def test_a_measurement_is_held_against_its_own_kind_table_name_and_column() -> None:
    strangers = [
        rate(100, name="other"),
        rate(100, table="other"),
        rate(100, item="other"),
    ]
    assert past(seen(rate(50)), [seen(*strangers)]) == ()


@pytest.mark.parametrize("kind", ["faults", "amount", "mean", "worst_month", "fewest"])
def test_counts_and_means_are_no_rates(kind: Kind) -> None:
    assert past(seen(rate(1, kind=kind)), [seen(rate(100, kind=kind))]) == ()


def test_what_lacks_is_compared_by_what_is_there() -> None:
    """1 percent of NULLs that became 2 is no fall to a half."""
    (found,) = past(seen(rate(98, kind="lacking")), [seen(rate(99, kind="lacking"))])
    assert (found.then, found.now) == (99, 98)


def test_months_with_nothing_to_count_are_left_out() -> None:
    assert past(seen(measured(part(0, 0))), [seen(measured(part(0, 0)))]) == ()


def test_without_an_accepted_verdict_nothing_is_compared() -> None:
    assert past(seen(rate(1)), []) == ()


@pytest.mark.parametrize(
    "days",
    [(date(2024, 11, 2), date(2024, 11, 28)), (date(2024, 11, 1), date(2024, 11, 27))],
)
def test_one_date_of_a_month_is_not_another(days: tuple[date, date]) -> None:
    """Two dates with as many games: one in a season's first days,
    where nothing is due, and one after."""
    assert past(seen(rate(0)), [seen(rate(100), november=days)]) == ()
    assert (
        len(past(seen(rate(0), november=days), [seen(rate(100), november=days)])) == 1
    )


def test_the_spans_of_dates_are_the_first_and_last_of_each_month() -> None:
    days = [date(2024, 10, 30), date(2024, 11, 5), date(2024, 11, 2), date(2024, 11, 9)]
    assert spans({TABLE: days, "other": []}) == {
        TABLE: {
            OCTOBER: (days[0], days[0]),
            NOVEMBER: (date(2024, 11, 2), date(2024, 11, 9)),
        },
        "other": {},
    }


def test_a_verdict_that_saw_another_table_alone_shares_no_month() -> None:
    assert past(seen(rate(1)), [Seen("v0", [rate(100)], {"other": {}})]) == ()
