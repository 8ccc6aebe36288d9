"""A warehouse for the tests of runs: the little league, its first table computed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.league import league
from tests.loop import compute, open_warehouse
from tests.raw_rows import raw_load
from warehouse.duckdb import DuckDBWarehouse


@pytest.fixture(scope="session")
def begun_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the league with team_offense_game_summary computed and nothing else."""
    path = tmp_path_factory.mktemp("begun") / "league.duckdb"
    warehouse = open_warehouse(raw_load(league()), str(path))
    assert compute(warehouse, tables=["team_offense_game_summary"]) == {}
    warehouse.close()
    return path


@pytest.fixture
def warehouse(begun_file: Path, tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    """That league, to do anything to."""
    warehouse = open_warehouse(path=str(shutil.copy(begun_file, tmp_path)))
    yield warehouse
    warehouse.close()
