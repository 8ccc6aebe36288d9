"""The whole backfill of the small league on BigQuery's API,
through the real client, beside DuckDB's."""

from __future__ import annotations

from collections import Counter

import pytest

from core.version import code_version
from processors.discovery import load
from tests.bigquery_stand_in.cuts import bytes_of_cuts
from tests.bigquery_stand_in.jobs import QUEUED, RUNNING
from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.loop import backfill, planned
from tests.warehouse.bigquery.looking import (
    PREFIX,
    jobs,
    on_duckdb,
    on_stand_in,
    table_rows,
)
from warehouse.bigquery.cost import JOBS_PER_BATCH
from warehouse.bigquery.warehouse import BigQueryWarehouse
from warehouse.duckdb import DuckDBWarehouse

CATALOG = load()
PUBLISHED = {f"{PREFIX}{p.dataset}.{p.name}" for p in CATALOG}

WITHOUT_ROWS = {"injuries", "injury_reports"}
"""Raw tables of which the small league has nothing."""


@pytest.mark.parametrize("table", [*CATALOG.raw, *CATALOG.ordered()])
def test_every_table_holds_value_by_value_what_duckdb_computes(
    table: str, computed_stand_in: StandIn, computed_on_duckdb: DuckDBWarehouse
) -> None:
    expected = on_duckdb(computed_on_duckdb, table)
    assert bool(expected) == (table not in WITHOUT_ROWS)
    assert on_stand_in(computed_stand_in, computed_on_duckdb, table) == expected


def test_the_planner_sees_the_same_calendar_and_states_on_both(
    league_warehouse: BigQueryWarehouse, computed_on_duckdb: DuckDBWarehouse
) -> None:
    here, there = (
        sorted(w.game_days(), key=lambda d: d.game_date)
        for w in (league_warehouse, computed_on_duckdb)
    )
    assert here == there
    for table in CATALOG.ordered():
        assert league_warehouse.cell_states(table) == computed_on_duckdb.cell_states(
            table
        )


def test_what_is_computed_is_fresh_and_a_second_backfill_changes_nothing(
    league_warehouse: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    assert backfill(league_warehouse, run_id="second") == []
    assert {r.step for r in jobs(league_stand_in)} <= {
        "derive",
        "calendar",
        "clock",
        "contents",
        "records",
        "state",
    }
    planner = planned(league_warehouse)
    assert all(planner.incomplete(table) == [] for table in CATALOG.ordered())


def test_f03_f05_a_batch_is_four_jobs_of_which_one_merge_changes_the_published_table(
    computed_stand_in: StandIn,
) -> None:
    """A delete and an insert apart doubled rows when one of them was refused."""
    batches = Counter(
        (r.labels["table"], r.step)
        for r in jobs(computed_stand_in)
        if "run" in r.labels
    )
    for table in CATALOG.ordered():
        steps = {step: number for (of, step), number in batches.items() if of == table}
        assert set(steps) == {"stage", "audit", "merge", "ledger"}
        (number,) = set(steps.values())
        assert sum(steps.values()) == number * JOBS_PER_BATCH
    changing = {
        job.statement
        for job in computed_stand_in.jobs.known.values()
        if job.statement != "SELECT" and job.answer.inserted + job.answer.deleted
        if computed_stand_in.jobs.target(job) in PUBLISHED
    }
    assert changing == {"MERGE"}


def test_every_job_has_an_id_of_ours_labels_a_place_and_a_limit(
    computed_stand_in: StandIn,
) -> None:
    for job in computed_stand_in.jobs.known.values():
        assert job.job_id.startswith("fullcourt-")
        assert job.location == "EU"
        assert {"app", "step"} <= job.labels.keys()
        if "query" in job.configuration:
            assert int(job.configuration["query"]["maximumBytesBilled"]) >= 10 * 2**20
        if job.labels["step"] in ("stage", "audit", "merge"):
            assert {"run", "table", "phase"} <= job.labels.keys()


def test_every_request_says_how_long_it_may_take(computed_stand_in: StandIn) -> None:
    """Without a timeout the client hangs for as long as the network does."""
    unlimited = {r.call for r in computed_stand_in.log if r.timeout is None}
    assert unlimited <= {"jobs.upload"}, (
        "uploads have a timeout of their own, without the header"
    )


def test_f63_the_ledger_is_written_once_a_batch_and_never_by_load_jobs(
    computed_stand_in: StandIn,
) -> None:
    """One load job per event met the limit of 1,500 a day."""
    entries = [
        e
        for e in table_rows(computed_stand_in, "ledger")
        if e["table_name"] in CATALOG.ordered()
    ]
    batches = {(e["table_name"], e["started_at"]) for e in entries}
    inserted = jobs(computed_stand_in, step="ledger")
    assert len(inserted) == len(batches)
    assert len(entries) > 10 * len(inserted)
    assert computed_stand_in.calls("jobs.upload") == []


def test_f64_no_table_had_more_statements_under_way_than_bigquery_runs(
    computed_stand_in: StandIn,
) -> None:
    assert max(computed_stand_in.jobs.most_outstanding.values()) <= RUNNING < QUEUED


def test_f67_the_ledger_names_the_code_that_computed_each_cell(
    league_warehouse: BigQueryWarehouse,
) -> None:
    records = league_warehouse.records(*CATALOG.ordered())
    versions = {
        r.last.code_version for cells in records.values() for r in cells.values()
    }
    assert versions == {code_version()}


def test_the_bytes_of_a_batch_are_those_of_the_partitions_of_its_cuts(
    league_warehouse: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    """A scan that its cut does not bound would read every season there is."""
    planner = planned(league_warehouse)
    for table in CATALOG.ordered():
        days = list(planner.calendar.days)
        decision = planner.decide(table, days, rerun=days)
        for batch in planner.batches(decision, 10):
            read = league_warehouse.dry_run(batch).bytes_read
            assert 0 < read <= bytes_of_cuts(league_stand_in, CATALOG, PREFIX, batch), (
                batch.name
            )


def test_a_warehouse_opened_anew_goes_on_where_the_ledger_says(
    league_stand_in: StandIn,
) -> None:
    table = CATALOG.ordered()[-1]
    name = f"{PREFIX}{CATALOG.dataset(table)}.{table}"
    league_stand_in.engine.rows(f"DELETE FROM {name} WHERE game_date = '2023-11-21'")
    warehouse = warehouse_on(league_stand_in)
    receipts = backfill(warehouse, run_id="repair")
    assert [(r["table"], r["done"]) for r in receipts] == [(table, 1)]
