"""Splits by date, with an embargo between them, that share no game. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from core.counted import counted
from core.errors import ConfigError, WarehouseError
from core.remedy import Remedy

SPLIT = "split"
TRAIN, VALIDATION, TEST = "train", "validation", "test"
LEFT_OUT = ""
"""The split of a date inside an embargo."""


@dataclass(frozen=True)
class Splits:
    """Where validation and test begin.

    `embargo_days` days before each are left out, so that no row of a split is of the day before the
    next one; at least 1. ConfigError for dates that are not in order.
    """

    validation_from: date
    test_from: date
    embargo_days: int = 1

    def __post_init__(self) -> None:
        if self.embargo_days < 1:
            raise ConfigError(
                f"an embargo of {counted(self.embargo_days, 'day')}; say at least 1"
            )
        if self.validation_from >= self.test_from - self._embargo:
            raise ConfigError(
                f"validation from {self.validation_from} and test from {self.test_from} leave no "
                f"day of validation before an embargo of {self.embargo_days}; set them apart"
            )

    @property
    def _embargo(self) -> timedelta:
        return timedelta(days=self.embargo_days)

    def split_of(self, day: date) -> str:
        """The split of a date; LEFT_OUT inside an embargo."""
        if day >= self.test_from:
            return TEST
        if day >= self.test_from - self._embargo:
            return LEFT_OUT
        if day >= self.validation_from:
            return VALIDATION
        return LEFT_OUT if day >= self.validation_from - self._embargo else TRAIN

    def to_json(self) -> dict[str, str | int]:
        """Plain data."""
        return {
            "validation_from": str(self.validation_from),
            "test_from": str(self.test_from),
            "embargo_days": self.embargo_days,
        }


def with_splits(rows: Any, splits: Splits) -> Any:
    """The rows with the split of each; WarehouseError where two splits share a game."""
    names = _split_names(rows["game_date"].to_pylist(), splits)
    require_no_shared_game(rows["label_game_id"].to_pylist(), names)
    return rows.append_column(SPLIT, pa.array(names, pa.string()))


def _split_names(days: Sequence[date], splits: Splits) -> list[str]:
    """The split of each row by its date."""
    of_day = {day: splits.split_of(day) for day in set(days)}
    return [of_day[day] for day in days]


def require_no_shared_game(games: Sequence[str], splits: Sequence[str]) -> None:
    """Raise WarehouseError where rows of one game are in two splits."""
    seen: dict[str, str] = {}
    for game, split in zip(games, splits, strict=True):
        if seen.setdefault(game, split) != split:
            raise WarehouseError(
                f"game {game} is in two splits, {seen[game] or 'an embargo'} and "
                f"{split or 'an embargo'}: it is on two dates; ",
                Remedy("verify"),
                " names the cells",
            )
