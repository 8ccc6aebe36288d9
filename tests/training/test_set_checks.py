"""Labelled rows and their splits: each fault is caught by the measurement of its name."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from tests.training.judged import breaches, named
from training.set_checks import labelled_rows, measure_set
from training.splits import Splits
from validation.verdict import Breach

FIRST = date(2023, 11, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(90)]
SPLITS = Splits(FIRST + timedelta(days=50), FIRST + timedelta(days=70))
GAMES = {(2023, f"{day:%Y-%m}"): 20 for day in DAYS}
Row = dict[str, Any]


@pytest.fixture
def rows() -> list[Row]:
    """Ten players a day in a game of their own day, split by date."""
    return [
        {
            "game_date": day,
            "player_id": player,
            "season": 2023,
            "label_game_id": f"00223{n:05d}",
            "expected_game": f"00223{n:05d}",
            "split": SPLITS.split_of(day),
        }
        for n, day in enumerate(DAYS)
        for player in range(10)
    ]


def found(rows: list[Row]) -> list[Breach]:
    return breaches(measure_set(pa.Table.from_pylist(rows), GAMES))


def evidence(of: list[Breach]) -> str:
    return " ".join(key for breach in of for key in breach.evidence)


def test_honest_rows_break_nothing(rows: list[Row]) -> None:
    assert found(rows) == []


def test_a_doubled_key_is_named(rows: list[Row]) -> None:
    broken = found([*rows, rows[17]])
    assert named(broken) == {"duplicate_keys"}
    assert evidence(broken) == "2023-11-02 7"


def test_a_label_of_another_game_is_named(rows: list[Row]) -> None:
    rows[5]["label_game_id"] = rows[15]["label_game_id"]
    broken = found(rows)
    assert named(broken) == {"rows_of_another_game"}
    assert evidence(broken) == "2023-11-01 5: 0022300001 is not 0022300000"


def test_a_random_split_overlaps_and_shares_games(rows: list[Row]) -> None:
    random = Random(1)
    for row in rows:
        row["split"] = random.choice(["train", "validation", "test"])
    assert named(found(rows)) == {"days_between_splits", "games_in_two_splits"}


def test_a_random_split_of_whole_games_overlaps_all_the_same(rows: list[Row]) -> None:
    random = Random(2)
    of_game = {
        row["label_game_id"]: random.choice(["train", "validation", "test"])
        for row in rows
    }
    for row in rows:
        row["split"] = of_game[row["label_game_id"]]
    assert named(found(rows)) == {"days_between_splits"}


def test_a_game_in_two_splits_is_named(rows: list[Row]) -> None:
    """As a game that is on two dates would be."""
    last_of_train = [row for row in rows if row["split"] == "train"][-1]
    first_of_validation = next(row for row in rows if row["split"] == "validation")
    for name in ("label_game_id", "expected_game"):
        first_of_validation[name] = last_of_train[name]
    broken = found(rows)
    assert named(broken) == {"games_in_two_splits"}
    assert evidence(broken) == f"{last_of_train['label_game_id']}: train, validation"


def test_f33_dates_of_train_and_test_that_overlap_by_13_days_are_refused(
    rows: list[Row],
) -> None:
    """The older project's test began 13 days before its training ended."""
    last_of_validation = max(r["game_date"] for r in rows if r["split"] == "validation")
    for row in rows:
        if row["split"] == "test":
            row["game_date"] -= timedelta(days=14)
            row["player_id"] += 100
    broken = found(rows)
    assert named(broken) == {"days_between_splits"}
    (breach,) = broken
    first = last_of_validation - timedelta(days=12)
    assert breach.value == -13
    assert (
        f"validation ends {last_of_validation}, test begins {first}" in breach.evidence
    )


def test_splits_without_a_day_between_them_are_refused(rows: list[Row]) -> None:
    for row in rows:
        row["split"] = row["split"] or "train"
    assert "days_between_splits" in named(found(rows))


def test_an_empty_split_is_too_small(rows: list[Row]) -> None:
    broken = found([row for row in rows if row["split"] != "test"])
    assert named(broken) == {"smallest_split_rows"}
    assert "test without rows" in evidence(broken)


@pytest.mark.parametrize(
    ("games", "limit"), [(492, 5_000), (4_920, 50_000), (12_000, 50_000)]
)
def test_rows_wanted_are_prorated_below_four_seasons_and_never_more(
    rows: list[Row], games: int, limit: float
) -> None:
    month = {(2023, "2023-11"): games}
    measured = labelled_rows(pa.Table.from_pylist(rows), month)
    (breach,) = breaches([measured])
    assert (breach.value, breach.limit) == (len(rows), limit)
