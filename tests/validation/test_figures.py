"""A figure is short, and never reads as if a limit were kept that is broken."""

from __future__ import annotations

import pytest

from validation.figures import PERCENT, figure, figure_and_limit


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [
        (96.96969697, 95, ("96.97", "95")),
        (94.996, 95, ("94.996", "95")),
        (94.9999996, 95, ("94.9999996", "95")),
        (95.0000000001, 95, ("95", "95")),
        (95, 95, ("95", "95")),
        (87.3333333, 87.3333339, ("87.333333", "87.333334")),
        (1234567.5, 1200000, ("1,234,567.5", "1,200,000")),
        (160.004, 160, ("160.004", "160")),
        (0, 0, ("0", "0")),
    ],
)
def test_a_value_stays_on_its_side_of_its_limit(
    value: float, limit: float, shown: tuple[str, str]
) -> None:
    """94.996 against 95 must not read as 95: a gate that is closed would look open."""
    assert figure_and_limit(value, limit) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (99.9996, "99.9996 %"),
        (0.0004, "0.0004 %"),
        (100, "100 %"),
        (66.66667, "66.67 %"),
    ],
)
def test_a_percentage_reads_as_all_or_nothing_only_where_it_is(
    value: float, shown: str
) -> None:
    assert figure(value, (95,), PERCENT) == shown


def test_each_of_several_limits_is_told_from_the_value() -> None:
    assert figure(98.9997, (95, 99), PERCENT) == "98.9997 %"
