"""How limits moved since the last verdict, and which moves let more through."""

from __future__ import annotations

from typing import Any

import pytest

from reports.verdicts import headlines, verdict_markdown
from tests.validation.small_case import TABLE, case, rate, threshold
from validation.changes import Change, changes
from validation.thresholds import Threshold
from validation.verdict import judge

REFERENCE = {"start": "2021-10-19", "end": "2026-01-02"}


def moved(before: Threshold | None, after: Threshold | None) -> list[Change]:
    """How one table's only limit changed."""
    return list(
        changes(
            {TABLE: (before,) if before else ()}, {TABLE: (after,) if after else ()}
        )
    )


def test_f52_a_limit_lowered_from_95_to_45_is_named_in_the_verdict_s_first_lines() -> (
    None
):
    """Thresholds were once lowered until everything was green, and nobody could see it."""
    lowered = (threshold(at_least=45),)
    found = changes({TABLE: (threshold(at_least=95),)}, {TABLE: lowered})
    verdict = judge(case(rate(50), limits=lowered, changes=found))
    assert verdict.decision == "GO"
    (line,) = headlines(verdict)
    assert (
        line
        == f"relaxed since the last verdict: {TABLE}: rate >= 95 became rate >= 45 (block)"
    )
    assert line in verdict_markdown(verdict).splitlines()[2]


@pytest.mark.parametrize(
    ("before", "after"),
    [({"at_least": 95}, {"at_least": 94.9}), ({"at_most": 0}, {"at_most": 1}),
     ({"below": 5}, {"below": 50}),
     ({"at_least": 88, "of_ceiling": 0.95}, {"at_least": 88, "of_ceiling": 0.9}),
     ({"of_ceiling": 0.95}, {"of_ceiling": 0.5}),
     ({"at_least": 88}, {"at_least": 88, "of_ceiling": 0.95}),
     ({"at_least": 95}, {"of_ceiling": 0.95}), ({"of_ceiling": 0.95}, {"at_least": 95}),
     ({"at_least": 5, "reference": {**REFERENCE, "of": 100}},
      {"at_least": 5, "reference": {**REFERENCE, "of": 200}})],
)  # fmt: skip
def test_f52_a_limit_that_lets_more_through_is_a_relaxation(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert [c.relaxes for c in moved(threshold(**before), threshold(**after))] == [True]


@pytest.mark.parametrize(
    ("before", "after"),
    [({"at_least": 94}, {"at_least": 95}), ({"at_most": 1}, {"at_most": 0}),
     ({"below": 50}, {"below": 5}),
     ({"of_ceiling": 0.5}, {"of_ceiling": 0.95})],
)  # fmt: skip
def test_a_stricter_limit_is_a_change_and_no_relaxation(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert [c.relaxes for c in moved(threshold(**before), threshold(**after))] == [
        False
    ]


def test_f52_a_limit_that_is_gone_is_a_relaxation_and_a_new_one_is_not() -> None:
    gone, new = moved(threshold(), None), moved(None, threshold())
    assert [(c.relaxes, str(c)) for c in gone] == [
        (True, f"{TABLE}: rate >= 95 became no limit (block)")
    ]
    assert [(c.relaxes, str(c)) for c in new] == [
        (False, f"{TABLE}: no limit became rate >= 95 (block)")
    ]


def test_f52_a_block_that_became_a_warning_is_a_relaxation() -> None:
    assert any(
        c.relaxes for c in moved(threshold(), threshold(severity="warn", at_least=95))
    )


def test_another_reason_for_the_same_limit_is_no_change() -> None:
    other = threshold().model_copy(update={"why": "another reason for the same limit"})
    assert moved(threshold(), other) == []


def test_a_table_that_the_last_verdict_did_not_judge_has_no_changes() -> None:
    assert changes({"other": (threshold(),)}, {TABLE: (threshold(at_least=45),)}) == ()
