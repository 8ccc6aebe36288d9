"""How a verdict says which months it measured and which it carried over."""

from __future__ import annotations

import pytest

from reports.verdicts import carried_words, tell_months, verdict_markdown
from tests.validation.small_case import made
from validation.bases import WHOLE, Basis
from validation.verdict import Case, Verdict, judge


@pytest.mark.parametrize(
    ("months", "told"),
    [
        ((), ""),
        (("2024-11",), "2024-11"),
        (("2024-11", "2024-12", "2025-01"), "2024-11..2025-01"),
        (("2024-11", "2025-01", "2025-02"), "2024-11, 2025-01..2025-02"),
        (("2024-12", "2025-12"), "2024-12, 2025-12"),
    ],
)
def test_months_that_follow_one_another_are_told_by_the_first_and_the_last(
    months: tuple[str, ...], told: str
) -> None:
    assert tell_months(months) == told


def verdict(origins: dict[str, str]) -> Verdict:
    """A verdict of one check with two months and one counted as a whole."""
    keys = {"2024-11": "a", "2024-12": "b"}
    bases = (
        Basis(table="t", name="by month", keys=keys, origins=origins),
        Basis(table="t", name="as a whole", keys={WHOLE: "c"}),
    )
    case = Case(
        phase="team",
        made=made(),
        tables=(),
        measurements=(),
        thresholds={},
        bases=bases,
    )
    return judge(case)


def test_a_verdict_says_which_months_it_carried_over_and_from_which_verdict() -> None:
    found = verdict({"2024-11": "earlier"})
    words = [
        "measured by this verdict: 2024-12",
        "carried over from verdict earlier: 1 count of 2024-11",
    ]
    assert list(carried_words(found)) == words
    assert all(line in verdict_markdown(found) for line in words)


def test_a_verdict_that_measured_everything_says_nothing_of_months() -> None:
    found = verdict({})
    assert list(carried_words(found)) == []
    assert "Months:" not in verdict_markdown(found)
