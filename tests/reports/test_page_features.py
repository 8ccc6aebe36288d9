"""The page's section on features: bins, drift, and what the script is handed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.discovery import load
from reports.page.features import (
    MOST_BINS,
    Binning,
    FeatureFacts,
    FeatureSeason,
    FeaturesFacts,
    Profile,
    binning_of,
    features_section,
    figure_text,
    tell_drift,
    tell_explained,
)
from reports.page.frame import PageFacts, page_html
from reports.seasons import season_name

AT = datetime(2025, 1, 2, 3, 4, tzinfo=UTC)
HALF = (500, 500, 500, 500)
LEFT = (800, 800, 200, 200)


def season(year: int, counts: tuple[int, ...], missing: int = 0) -> FeatureSeason:
    """A season with so many rows per bin, and so many NULLs."""
    known = sum(counts)
    profile = Profile(known, float(year - 2020), 2.0, 0.0, 8.0, is_whole=False)
    nulls = {"absent": missing}
    return FeatureSeason(year, known + missing, profile, counts, nulls)


def feature(*seasons: FeatureSeason, name: str = "pace") -> FeatureFacts:
    """A feature with these seasons."""
    return FeatureFacts(name, "how fast", "points", "", Binning(0, 2, 4), seasons)


def test_drift_is_the_population_stability_index_over_pairs_of_bins() -> None:
    found = feature(season(2023, HALF), season(2024, LEFT))
    before, now = (0.5, 0.5), (0.8, 0.2)
    pairs = zip(before, now, strict=True)
    index = sum((is_ - was) * log(is_ / was) for was, is_ in pairs)
    assert found.drift(2024) == pytest.approx(index, rel=0.01)
    assert found.shift(2024) == pytest.approx(0.5)


def test_seasons_are_compared_with_the_one_before_alone_and_only_with_rows_enough() -> (
    None
):
    assert feature(season(2023, HALF), season(2024, HALF)).drift(2024) == 0
    assert feature(season(2023, HALF)).drift(2023) is None
    assert feature(season(2022, HALF), season(2024, LEFT)).drift(2024) is None
    assert feature(season(2023, HALF), season(2024, (9, 9, 9, 9))).drift(2024) is None


def test_nothing_that_never_varied_has_a_shift() -> None:
    flat = season(2023, HALF)
    flat = replace(flat, profile=replace(flat.profile, spread=0.0))
    assert feature(flat, season(2024, HALF)).shift(2024) is None


def test_whole_numbers_are_never_split() -> None:
    games = Profile(100, 2.5, 1.1, 0.0, 5.0, is_whole=True)
    assert binning_of([games]) == Binning(0.0, 1.0, 6, is_whole=True)
    assert binning_of([Profile(100, 0.5, 0.5, 0.0, 1.0)]).count == 2


def test_yes_and_no_are_both_drawn_however_rare_one_is() -> None:
    """Playoff games, 7 in 100 rows, lie beyond three deviations: the picture had one bar."""
    rare = Profile(100, 0.07, 0.255, 0.0, 1.0, is_whole=True)
    assert binning_of([rare]) == Binning(0.0, 1.0, 2, is_whole=True)


def test_a_feature_without_values_has_one_empty_bin() -> None:
    assert binning_of([Profile(), Profile()]) == Binning()


@given(
    mean=st.floats(-1e6, 1e6),
    spread=st.floats(0, 1e6),
    below=st.floats(0, 1e6),
    above=st.floats(0, 1e6),
    is_whole=st.booleans(),
)
def test_bins_hold_what_lies_within_three_deviations(
    mean: float, spread: float, below: float, above: float, is_whole: bool
) -> None:
    profile = Profile(50, mean, spread, mean - below, mean + above, is_whole)
    bins = binning_of([profile])
    assert 1 <= bins.count <= MOST_BINS
    assert bins.width > 0
    low = max(profile.lowest or 0.0, mean - 3 * spread)
    assert bins.low <= low + 1e-6 * max(1.0, abs(low))
    if is_whole and below + above <= 1:
        low = mean - below
    assert low < bins.edge(1) + 1e-6 * max(1.0, abs(low))


def test_the_script_is_handed_every_season_with_its_nulls() -> None:
    section = features_section(facts())
    data = json.loads(json.dumps(section.data))
    assert data["seasons"] == ["2023-24", "2024-25"]
    (shown,) = data["features"]
    assert [part["counts"] for part in shown["seasons"]] == [list(HALF), list(LEFT)]
    assert [part["nulls"] for part in shown["seasons"]] == [[0, 0, 0], [0, 0, 500]]
    assert shown["seasons"][0]["drift"] is None
    assert shown["seasons"][1]["drift"] > 0.25


def facts(name: str = "pace") -> FeaturesFacts:
    """One feature that drifted, in two seasons."""
    seasons = season(2023, HALF), season(2024, LEFT, missing=500)
    return FeaturesFacts("ml_feature_store", (feature(*seasons, name=name),))


def test_the_latest_season_stands_in_the_page_without_a_script() -> None:
    section = features_section(facts())
    assert section.shown["words"] == [
        "2024-25 differs from 2023-24, and nothing explains it: pace: mean 3.00, then 4.00 "
        "points (drift 0.42). Drift from 0.25 on is another distribution."
    ]


def test_two_means_that_are_alike_are_told_with_the_digits_that_differ() -> None:
    """`mean 101, then 101` says that nothing changed."""
    (pace,) = facts().features
    before, now = pace.seasons
    means = {100.58: before, 101.24: now}
    near = [
        replace(part, profile=replace(part.profile, mean=mean))
        for mean, part in means.items()
    ]
    shown = replace(facts(), features=(replace(pace, seasons=tuple(near)),))
    assert "mean 100.58, then 101.24 points" in next(tell_drift(shown))


def test_what_looks_back_over_seasons_is_explained_after_the_first_and_only_then() -> (
    None
):
    """Among what grows as it must, the two that a relabelled zone moved were passed over."""
    (first, *others), *_ = (facts().features,)
    across = replace(first, across_seasons=True)
    two = replace(facts(), features=(across, *others))
    assert list(tell_drift(two)) == []
    (told,) = tell_explained(two)
    assert told.startswith(
        "As expected after the first season, 2023-24: pace: mean 3.00"
    )
    earlier = replace(across.seasons[0], season=2022)
    three = replace(across, seasons=(earlier, *across.seasons))
    later = replace(two, features=(three,))
    assert list(tell_explained(later)) == []
    assert "pace" in next(tell_drift(later))


def test_the_features_that_look_back_over_seasons_are_those_that_say_years() -> None:
    features = load()["ml_feature_store"].contract.features
    across = [column.name for column in features if column.across_seasons]
    assert across == [
        column.name for column in features if "years" in column.description
    ]
    assert across
    html = page_html(PageFacts("duckdb:x", AT, "abc", features=facts()))
    assert "absent 20.0 %" in html
    assert "population stability index" in html


def test_without_facts_the_section_says_why() -> None:
    assert "not read" in features_section(None).absent
    assert features_section(FeaturesFacts("ml_feature_store", ())).absent


def test_a_name_is_never_read_as_html() -> None:
    name = "</script><script>alert(1)</script>"
    html = page_html(PageFacts("duckdb:x", AT, "abc", features=facts(name)))
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.004, "0.00"), (12.34, "12.3"), (-123.4, "-123")],
)
def test_a_figure_has_three_digits(value: float | None, text: str) -> None:
    assert figure_text(value) == text


def test_a_season_is_named_by_both_its_years() -> None:
    assert [season_name(year) for year in (1999, 2023)] == ["1999-00", "2023-24"]


def test_seasons_without_rows_cannot_be_judged_and_are_told_first() -> None:
    full = feature(season(2021, HALF), season(2022, HALF))
    facts = FeaturesFacts("ml_feature_store", (full,), without_rows=(2023, 2024, 2025))
    first, *_ = features_section(facts).shown["words"]
    assert first.startswith("No rows at all in 2023-24 to 2025-26: ")
    assert "cannot be judged" in first


def test_a_feature_without_values_in_any_one_season_is_named() -> None:
    nothing = (0, 0, 0, 0)
    years = (2022, 2023, 2024)
    features = [
        feature(*(season(year, nothing, 2000) for year in years), name="injury_risk"),
        *(
            feature(
                season(2022, HALF),
                season(2023, nothing, 2000),
                season(2024, HALF),
                name=name,
            )
            for name in ("line", "total")
        ),
        feature(*(season(year, HALF) for year in years), name="pace"),
    ]
    facts = FeaturesFacts("ml_feature_store", tuple(features))
    assert features_section(facts).shown["words"] == [
        "Without any value in 2023-24: line, total.",
        "Without any value in any season: injury_risk.",
    ]
