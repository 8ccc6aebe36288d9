"""The feature store as a frame to learn from: features, label, splits, and the figure to beat.

    python examples/model_frame.py duckdb:seasons.duckdb 2024-03-01 2024-10-22

Train has the rows before the first date, on which validation begins; test begins on the second.
Prints the rows of each split, and what the season average, a naive figure, is off by on the test
rows: a model has to do better. A split without rows ends it with what the warehouse has.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

import fullcourt

Matrix = npt.NDArray[np.float64]


def matrix(rows: fullcourt.Rows, columns: Sequence[str]) -> Matrix:
    """Rows by columns; what is NULL in the warehouse is NaN."""
    arrow = rows.to_arrow()
    values = [arrow[name].to_numpy().astype(np.float64) for name in columns]
    return np.column_stack(values)


def naive_error(rows: fullcourt.TrainingSet) -> float:
    """Mean absolute error of the season average on the test rows, in points."""
    test = matrix(rows.split("test"), ["points_avg_season", rows.label])
    return float(np.mean(np.abs(test[:, 0] - test[:, 1])))


def require_rows(rows: fullcourt.TrainingSet, first: str, second: str) -> None:
    """End with a sentence where a split has no row: a model needs all three."""
    asked = {
        "train": f"before {first}",
        "validation": f"from {first} until {second}",
        "test": f"from {second} on",
    }
    empty = [f"{name} ({asked[name]})" for name, n in rows.counts.items() if not n]
    if not empty:
        return
    days = sorted(set(rows.to_arrow()["game_date"].to_pylist()))
    if days:
        held = f"it has rows from {days[0]} to {days[-1]}; name two dates between them"
    else:
        held = "it has no labelled row at all; run fullcourt status"
    sys.exit(f"no row in {', '.join(empty)} of this warehouse: {held}")


def main() -> None:
    """Read the set, say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("validation_from")
    parser.add_argument("test_from")
    asked = parser.parse_args()
    with fullcourt.open(asked.address) as warehouse:
        rows = warehouse.training_set(
            validation_from=asked.validation_from, test_from=asked.test_from
        )
    require_rows(rows, asked.validation_from, asked.test_from)
    for name in rows.counts:
        features = matrix(rows.split(name), rows.features)
        number, width = features.shape
        known = 100 * np.mean(~np.isnan(features))
        print(f"{name}: {number:,} rows of {width} features, {known:.0f} % known")
    print(f"without a label: {rows.did_not_play:,} rows whose player did not play")
    print(f"kept out: {len(rows.kept_out):,} rows whose player played for another team")
    print(f"in no split: {rows.left_out:,} rows of the days before validation and test")
    print(f"season average on test: off by {naive_error(rows):.3f} points on average")


if __name__ == "__main__":
    main()
