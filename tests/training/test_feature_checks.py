"""What is said of features from the rows of their statements."""

from __future__ import annotations

from datetime import date
from math import nan
from typing import Any

import pytest

from processors.contract import Column, Source
from tests.training.judged import breaches, named
from training.feature_checks import (
    LINE,
    TEAM,
    SetShape,
    measure_correlations,
    measure_drift,
    measure_innovations,
    measure_profiles,
    measure_variations,
)
from training.stability import stability_index

DAYS = {date(2022, 11, 1): "train", date(2023, 11, 1): "test"}
SHAPE = SetShape(
    seasons={day: day.year for day in DAYS}, splits=DAYS, rows=dict.fromkeys(DAYS, 100)
)


def column(name: str, source: Source | None = None) -> Column:
    return Column(
        name=name, type="FLOAT64", description="a feature", feature=True, source=source
    )


def correlated(correlation: float | None, row_count: int = 1000, **more: Any) -> Any:
    row = {"item": "form", "season": 2023, "month": None}
    return {**row, "correlation": correlation, "row_count": row_count, **more}


def profile(name: str, day: date, known: int, low: float, high: float) -> Any:
    row = {"item": name, "season": day.year, "as_of": day, "known": known}
    return {**row, "lowest": low, "highest": high}


def test_the_label_among_the_features_is_a_correlation_of_one() -> None:
    found = breaches(measure_correlations([correlated(-1.0), correlated(0.2)]))
    assert named(found) == {"correlation[form]"}


@pytest.mark.parametrize(
    ("correlation", "block", "warn"),
    [
        (0.08, set(), set()),
        (-0.17, set(), {"innovation_of_season[form]"}),
        (0.27, {"innovation_of_season[form]"}, {"innovation_of_season[form]"}),
    ],
)
def test_an_innovation_is_judged_without_its_sign(
    correlation: float, block: set[str], warn: set[str]
) -> None:
    found = breaches(measure_innovations([correlated(correlation)], [column("form")]))
    assert (named(found), named(found, "warn")) == (block, warn)


def test_a_month_has_a_limit_of_its_own_and_the_worst_one_is_named() -> None:
    months = [correlated(0.1, month="2023-11"), correlated(0.31, month="2023-12")]
    found = breaches(measure_innovations(months, [column("form")]))
    assert named(found) == {"innovation_of_month[form]"}
    assert found[0].evidence == ("2023-12, 1,000 rows",)


def test_lines_and_team_figures_have_limits_of_their_own() -> None:
    rows = [correlated(0.25)]
    line = breaches(measure_innovations(rows, [column("form", "player_props")], LINE))
    assert named(line) == set()
    assert named(line, "warn") == {"line_innovation_of_season[form]"}
    team = breaches(measure_innovations(rows, [column("form")], TEAM))
    assert named(team) == {"team_innovation_of_season[form]"}


@pytest.mark.parametrize(
    "row", [correlated(0.9, 399), correlated(nan), correlated(None)]
)
def test_what_is_chance_or_no_number_is_not_judged_and_told(row: Any) -> None:
    measured = list(measure_innovations([row], [column("form")]))
    assert breaches(measured) == []
    assert {one.note for one in measured} == {"too few rows of form to judge"}


def test_a_feature_that_no_player_sees_change_is_refused() -> None:
    row = {"item": "form", "season": 2023, "players": 400}
    fixed = {**row, "varying": 2, "distinct_values": 300}
    flag = {**row, "item": "flag", "varying": 0, "distinct_values": 2}
    moving = {**row, "item": "moving", "varying": 398, "distinct_values": 300}
    (breach,) = breaches([measure_variations([fixed, flag, moving])])
    assert (breach.what, breach.evidence) == ("fixed_features", ("2023 form",))


def test_a_season_without_a_source_is_a_warning_that_names_feature_and_source() -> None:
    features = [column("zone", "shots"), column("risk", "nothing"), column("form")]
    first, second = DAYS
    rows = [profile("form", day, 100, 3.0, 9.0) for day in DAYS]
    rows.append(profile("zone", second, 100, 0.0, 50.0))
    live, without, *gaps = measure_profiles(rows, features, SHAPE)
    assert (live.value, without.value) == (1, 1)
    assert without.evidence == (f"{first.year} zone (source: shots)",)
    found = breaches([without, *gaps])
    assert named(found) == set()
    assert named(found, "warn") == {"features_without_values", "null_share_gap[zone]"}


def test_a_feature_that_is_constant_in_a_season_is_named_and_not_live_in_train() -> (
    None
):
    first, second = DAYS
    rows = [
        profile("form", first, 100, 4.0, 4.0),
        profile("form", second, 90, 1.0, 2.0),
    ]
    live, without, gap = measure_profiles(rows, [column("form")], SHAPE)
    assert live.evidence == ("dead in train: form",)
    assert without.evidence == ("2022 form",)
    assert gap.value == pytest.approx(10.0)
    assert named(breaches([live])) == {"live_features"}


def test_a_shift_against_the_season_before_is_a_warning() -> None:
    def bins(is_reference: bool, *counts: int) -> list[Any]:
        row = {"item": "form", "season": 2023, "is_reference": is_reference}
        return [{**row, "bin": n, "row_count": count} for n, count in enumerate(counts)]

    same = [*bins(True, 500, 500), *bins(False, 510, 490)]
    shifted = [*bins(True, 500, 500), *bins(False, 900, 100)]
    few = [*bins(True, 500, 500), *bins(False, 90, 10)]
    assert breaches(measure_drift(same)) == []
    assert named(breaches(measure_drift(shifted)), "warn") == {"drift[form]"}
    assert [one.note for one in measure_drift(few)] == ["too few rows of form to judge"]
    assert [one.note for one in measure_drift([])] == ["no season before"]


def test_the_stability_index_is_the_textbook_s() -> None:
    index = stability_index({0: 10**8, 1: 10**8}, {0: 15 * 10**7, 1: 5 * 10**7})
    assert index == pytest.approx(0.274653, abs=1e-5)
