"""The made-up league with every table computed:
one warehouse to plant faults in, and its file to copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.league import WITHOUT_SHOTS, league
from tests.loop import compute, open_warehouse, rows
from tests.raw_rows import raw_load
from warehouse.duckdb import DuckDBWarehouse


@pytest.fixture(scope="session")
def file_and_warehouse(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, DuckDBWarehouse]]:
    """The file of the computed league as no test has changed it,
    and the warehouse of another, open."""
    folder = tmp_path_factory.mktemp("gates")
    warehouse = open_warehouse(raw_load(league()), str(folder / "league.duckdb"))
    warehouse.waive(
        WITHOUT_SHOTS, "shots", "the league's one game without shots is known"
    )
    assert compute(warehouse) == {}
    rows(warehouse, "CHECKPOINT")
    yield Path(shutil.copy(folder / "league.duckdb", folder / "copy.duckdb")), warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def warehouse(file_and_warehouse: tuple[Path, DuckDBWarehouse]) -> DuckDBWarehouse:
    """The computed league, shared: what is planted with `planted` is taken back."""
    return file_and_warehouse[1]


@pytest.fixture
def own_warehouse(
    file_and_warehouse: tuple[Path, DuckDBWarehouse], tmp_path: Path
) -> Iterator[DuckDBWarehouse]:
    """The computed league, to do anything to."""
    own = open_warehouse(path=str(shutil.copy(file_and_warehouse[0], tmp_path)))
    yield own
    own.close()
