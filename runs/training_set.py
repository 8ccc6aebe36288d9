"""The training set: features with labels, split by date, with an embargo between the splits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from planning.labels import features
from planning.selection import Selection
from processors.raw_schemas import arrow_schema
from runs.export import columns_out
from runs.labels import LABEL, add_labels
from runs.manifest import LabelCounts, labels_part, table_part, warehouse_part
from runs.rows import choose, read_by_season, require_fresh, require_unchanged
from training.splits import (
    LEFT_OUT,
    SPLIT,
    TEST,
    TRAIN,
    VALIDATION,
    Splits,
    with_splits,
)
from warehouse.protocol import Warehouse

FEATURES = "ml_feature_store"


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
        "splits": {**splits.to_json(), "rows": counts, "left_out": left_out},
    }
    names = tuple(features([column.name for column in columns]))
    return TrainingData(rows, names, LABEL, counts, left_out, labels, manifest)


def _count(rows: Any, split: str) -> int:
    return int(pc.sum(pc.equal(rows[SPLIT], split)).as_py() or 0)
