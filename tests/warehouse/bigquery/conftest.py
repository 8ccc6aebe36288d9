"""The made-up league on a stand-in of BigQuery, loaded and computed once;
a copy for who changes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from planning.raw_load import RawLoad
from tests.bigquery_stand_in.engine import Engine
from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.loop import backfill, open_warehouse
from warehouse.bigquery.warehouse import BigQueryWarehouse
from warehouse.duckdb import DuckDBWarehouse

Copied = Callable[[], StandIn]


def checked(stand_in: StandIn) -> None:
    """The stand-in's own mistakes are no answers of BigQuery's,
    and nobody met a server error unplanned."""
    assert stand_in.broken == []
    assert [r for r in stand_in.log if r.status >= 500 and r.fault is None] == []


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """An empty project."""
    with StandIn() as empty:
        yield empty
    checked(empty)


@pytest.fixture(scope="session")
def computed_stand_in(league_load: RawLoad) -> Iterator[StandIn]:
    """The league, loaded and backfilled by the product: look, do not touch."""
    with StandIn() as stand_in:
        warehouse = warehouse_on(stand_in)
        warehouse.load(league_load)
        stand_in.log.clear()
        receipts = backfill(warehouse, run_id="first")
        assert not any(r["failed"] or r["quarantined"] for r in receipts)
        yield stand_in
    checked(stand_in)


@pytest.fixture(scope="session")
def computed_on_duckdb(league_load: RawLoad) -> Iterator[DuckDBWarehouse]:
    """The same league, loaded and backfilled on DuckDB."""
    warehouse = open_warehouse(league_load)
    backfill(warehouse, run_id="first")
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def saved(computed_stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The computed league's rows as a file."""
    path = tmp_path_factory.mktemp("bigquery") / "computed.duckdb"
    computed_stand_in.engine.copied(str(path))
    return path


@pytest.fixture
def league_stand_in(
    computed_stand_in: StandIn, saved: Path, tmp_path: Path
) -> Iterator[StandIn]:
    """The computed league, to do anything to."""
    engine = Engine(str(shutil.copy(saved, tmp_path)), computed_stand_in.engine.tables)
    with StandIn(engine) as stand_in:
        stand_in.metadata.datasets |= computed_stand_in.metadata.datasets
        yield stand_in
    checked(stand_in)


@pytest.fixture
def league_warehouse(league_stand_in: StandIn) -> BigQueryWarehouse:
    """The warehouse on that copy, its calendar read."""
    warehouse = warehouse_on(league_stand_in)
    warehouse.game_days()
    league_stand_in.log.clear()
    return warehouse
