"""Verdicts on record are read tolerantly: another version's closes no gate."""

from __future__ import annotations

from tests.validation.small_case import case, rate
from validation.stored import read_verdicts
from validation.verdict import judge


def test_a_verdict_with_keys_of_another_version_is_read() -> None:
    """One unknown key in one record once closed every gate of its phase as bad input."""
    verdict = judge(case(rate(96)))
    record = verdict.model_dump(mode="json")
    record |= {"mood": "good", "made": {**record["made"], "weather": "rain"}}
    record["measurements"][0] |= {"colour": "red"}
    assert read_verdicts([record]) == ([verdict], [])


def test_a_record_that_cannot_be_read_is_said_and_left_out() -> None:
    verdict = judge(case(rate(96)))
    broken = verdict.model_dump(mode="json") | {"decision": "PERHAPS"}
    read, said = read_verdicts(
        [broken, {"nothing": 1}, verdict.model_dump(mode="json")]
    )
    assert read == [verdict]
    assert [line.split(" cannot be read")[0] for line in said] == [
        f"verdict {verdict.made.verdict_id} on record",
        "verdict without an id on record",
    ]
    assert "decision" in said[0]
