"""The gate before training on BigQuery's stand-in: it measures what it measures on DuckDB."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runs.replay import measure_replay
from runs.survey import survey
from runs.train_measure import (
    SetDates,
    measure_dates,
    measure_features,
    measure_labels,
    read_labelled_keys,
    shape_of,
)
from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.training.judged import breaches, named
from training.choose_splits import choose_splits
from training.set_checks import measure_set
from validation.measurement import Measurement
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import Warehouse


def measured(warehouse: Warehouse) -> Iterator[Measurement]:
    """All that is measured of the set and of its features."""
    dates = SetDates.of(warehouse, tuple(survey(warehouse).calendar.days))
    splits = choose_splits(dates.seasons)
    keys = read_labelled_keys(warehouse, dates, splits)
    yield from measure_dates(dates)
    yield from measure_labels(warehouse, dates)
    yield from measure_set(keys, dates.games)
    yield from measure_features(warehouse, dates, shape_of(keys, dates, splits))


def values(of: Iterator[Measurement]) -> dict[str, float]:
    return {one.what: one.value for one in of if one.value is not None}


def test_every_figure_is_that_of_duckdb(
    computed_stand_in: StandIn, computed: DuckDBWarehouse
) -> None:
    expected = values(measured(computed))
    assert len(expected) > 100
    assert values(measured(warehouse_on(computed_stand_in))) == pytest.approx(
        expected, abs=1e-6
    )


def test_a_date_is_proven_from_the_raw_rows_of_bigquery(
    computed_stand_in: StandIn,
) -> None:
    warehouse = warehouse_on(computed_stand_in)
    dates = SetDates.of(warehouse, tuple(survey(warehouse).calendar.days))
    found = list(measure_replay(warehouse, dates.seasons))
    assert named(breaches(found)) == set()
    assert sum(one.of for one in found) > 100
