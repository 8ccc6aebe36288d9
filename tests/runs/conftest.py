"""A warehouse for the tests of runs: the little league in memory, its first table computed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.league import league
from tests.loop import compute, open_warehouse
from tests.raw_rows import raw_load
from warehouse.duckdb import DuckDBWarehouse


@pytest.fixture
def warehouse() -> Iterator[DuckDBWarehouse]:
    """The league with team_offense_game_summary computed and nothing else."""
    warehouse = open_warehouse(raw_load(league()))
    assert compute(warehouse, tables=["team_offense_game_summary"]) == {}
    yield warehouse
    warehouse.close()
