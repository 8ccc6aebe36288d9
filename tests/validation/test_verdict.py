"""The decision on a case: what closes a gate, what warns,
what neither does, and the same again from JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from planning.overrides import Override
from planning.waivers import Waiver
from tests.validation.small_case import (
    TABLE,
    WHY,
    case,
    made,
    measured,
    part,
    rate,
    seen,
    threshold,
)
from validation.changes import changes
from validation.regression import past
from validation.verdict import Case, Verdict, backtest, judge

TWO = (threshold(at_least=95), threshold(at_least=100, severity="warn"))
OVERRIDE = Override(
    verdict_id="v0",
    phase="team",
    reason="the source lost a game",
    decided_at=datetime(2025, 1, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("value", "decision", "severities"),
    [(100, "GO", []), (99.9, "GO with warnings", ["warn"]), (95, "GO with warnings", ["warn"]),
     (94.9, "NO-GO", ["block", "warn"])],
)  # fmt: skip
def test_two_limits_on_one_measurement_warn_first_and_block_later(
    value: float, decision: str, severities: list[str]
) -> None:
    verdict = judge(case(rate(value), limits=TWO))
    assert (verdict.decision, [b.threshold.severity for b in verdict.breaches]) == (
        decision,
        severities,
    )


def test_a_verdict_judged_the_dates_of_its_months_and_without_them_its_range() -> None:
    """Verdicts of an earlier version say from when to when, and no more."""
    first, last = date(2024, 11, 4), date(2024, 11, 10)
    exact = judge(case(rate(100), spans={TABLE: {"2024-11": (first, last)}}))
    assert exact.judged.has(TABLE, first)
    assert not exact.judged.has(TABLE, date(2024, 11, 11))
    assert not exact.judged.has("another", first)
    earlier = judge(case(rate(100)))
    assert earlier.judged.has(TABLE, date(2024, 11, 11))
    assert not earlier.judged.has(TABLE, date(2024, 12, 2))
    assert not earlier.judged.has("another", first)


def test_a_breach_says_value_limit_and_the_first_keys() -> None:
    lacking = rate(90, evidence=("a", "b", "c", "d", "e", "f"))
    (breach,) = judge(case(lacking)).breaches
    assert str(breach) == f"{TABLE}: rate is 90, >= 95 wanted (a, b, c, d, e, …)"
    assert breach.evidence == ("a", "b", "c", "d", "e", "f")


def test_f22_a_limit_whose_measurement_is_not_there_closes_the_gate() -> None:
    """A check that was skipped with a flag would otherwise be a check that passed."""
    verdict = judge(case(limits=(threshold(severity="warn"),)))
    assert verdict.decision == "NO-GO"
    assert str(verdict.blocking[0]) == f"{TABLE}: rate could not be measured"


def test_f51_a_check_that_failed_closes_the_gate_whatever_its_severity() -> None:
    verdict = judge(
        case(
            measured(error="no column named colour"),
            limits=(threshold(severity="warn"),),
        )
    )
    assert verdict.decision == "NO-GO"
    assert (
        str(verdict.blocking[0])
        == f"{TABLE}: rate could not be measured: no column named colour"
    )


def test_nothing_to_judge_neither_opens_nor_closes() -> None:
    few = measured(part(0, 10)).without_small_seasons(min_rows=2000)
    assert judge(case(few)).decision == "GO"
    assert (
        judge(
            case(few, rate(1, name="other"), limits=(threshold(), threshold("other")))
        ).decision
        == "NO-GO"
    )


def test_each_column_is_judged_alone() -> None:
    """A dead feature is not made up for by thirty live ones."""
    features = [
        measured(part(n, 3000, None), name="values", kind="fewest", item=f"f{n}")
        for n in (1, 2, 900)
    ]
    (breach,) = judge(
        case(*features, limits=(threshold("values", at_least=2),))
    ).breaches
    assert breach.what == "values[f1]"


def test_a_limit_on_one_column_judges_that_one() -> None:
    nulls = [
        measured(part(80, 100), name="nulls", kind="lacking", item=item)
        for item in ("a", "b")
    ]
    limits = (threshold("nulls", below=50), threshold("nulls", below=5, item="b"))
    assert [b.what for b in judge(case(*nulls, limits=limits)).breaches] == ["nulls[b]"]


def test_a_table_is_judged_by_its_own_limits() -> None:
    other = rate(90, table="team_offense_game_summary")
    both = case(rate(90), other, tables=(TABLE, other.table))
    limits = {TABLE: (threshold(at_least=45),), other.table: (threshold(at_least=95),)}
    verdict = judge(both.model_copy(update={"thresholds": limits}))
    assert [breach.table for breach in verdict.breaches] == [other.table]


def test_f53_only_a_gate_that_opened_with_no_override_in_force_is_accepted() -> None:
    assert judge(case(rate(100))).is_accepted
    assert judge(case(rate(96), limits=TWO)).is_accepted
    assert not judge(case(rate(90))).is_accepted
    assert not judge(case(rate(100), overrides=(OVERRIDE,))).is_accepted
    assert not judge(case(rate(100), made=made(stage="sample"))).is_accepted


@pytest.mark.parametrize(
    ("now", "severities"),
    [(95, []), (94.9, ["warn"]), (90, ["warn"]), (89.9, ["block"]), (0, ["block"])],
)
def test_a_rate_that_fell_is_held_against_the_last_accepted_verdict(
    now: float, severities: list[str]
) -> None:
    found = rate(now)
    compared = past(seen(found), [seen(rate(100))])
    verdict = judge(case(found, limits=(threshold(at_least=0),), past=compared))
    assert [breach.threshold.severity for breach in verdict.breaches] == severities


def test_a_fall_tells_what_it_was_what_it_is_and_whose_verdict() -> None:
    found = rate(80)
    (breach,) = judge(
        case(
            found,
            limits=(threshold(at_least=0),),
            past=past(seen(found), [seen(rate(99))]),
        )
    ).breaches
    assert (
        str(breach)
        == f"{TABLE}: rate over 1 month, 99 when last accepted, is 80, >= 89.1 wanted"
    )
    assert "verdict v0" in breach.threshold.why


def everything() -> Case:
    """A case with something in every field."""
    found = rate(80 / 3, evidence=("0022300481",), reference_base=5788)
    return case(
        found,
        measured(part(1, 3, None, possible=2), name="odd", note="too few", kind="mean"),
        measured(name="broken", kind="faults", error="no such column"),
        limits=(
            *TWO,
            threshold("odd", of_ceiling=0.95),
            threshold("broken", at_most=0),
        ),
        past=past(seen(found), [seen(rate(100))]),
        changes=changes({TABLE: (threshold(at_least=99),)}, {TABLE: TWO}),
        waivers=(
            Waiver(
                "0022300481",
                "shots",
                WHY,
                declared=True,
                waived_at=datetime(2025, 1, 1, tzinfo=UTC),
            ),
        ),
        overrides=(OVERRIDE,),
        not_judged=("a check: too few to judge",),
        spans=seen().spans,
        made=made(
            selection={"start": str(date(2024, 11, 1)), "tables": ["a"]},
            measured_from="f00",
        ),
    )


def test_a_verdict_is_the_same_when_decided_again_from_its_json() -> None:
    """Nobody can check a decision that cannot be repeated."""
    verdict = judge(everything())
    assert len(verdict.breaches) == 5
    stored = Verdict.model_validate_json(
        json.dumps(json.loads(verdict.model_dump_json()))
    )
    assert stored == verdict
    assert judge(stored.case) == verdict
    assert Verdict.model_validate(verdict.model_dump(mode="json")) == verdict


def test_a_verdict_of_other_measurements_is_another() -> None:
    verdict = judge(case(rate(94)))
    mended = verdict.case.model_copy(update={"measurements": (rate(96),)})
    assert judge(mended).decision == "GO"


def test_a_backtest_judges_each_month_alone() -> None:
    """A bad month vanishes in a good year."""
    year = measured(
        part(100, 100, "2024-10"), part(80, 100, "2024-11"), part(100, 100, "2024-12")
    )
    found = case(year, limits=(threshold(at_least=90),))
    assert judge(found).decision == "GO"
    months = {month: verdict.decision for month, verdict in backtest(found).items()}
    assert months == {"2024-10": "GO", "2024-11": "NO-GO", "2024-12": "GO"}


def test_a_backtest_by_a_lower_limit_stops_no_month() -> None:
    year = measured(part(100, 100, "2024-10"), part(80, 100, "2024-11"))
    months = backtest(case(year, limits=(threshold(at_least=45),)))
    assert {verdict.decision for verdict in months.values()} == {"GO"}


def test_a_backtest_repeats_no_regression_and_no_change() -> None:
    found = rate(80)
    compared = past(seen(found), [seen(rate(100))])
    moved = changes(
        {TABLE: (threshold(at_least=99),)}, {TABLE: (threshold(at_least=50),)}
    )
    (month,) = backtest(
        case(found, limits=(threshold(at_least=50),), past=compared, changes=moved)
    ).values()
    assert (month.decision, month.past, month.changes) == ("GO", (), ())


def test_what_is_counted_of_a_whole_season_is_in_no_month() -> None:
    features = measured(part(1, 3000, None), name="values", kind="fewest")
    months = backtest(
        case(rate(100), features, limits=(threshold(), threshold("values", at_least=2)))
    )
    assert {verdict.decision for verdict in months.values()} == {"GO"}
