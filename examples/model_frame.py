"""The feature store as a frame to learn from: features, label, splits, and the figure to beat.

    python examples/model_frame.py duckdb:seasons.duckdb 2023-10-24 2024-10-22

Validation begins on the first date, test on the second. Prints the rows of each split, and what
the season average, a naive figure, is off by on the test rows: a model has to do better.
"""

from __future__ import annotations

import argparse
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
    for name, number in rows.counts.items():
        features = matrix(rows.split(name), rows.features)
        known = 100 * np.mean(~np.isnan(features)) if number else 0
        print(
            f"{name}: {number:,} rows of {len(rows.features)} features, {known:.0f} % known"
        )
    print(f"without a label: {rows.did_not_play:,} rows whose player did not play")
    print(f"kept out: {len(rows.kept_out):,} rows whose player played for another team")
    print(f"in no split: {rows.left_out:,} rows of the days before validation and test")
    if rows.counts["test"]:
        print(
            f"season average on test: off by {naive_error(rows):.3f} points on average"
        )


if __name__ == "__main__":
    main()
