"""Splits: by date, in order, with days between them, and no game in two."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest

from core.errors import ConfigError, WarehouseError
from training.splits import LEFT_OUT, Splits, require_no_shared_game, with_splits

SPLITS = Splits(date(2024, 1, 10), date(2024, 1, 20), embargo_days=2)


@pytest.mark.parametrize(
    ("day", "split"),
    [
        (7, "train"),
        (8, LEFT_OUT),
        (9, LEFT_OUT),
        (10, "validation"),
        (17, "validation"),
        (18, LEFT_OUT),
        (19, LEFT_OUT),
        (20, "test"),
        (31, "test"),
    ],
)
def test_a_date_has_one_split_or_lies_in_an_embargo(day: int, split: str) -> None:
    assert SPLITS.split_of(date(2024, 1, day)) == split


def test_splits_follow_each_other_by_date() -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(40)]
    found = [split for day in days if (split := SPLITS.split_of(day))]
    assert list(dict.fromkeys(found)) == ["train", "validation", "test"]
    assert found == sorted(found, key=["train", "validation", "test"].index)


@pytest.mark.parametrize(
    ("validation", "test", "embargo"),
    [(10, 10, 1), (20, 10, 1), (10, 11, 1), (10, 20, 0)],
)
def test_splits_that_leave_nothing_between_are_refused(
    validation: int, test: int, embargo: int
) -> None:
    with pytest.raises(ConfigError):
        Splits(date(2024, 1, validation), date(2024, 1, test), embargo)


def test_a_game_on_two_dates_may_not_be_in_two_splits() -> None:
    days, games = [date(2024, 1, 7), date(2024, 1, 10)], ["0022300001", "0022300001"]
    rows = pa.table({"game_date": pa.array(days), "label_game_id": games})
    with pytest.raises(
        WarehouseError, match="game 0022300001 is in two splits, train and valid"
    ):
        with_splits(rows, SPLITS)
    require_no_shared_game(["a", "a", "b"], ["train", "train", "test"])
