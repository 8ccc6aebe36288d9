"""Labels: the points of the expected game, or none, and why."""

from __future__ import annotations

from datetime import date

import pytest

from core.errors import ConfigError
from planning.labels import (
    KeptOut,
    Labelling,
    Played,
    by_key,
    can_be_labelled,
    features,
    require_labels,
)
from processors.discovery import load

DAY = date(2024, 1, 3)
HOME = Played("0022300001", "ASH", 21, 34.5)
ELSEWHERE = Played("0022300002", "COR", 9, 20.0)


def labelling(
    *played: Played, expected: tuple[str, str] = ("0022300001", "ASH")
) -> Labelling:
    return Labelling({(DAY, 7): expected}, by_key(((DAY, 7), each) for each in played))


def test_the_label_is_of_the_game_that_was_expected() -> None:
    found = labelling(ELSEWHERE, HOME)
    assert found.find((DAY, 7)) is HOME
    assert (found.labelled, found.did_not_play, found.kept_out) == (1, 0, [])


def test_a_player_who_did_not_play_has_no_label() -> None:
    found = labelling(HOME)
    assert found.find((DAY, 8)) is None
    assert (found.labelled, found.did_not_play, found.kept_out) == (0, 1, [])


@pytest.mark.parametrize(
    "expected",
    [("0022300001", "COR"), ("0022300009", "ASH")],
    ids=["other team", "other game"],
)
def test_who_played_another_game_or_for_another_team_is_kept_out(
    expected: tuple[str, str],
) -> None:
    """A traded player's points are of a game that his features do not describe."""
    found = labelling(HOME, expected=expected)
    assert found.find((DAY, 7)) is None
    assert found.kept_out == [KeptOut(DAY, 7, *expected, "0022300001", "ASH")]
    assert found.did_not_play == 0


def test_tables_of_one_player_a_date_have_labels() -> None:
    catalog = load()
    assert [
        table for table in catalog.ordered() if can_be_labelled(catalog, table)
    ] == [
        "upcoming_player_game_context",
        "player_shot_zone_analysis",
        "player_composite_factors",
        "player_daily_cache",
        "ml_feature_store",
    ]
    require_labels(catalog, ["player_daily_cache", "ml_feature_store"])
    for table in ("team_offense_game_summary", "player_box"):
        with pytest.raises(ConfigError, match=f"{table} has no labels"):
            require_labels(catalog, ["ml_feature_store", table])


def test_features_are_the_columns_with_a_status() -> None:
    names = [column.name for column in load()["ml_feature_store"].contract.columns]
    found = list(features(names))
    assert len(found) == 33
    assert {"feature_quality_score", "player_id", "season"}.isdisjoint(found)
