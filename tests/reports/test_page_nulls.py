"""A column that a source stopped filling for a month is told, and what is always so is not."""

from __future__ import annotations

from reports.page.nulls import MonthOfTable, months_of_nulls


def months(*nulls: int, rows: int = 1000, season: int = 2023) -> list[MonthOfTable]:
    """Months of a season in which so many rows have no plus_minus."""
    return [
        MonthOfTable("player_box", season, f"2023-{month}", rows, {"plus_minus": count})
        for month, count in enumerate(nulls, 1)
    ]


def found(*given: MonthOfTable) -> list[str]:
    return [each.of.month for each in months_of_nulls(given)]


def test_a_month_stands_out_against_the_other_months_of_its_season() -> None:
    assert found(*months(0, 10, 850, 0)) == ["2023-3"]
    assert found(*months(0, 249, 0)) == []
    assert found(*months(0, 250, 0)) == ["2023-2"]


def test_a_column_that_is_mostly_NULL_stands_out_in_no_month() -> None:
    assert found(*months(900, 950, 1000, 920)) == []


def test_a_month_that_has_values_where_others_have_none_is_no_fault() -> None:
    assert found(*months(1000, 0, 1000, 1000)) == []


def test_another_season_in_which_a_column_was_not_kept_is_no_rule_for_this_one() -> (
    None
):
    before = months(1000, 1000, 1000, season=2022)
    assert found(*before, *months(0, 0, 0)) == []


def test_few_rows_and_a_single_other_month_say_too_little() -> None:
    assert found(*months(0, 150, 0, rows=150)) == []
    assert found(*months(0, 900)) == []
