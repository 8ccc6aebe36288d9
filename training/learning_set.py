"""A set of features with labels as arrays, from the table that an export holds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.errors import ConfigError
from training.splits import SPLIT

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
Mask = NDArray[np.bool_]
LABEL, MINUTES = "label_points", "label_minutes"
VERSION = "feature_version"


@dataclass(frozen=True)
class LearningSet:
    """One row per date and player, in that order.

    `features`: rows x columns named `names`, NaN where a feature is NULL. `points`: the label, NaN
    where there is none yet. `days`: game dates. `minutes`: minutes played. `splits`: train,
    validation or test, an empty text where there is none.
    """

    names: tuple[str, ...]
    features: Floats
    points: Floats
    days: Days
    players: NDArray[np.int64]
    seasons: NDArray[np.int64]
    minutes: Floats
    splits: NDArray[np.str_]
    version: str

    def __len__(self) -> int:
        return len(self.points)

    def of(self, split: str) -> LearningSet:
        """The rows of one split."""
        return self.where(self.splits == split)

    def where(self, chosen: Mask) -> LearningSet:
        """The rows that a mask chooses."""
        return replace(
            self,
            features=self.features[chosen],
            points=self.points[chosen],
            days=self.days[chosen],
            players=self.players[chosen],
            seasons=self.seasons[chosen],
            minutes=self.minutes[chosen],
            splits=self.splits[chosen],
        )

    def feature(self, name: str) -> Floats:
        """The values of one feature; ConfigError for one that the set does not have."""
        if name not in self.names:
            raise ConfigError(f"the set has no feature {name}; export it again")
        column: Floats = self.features[:, self.names.index(name)]
        return column


def from_table(table: Any, names: Sequence[str]) -> LearningSet:
    """A pyarrow Table of the feature store's columns, with labels and splits or without, as arrays;
    ConfigError where rows are of two feature versions, or there are none."""
    found = sorted(set(table[VERSION].to_pylist()))
    if len(found) != 1:
        told = f"versions {' and '.join(found)}" if found else "no rows"
        raise ConfigError(
            f"the set holds {told} of features, and one version is wanted; export it again"
        )
    columns = [_floats(table, name) for name in names]
    days = np.array(table["game_date"].to_pylist(), dtype="datetime64[D]")
    players = np.array(table["player_id"].to_pylist(), dtype=np.int64)
    seasons = np.array(table["season"].to_pylist(), dtype=np.int64)
    return LearningSet(
        names=tuple(names),
        features=np.column_stack(columns),
        points=_floats(table, LABEL),
        days=days,
        players=players,
        seasons=seasons,
        minutes=_floats(table, MINUTES),
        splits=_texts(table, SPLIT),
        version=found[0],
    )


def _floats(table: Any, name: str) -> Floats:
    """A column as floats, NaN for NULL and for a column that is not there."""
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    values = table[name].cast(pa.float64())
    found: Floats = values.to_numpy(zero_copy_only=False)
    return found


def _texts(table: Any, name: str) -> NDArray[np.str_]:
    if name not in table.column_names:
        return np.full(table.num_rows, "", dtype="U10")
    return np.array(table[name].to_pylist(), dtype="U10")
