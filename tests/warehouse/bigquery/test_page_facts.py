"""What the page reads of BigQuery's stand-in is what it reads of DuckDB."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from planning.eta import Counted, Outturn
from planning.run_history import RunRecord
from reports.page.features import FeaturesFacts
from runs.page.features import collect_features
from runs.page.runs import collect_runs
from runs.survey import survey
from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import Warehouse

AT = datetime(2025, 1, 2, 3, 4, tzinfo=UTC)
PLAN = Outturn(None, 0.0, Counted(40, 600), Counted(0, 0))


def features_of(warehouse: Warehouse) -> FeaturesFacts:
    """The features on all dates of a warehouse."""
    return collect_features(warehouse, tuple(survey(warehouse).calendar.days))


def test_the_features_are_distributed_as_on_duckdb(
    computed_stand_in: StandIn, computed_on_duckdb: DuckDBWarehouse
) -> None:
    here = features_of(warehouse_on(computed_stand_in))
    there = features_of(computed_on_duckdb)
    assert here.seasons == there.seasons != ()
    for one, other in zip(here.features, there.features, strict=True):
        assert one.binning == other.binning, one.name
        for mine, its in zip(one.seasons, other.seasons, strict=True):
            assert (mine.counts, mine.nulls) == (its.counts, its.nulls), one.name
            assert mine.profile.mean == pytest.approx(its.profile.mean), one.name


def test_a_run_says_what_it_was_billed(computed_stand_in: StandIn) -> None:
    facts = collect_runs(warehouse_on(computed_stand_in))
    (run,) = facts.runs
    assert facts.is_billed
    assert run.run_id == "first"
    assert {work.table for work in run.work} == set(facts.phases)
    billed = [work.billed_bytes for work in run.work]
    assert all(billed)
    assert run.dollars is not None
    assert run.dollars > 0
    assert run.record is None


def test_the_same_cells_and_rows_as_on_duckdb(
    computed_stand_in: StandIn, computed_on_duckdb: DuckDBWarehouse
) -> None:
    (here,) = collect_runs(warehouse_on(computed_stand_in)).runs
    (there,) = collect_runs(computed_on_duckdb).runs
    counted = {
        work.table: (work.cells, work.rows, work.unchanged) for work in here.work
    }
    assert counted == {
        work.table: (work.cells, work.rows, work.unchanged) for work in there.work
    }
    assert there.dollars is None


def test_a_run_is_one_record_from_its_beginning_to_its_end(
    computed_stand_in: StandIn,
) -> None:
    warehouse = warehouse_on(computed_stand_in)
    begun = RunRecord("r", "all tables", None, PLAN, began_at=AT)
    ended = RunRecord("r", "all tables", AT + timedelta(seconds=9), None, AT, "NO-GO")
    warehouse.record_run(begun)
    assert warehouse.run_records() == [begun]
    warehouse.record_run(ended)
    assert warehouse.run_records() == [ended]
