"""The made-up league, as rows and computed, once for all tests of warehouses."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from planning.raw_load import RawLoad
from tests.league import league
from tests.league_files import computed_league
from tests.loop import open_warehouse
from tests.raw_rows import World, raw_load
from tests.warehouse.planting import Planted, catalog_with, changed
from warehouse.duckdb import DuckDBWarehouse


@pytest.fixture(scope="session")
def world() -> World:
    """The league's rows; copy what you change."""
    return league()


@pytest.fixture(scope="session")
def league_load(world: World) -> RawLoad:
    """The league as a source hands it over."""
    return raw_load(world)


@pytest.fixture(scope="session")
def league_and_copy(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[DuckDBWarehouse, Path]]:
    """The league with every table computed, open, and its file as it was before any test."""
    path = tmp_path_factory.mktemp("league") / "league.duckdb"
    warehouse = open_warehouse(path=str(shutil.copy(computed_league(), path)))
    yield warehouse, computed_league()
    warehouse.close()


@pytest.fixture(scope="session")
def computed(league_and_copy: tuple[DuckDBWarehouse, Path]) -> DuckDBWarehouse:
    """The league with every table computed, shared by all tests: who changes it puts it back."""
    return league_and_copy[0]


@pytest.fixture(scope="session")
def league_file(league_and_copy: tuple[DuckDBWarehouse, Path]) -> Path:
    """The file of the computed league; copy it before opening it."""
    return league_and_copy[1]


@pytest.fixture
def league_warehouse(league_file: Path, tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    """The computed league, to do anything to."""
    warehouse = open_warehouse(path=str(shutil.copy(league_file, tmp_path)))
    yield warehouse
    warehouse.close()


@pytest.fixture
def planted(league_file: Path, tmp_path: Path) -> Iterator[Planted]:
    """Opens the computed league with a changed query of one table."""
    made: list[DuckDBWarehouse] = []

    def plant(table: str, **changes: str) -> DuckDBWarehouse:
        path = str(shutil.copy(league_file, tmp_path))
        made.append(
            open_warehouse(
                path=path, catalog=catalog_with(table, changed(table, **changes))
            )
        )
        return made[-1]

    yield plant
    for warehouse in made:
        warehouse.close()
