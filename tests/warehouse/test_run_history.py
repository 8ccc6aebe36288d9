"""The runs on record: what each did to each table, and what came of its first estimate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from planning.eta import Counted, Estimate, Outturn
from planning.run_history import RunRecord, latest_records
from planning.selection import Selection
from tests.loop import open_warehouse, rows
from tests.warehouse.planting import BAD, CONTEXT, Planted, batch
from warehouse.connections import open_read_only
from warehouse.duckdb import DuckDBWarehouse

AT = datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
OUTTURN = Outturn(Estimate(1.5, 3.0, 12), 2.25, Counted(10, 500), Counted(9, 450))
BLIND = Outturn(None, 2.25, Counted(10, 500), Counted(9, 450))


def test_a_run_is_remembered_with_its_cells_rows_and_time(
    league_warehouse: DuckDBWarehouse,
) -> None:
    league_warehouse.materialize(batch(CONTEXT), "run 7")
    latest, *before = league_warehouse.work_history(5)
    (finished,) = league_warehouse.batch_history(1)
    assert (latest.run_id, latest.table, latest.batches) == ("run 7", CONTEXT, 1)
    assert (latest.cells, latest.rows) == (len(batch(CONTEXT).dates), finished.rows)
    assert latest.seconds == finished.seconds > 0
    assert latest.billed_bytes is None
    assert {work.run_id for work in before} != {"run 7"}
    assert {work.table for work in before} == set(league_warehouse.catalog.ordered())


def test_cells_that_stay_as_they_were_are_counted(
    league_warehouse: DuckDBWarehouse,
) -> None:
    """The same rows again: nothing that reads them is computed again."""
    league_warehouse.materialize(batch(CONTEXT), "again")
    latest, *before = league_warehouse.work_history(5)
    assert latest.unchanged == latest.cells > 0
    assert not any(work.unchanged for work in before)


def test_what_was_not_published_is_no_finished_cell(planted: Planted) -> None:
    warehouse = planted(CONTEXT, where="FALSE")
    warehouse.materialize(batch(CONTEXT, BAD), "bad")
    warehouse.fail(batch(CONTEXT, BAD), "bad", RuntimeError("no"))
    (work,) = warehouse.work_history(1)
    assert (work.batches, work.cells, work.rows, work.seconds) == (0, 0, 0, 0)
    assert (work.quarantined, work.failed) == (1, 1)
    assert work.rows_per_second is None


def test_only_the_latest_runs_are_told(league_warehouse: DuckDBWarehouse) -> None:
    for run in ("first", "second"):
        league_warehouse.materialize(batch(CONTEXT), run)
    assert [work.run_id for work in league_warehouse.work_history(2)] == [
        "second",
        "first",
    ]


def test_a_record_comes_back_as_it_was_kept() -> None:
    warehouse = open_warehouse()
    asked = Selection(tables=("x",), dates=(AT.date(),), only=True, rerun=True)
    kept = [
        RunRecord("a", "all tables", AT, OUTTURN),
        RunRecord("b", "x", AT, BLIND, asked=asked),
    ]
    assert warehouse.run_records() == []
    for record in kept:
        warehouse.record_run(record)
    found = warehouse.run_records()
    assert sorted(found, key=lambda record: record.run_id) == kept
    warehouse.close()


def test_the_last_record_of_a_run_holds() -> None:
    """Before runs were on record from their beginning, an override made several records."""
    later = RunRecord("a", "all tables", AT.replace(year=2025), BLIND)
    first = RunRecord("a", "all tables", AT, OUTTURN)
    assert latest_records([later, first]) == {"a": later}
    assert latest_records([first, later]) == {"a": later}


def test_a_run_is_one_record_whatever_was_kept_of_it() -> None:
    warehouse = open_warehouse()
    begun = RunRecord("a", "all tables", None, BLIND, began_at=AT)
    ended_at = AT + timedelta(seconds=9)
    ended = replace(begun, ended_at=ended_at, outturn=OUTTURN, ending="Completed")
    warehouse.record_run(begun)
    assert warehouse.run_records() == [begun]
    warehouse.record_run(ended)
    warehouse.record_run(RunRecord("b", "x", None, None, AT.replace(year=2025)))
    latest, earlier = warehouse.run_records()
    assert (latest.run_id, latest.has_end, earlier) == ("b", False, ended)
    warehouse.close()


def test_a_run_that_was_resumed_and_killed_has_no_end() -> None:
    ended = RunRecord("a", "all tables", AT, BLIND, AT - timedelta(minutes=5), "Failed")
    resumed = RunRecord("a", "all tables", None, BLIND, AT + timedelta(minutes=1))
    assert latest_records([resumed, ended]) == {"a": resumed}


def test_records_of_an_earlier_version_are_read_by_what_only_reads(
    league_warehouse: DuckDBWarehouse,
) -> None:
    league_warehouse.record_run(RunRecord("a", "all tables", AT, OUTTURN))
    for column in ("began_at", "ending", "asked"):
        rows(league_warehouse, f"ALTER TABLE nba_backfill.runs DROP COLUMN {column}")
    path = league_warehouse.url
    league_warehouse.close()
    with open_read_only(path) as warehouse:
        (kept,) = warehouse.run_records()
    assert kept == RunRecord("a", "all tables", AT, OUTTURN)


def test_a_file_of_an_earlier_version_is_read_without_records(
    league_warehouse: DuckDBWarehouse,
) -> None:
    rows(league_warehouse, "DROP TABLE nba_backfill.runs")
    path = league_warehouse.url
    league_warehouse.close()
    with open_read_only(path) as warehouse:
        assert warehouse.run_records() == []
        assert warehouse.work_history(1)
