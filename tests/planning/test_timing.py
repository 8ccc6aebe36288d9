"""What a table took is told of the run that computed it last, all its batches together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from planning.eta import Finished, latest

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)


def batch(table: str, run: str, at: float, seconds: float, rows: int = 100) -> Finished:
    started = BEGAN + timedelta(seconds=at)
    return Finished(table, rows, run, started, started + timedelta(seconds=seconds))


def test_the_batches_of_the_latest_run_are_added_up_and_earlier_runs_left_out() -> None:
    (time,) = latest(
        [batch("a", "new", 100, 2), batch("a", "new", 90, 3), batch("a", "old", 0, 50)],
        ["a"],
    )
    assert (time.batches, time.rows, time.seconds, time.rows_per_second) == (
        2,
        200,
        5.0,
        40.0,
    )
    assert time.finished_at == BEGAN + timedelta(seconds=102)


def test_the_order_of_the_batches_does_not_decide_which_run_is_the_latest() -> None:
    assert (
        latest([batch("a", "old", 0, 50), batch("a", "new", 100, 2)], ["a"])[0].seconds
        == 2.0
    )


def test_the_slowest_table_comes_first_and_only_tables_asked_for_come() -> None:
    times = latest(
        [batch("a", "r", 0, 1), batch("b", "r", 1, 2), batch("c", "r", 3, 9)],
        ["a", "b", "d"],
    )
    assert [time.table for time in times] == ["b", "a"]


def test_a_batch_that_took_no_time_has_no_rate() -> None:
    (time,) = latest([batch("a", "r", 0, 0)], ["a"])
    assert time.rows_per_second is None
    assert time.to_json()["finished_at"] == "2025-01-01T00:00:00+00:00"
