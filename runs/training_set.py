"""The training set: features with labels, split by date, with an embargo between the splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ConfigError, WarehouseError
from core.remedy import Remedy
from planning.labels import features
from planning.selection import Selection
from processors.raw_schemas import arrow_schema
from runs.export import columns_out
from runs.labels import LABEL, add_labels
from runs.manifest import LabelCounts, labels_part, table_part, warehouse_part
from runs.rows import choose, read_by_season, require_fresh, require_unchanged
from warehouse.protocol import Warehouse

FEATURES = "ml_feature_store"
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
            raise ConfigError(f"an embargo of {self.embargo_days} days; say at least 1")
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


@dataclass(frozen=True)
class TrainingData:
    """One row per date and player who played as expected.

    `rows`: a pyarrow Table of the feature store's columns, the label's and `split`, in the order of
    date and player. `features`: the columns to learn from. `counts`: rows per split. `left_out`:
    labelled rows inside an embargo. `manifest`: what it is and from what, as an export has it.
    """

    rows: Any
    features: tuple[str, ...]
    label: str
    counts: Mapping[str, int]
    left_out: int
    labels: LabelCounts
    manifest: dict[str, Any]


def read_training_set(
    warehouse: Warehouse, selection: Selection, splits: Splits, as_is: bool = False
) -> TrainingData:
    """The labelled rows of the feature store on the dates asked for.

    NotFreshError where features or labels are not fresh, unless `as_is`.
    """
    asked = selection.model_copy(update={"tables": (FEATURES,)})
    chosen = choose(warehouse, asked, with_labels=True)
    if not as_is:
        require_fresh(chosen)
    out, labels = chosen.tables[FEATURES], LabelCounts()
    parts: list[Any] = []
    for part in read_by_season(warehouse, chosen.planner.calendar, out):
        labelled = add_labels(warehouse, FEATURES, part.rows)
        labels.add(labelled.labelling)
        parts.append(labelled.rows)
    require_unchanged(warehouse, chosen)
    columns = columns_out(warehouse, FEATURES, with_labels=True)
    whole = pa.concat_tables([arrow_schema(columns).empty_table(), *parts])
    split = with_splits(whole, splits)
    rows = split.filter(pc.not_equal(split[SPLIT], LEFT_OUT))
    counts = {name: _count(rows, name) for name in (TRAIN, VALIDATION, TEST)}
    left_out = split.num_rows - rows.num_rows
    manifest = {
        **warehouse_part(warehouse, chosen, asked, as_is),
        "tables": {
            FEATURES: {**table_part(warehouse, out, columns), "rows": rows.num_rows}
        },
        "labels": labels_part(chosen, {FEATURES: labels}),
        "splits": {**_described(splits), "rows": counts, "left_out": left_out},
    }
    names = tuple(features([column.name for column in columns]))
    return TrainingData(rows, names, LABEL, counts, left_out, labels, manifest)


def with_splits(rows: Any, splits: Splits) -> Any:
    """The rows with the split of each; WarehouseError where two splits share a game."""
    days = rows["game_date"].to_pylist()
    of_day = {day: splits.split_of(day) for day in set(days)}
    names = [of_day[day] for day in days]
    require_no_shared_game(rows["label_game_id"].to_pylist(), names)
    return rows.append_column(SPLIT, pa.array(names, pa.string()))


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


def _count(rows: Any, split: str) -> int:
    return int(pc.sum(pc.equal(rows[SPLIT], split)).as_py() or 0)


def _described(splits: Splits) -> dict[str, Any]:
    return {
        "validation_from": str(splits.validation_from),
        "test_from": str(splits.test_from),
        "embargo_days": splits.embargo_days,
    }
