"""The project that tests run on where one is named,
a month computed there, and the same on DuckDB."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from planning.raw_load import RawLoad
from tests.league import league
from tests.live.month import A_MONTH, with_a_month
from tests.live.project import HOW, Project
from tests.loop import backfill, open_warehouse
from tests.raw_rows import World, raw_load
from warehouse.bigquery.warehouse import A_SEASON, BigQueryWarehouse
from warehouse.duckdb import DuckDBWarehouse

OF_GOOGLES_LIBRARIES = ("ignore::UserWarning:google", "ignore::ResourceWarning")


def pytest_itemcollected(item: pytest.Item) -> None:
    """No failure of ours: Google's libraries warn
    of a person's credentials, and leave sockets open."""
    for ignored in OF_GOOGLES_LIBRARIES:
        item.add_marker(pytest.mark.filterwarnings(ignored))


@pytest.fixture(scope="session")
def project() -> Project:
    """The project that the environment names;
    every test asks for it, and is skipped where there is none."""
    found = Project.named(os.environ)
    if found is None:
        pytest.skip(HOW)
    return found


@pytest.fixture(scope="session")
def world() -> World:
    """The league's rows."""
    return league()


@pytest.fixture(scope="session")
def league_load(world: World) -> RawLoad:
    """The league as a source hands it over."""
    return raw_load(world)


@pytest.fixture(scope="session")
def computed(project: Project, league_load: RawLoad) -> Iterator[BigQueryWarehouse]:
    """The month, computed: what a test publishes again must be what is there."""
    with with_a_month(project, "month", league_load) as warehouse:
        yield warehouse


@pytest.fixture(scope="session")
def computed_on_duckdb(
    project: Project, league_load: RawLoad
) -> Iterator[DuckDBWarehouse]:
    """The same month on DuckDB: look, do not touch."""
    warehouse = open_warehouse(league_load)
    backfill(warehouse, A_MONTH, A_SEASON, run_id="first")
    yield warehouse
    warehouse.close()
