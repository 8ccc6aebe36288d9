"""What a backfill reads of a file while Prefect is imported."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fullcourt.cli.backfill import looking_ahead
from planning.selection import Selection
from runs.survey import SIDE_BY_SIDE, observe, read_ahead, survey
from tests.loop import rows
from warehouse.connections import open_warehouse
from warehouse.duckdb import DuckDBWarehouse

TABLE = "team_offense_game_summary"


@pytest.fixture
def warehouse(computed_file: Path, tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    path = shutil.copy(computed_file, tmp_path)
    with open_warehouse(f"duckdb:{path}") as opened:
        assert isinstance(opened, DuckDBWarehouse)
        yield opened


def test_a_run_does_not_read_again_what_was_read_ahead(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with looking_ahead(warehouse, Selection()):
        pass
    for reading in ("records", "contents", "cell_states", "observe"):
        monkeypatch.setattr(warehouse, reading, None)
    read_ahead(observe(warehouse, "run"), Selection())


def test_a_run_sees_what_was_written_after_it_was_read_ahead(
    warehouse: DuckDBWarehouse,
) -> None:
    with looking_ahead(warehouse, Selection()):
        pass
    day = min(filter(None, survey(warehouse).freshness.book.records[TABLE]))
    rows(warehouse, f"DELETE FROM nba_analytics.{TABLE} WHERE game_date = '{day}'")
    planner = observe(warehouse, "run")
    assert list(planner.decide(TABLE, [day]).compute) == [day]


def test_what_is_wrong_with_a_selection_is_for_the_run_to_say(
    warehouse: DuckDBWarehouse,
) -> None:
    with looking_ahead(warehouse, Selection(tables=("no_such_table",))):
        pass


def test_a_warehouse_that_cannot_be_read_yet_is_left_alone() -> None:
    """The credentials of BigQuery may be a block of the API that is not there yet."""
    with looking_ahead(None, Selection()):
        pass


@pytest.mark.parametrize("is_imported", [False, True])
def test_a_command_that_is_stopped_waits_for_what_is_being_read_alone(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch, is_imported: bool
) -> None:
    """Ctrl-C was followed by the reading of every table; and where Prefect was imported before all
    was read, the file could not be closed, which is what the command told instead."""
    ended: list[str] = []
    first, goes_on = threading.Event(), threading.Event()

    def noted(*tables: Any, **_dates: Any) -> dict[str, Any]:
        first.set()
        goes_on.wait(10)
        ended.extend(tables[:1])
        return {}

    for reading in ("records", "contents", "cell_states", "observe"):
        monkeypatch.setattr(warehouse, reading, noted)
    # A signal and no exception alone: it has to end a wait.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    stop = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    later = threading.Timer(0.6, goes_on.set)
    try:
        with pytest.raises(KeyboardInterrupt):
            _look_until_stopped(warehouse, first, (stop, later), is_imported)
    finally:
        signal.signal(signal.SIGINT, before)
    assert 1 <= len(ended) <= SIDE_BY_SIDE


def _look_until_stopped(
    warehouse: DuckDBWarehouse,
    first: threading.Event,
    timers: Iterable[threading.Timer],
    is_imported: bool,
) -> None:
    with looking_ahead(warehouse, Selection()):
        assert first.wait(10)
        for timer in timers:
            timer.start()
        if not is_imported:
            time.sleep(10)
