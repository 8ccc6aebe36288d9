"""Splits that nobody asked for by date: whole seasons where there are enough, shares otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core.errors import ConfigError
from training.choose_splits import choose_splits


def season(year: int, dates: int = 100) -> list[date]:
    return [date(year, 11, 1) + timedelta(days=n) for n in range(dates)]


def test_of_three_seasons_the_last_is_test_and_the_one_before_validation() -> None:
    found = choose_splits({year: season(year) for year in (2021, 2022, 2023)})
    assert (found.validation_from, found.test_from) == (
        season(2022)[0],
        season(2023)[0],
    )


def test_of_two_seasons_the_last_quarter_of_the_first_is_validation() -> None:
    found = choose_splits({2022: season(2022), 2023: season(2023)})
    assert (found.validation_from, found.test_from) == (
        season(2022)[75],
        season(2023)[0],
    )


def test_one_season_is_divided_by_its_dates() -> None:
    found = choose_splits({2023: season(2023)})
    days = season(2023)
    assert (found.validation_from, found.test_from) == (days[60], days[80])


def test_a_season_without_dates_is_no_split() -> None:
    found = choose_splits({2022: season(2022), 2023: season(2023), 2024: []})
    assert found.test_from == season(2023)[0]


def test_a_date_that_is_given_holds() -> None:
    seasons = {2022: season(2022), 2023: season(2023)}
    test_from = season(2023)[40]
    found = choose_splits(seasons, test_from=test_from, embargo_days=3)
    assert (found.test_from, found.validation_from) == (test_from, season(2023)[0])
    assert found.embargo_days == 3
    assert choose_splits(
        seasons, validation_from=season(2022)[9]
    ).validation_from == date(2022, 11, 10)


def test_too_few_dates_are_refused_with_the_repair() -> None:
    with pytest.raises(ConfigError, match="9 dates .* name a longer range"):
        choose_splits({2023: season(2023, 9)})
    with pytest.raises(ConfigError, match="nothing is left to train on"):
        choose_splits({2023: season(2023)}, test_from=season(2023)[0])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"validation_from": date(2020, 1, 1)}, "leaves no date to train on"),
        ({"test_from": date(2030, 1, 1)}, "leaves no date of test"),
        (
            {"validation_from": date(2023, 3, 1), "test_from": date(2023, 6, 1)},
            "leave no date of validation",
        ),
    ],
)
def test_a_date_that_leaves_a_split_empty_is_refused_with_the_dates_that_there_are(
    given: dict[str, Any], said: str
) -> None:
    """`smallest_split_rows is 0` and 26 dead features were told of a date that was mistyped."""
    with pytest.raises(ConfigError, match=said) as refused:
        choose_splits({2022: season(2022), 2023: season(2023)}, **given)
    assert "2022-11-01..2024-02-08" in str(refused.value)
