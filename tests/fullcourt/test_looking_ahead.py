"""What a backfill reads of a file while Prefect is imported."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fullcourt.cli.backfill import looking_ahead
from planning.selection import Selection
from runs.survey import observe, read_ahead, survey
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
    for reading in ("records", "contents", "cell_states"):
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
