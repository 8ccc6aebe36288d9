"""One number per kind of measurement, from parts that can be summed,
compared and taken out again."""

from __future__ import annotations

import pytest

from tests.validation.small_case import measured, part
from validation.measurement import Kind, Measurement, measurement_of

OCTOBER, NOVEMBER = part(8, 10, "2024-10"), part(27, 30, "2024-11")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("share", 87.5), ("lacking", 12.5), ("faults", 5), ("amount", 35), ("mean", 0.875),
    ("worst_month", 80),
     ("fewest", 8)],
)  # fmt: skip
def test_each_kind_makes_one_number_of_the_same_parts(kind: Kind, value: float) -> None:
    assert measured(OCTOBER, NOVEMBER, kind=kind).value == value


@pytest.mark.parametrize(
    "kind", ["share", "lacking", "amount", "mean", "worst_month", "fewest"]
)
def test_nothing_to_count_has_no_value(kind: Kind) -> None:
    """0 of 0 is neither 0 nor 100 percent."""
    assert measured(kind=kind).value is None
    assert measured(part(0, 0), kind=kind).value is None


def test_no_rows_have_no_faults() -> None:
    assert measured(kind="faults").value == 0


def test_f51_an_error_has_no_value_although_faults_would_be_0() -> None:
    """A query that named a column that does not exist once read as 0, and passed."""
    assert measured(kind="faults", error="no column named colour").value is None


def test_the_poorest_month_ignores_months_in_which_nothing_is_due() -> None:
    assert measured(OCTOBER, part(0, 0, "2024-12"), kind="worst_month").value == 80


def test_the_ceiling_is_what_the_schedule_allows_of_all_parts() -> None:
    limited = part(0, 10, "2024-10", possible=0)
    assert measured(OCTOBER).ceiling is None
    assert measured().ceiling is None
    assert measured(limited, part(30, 30, possible=30)).ceiling == 75
    assert measured(limited, part(30, 30)).ceiling == 75


def test_a_season_with_too_few_rows_is_left_out_and_named() -> None:
    few, enough = part(1, 1999, season=2023), part(2, 2000)
    judged = measured(few, enough, kind="fewest").without_small_seasons(min_rows=2000)
    assert (judged.parts, judged.value) == ((enough,), 2)
    assert judged.note == "too few to judge: 2023: 1,999 of 2,000 rows"


def test_the_rows_of_a_season_are_those_of_all_its_months() -> None:
    parts = (part(1, 1200, "2024-11"), part(1, 800, "2024-12"))
    assert measured(*parts).without_small_seasons(min_rows=2000) == measured(*parts)


def test_an_amount_is_too_small_to_judge_by_what_it_is_of() -> None:
    judged = measured(part(1500, 99), kind="amount").without_small_seasons(min_rows=100)
    assert (judged.value, judged.note) == (
        None,
        "too few to judge: 2024: 99 of 100 games",
    )


def test_a_column_is_named_with_its_measurement() -> None:
    assert measured(name="null_pct", item="pace").what == "null_pct[pace]"
    assert measured(name="null_pct").what == "null_pct"


def test_parts_are_in_order_and_evidence_ends_at_twenty_keys() -> None:
    counted = {(2024, "2024-12"): (1.0, 2.0), (2023, "2024-01"): (3.0, 4.0, 3.0)}
    found = measurement_of("t", "rate", "share", counted, (str(n) for n in range(30)))
    assert found.parts == (
        part(3, 4, "2024-01", season=2023, possible=3),
        part(1, 2, "2024-12"),
    )
    assert found.evidence == tuple(str(n) for n in range(20))


def test_parts_of_a_measurement_survive_json() -> None:
    found = measured(
        part(1 / 3, 10, possible=0.1 + 0.2),
        part(1, 2, None),
        note="so",
        reference_base=5788,
    )
    assert Measurement.model_validate_json(found.model_dump_json()) == found
