"""Whatever is asked of a warehouse on a real project, DuckDB answers the same;
and nothing is left there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from google.api_core.exceptions import NotFound

from planning.raw_load import RawLoad
from tests.live.month import with_a_month
from tests.live.project import Project, datasets, made, opened
from tests.loop import open_warehouse as opened_on_duckdb
from tests.loop import rows
from tests.raw_rows import World
from tests.warehouse.bigquery.journey import differences
from tests.warehouse.bigquery.looking import on_duckdb, rows_on, unlike
from tests.warehouse.bigquery.test_protocol import PLANTED
from warehouse.bigquery.client import connect
from warehouse.bigquery.names import Names
from warehouse.bigquery.warehouse import BigQueryWarehouse
from warehouse.duckdb import DuckDBWarehouse


@pytest.fixture
def planted(project: Project, league_load: RawLoad) -> Iterator[BigQueryWarehouse]:
    """A month of its own, computed, then with faults in one query."""
    with (
        with_a_month(project, "journey", league_load) as whole,
        opened(whole.url, PLANTED) as warehouse,
    ):
        yield warehouse


@pytest.fixture
def embedded(
    computed_on_duckdb: DuckDBWarehouse, tmp_path: Path
) -> Iterator[DuckDBWarehouse]:
    """The same on DuckDB."""
    path = tmp_path / "league.duckdb"
    rows(computed_on_duckdb, f"ATTACH '{path}' AS saved")
    rows(computed_on_duckdb, "COPY FROM DATABASE warehouse TO saved")
    rows(computed_on_duckdb, "DETACH saved")
    with closing(opened_on_duckdb(path=str(path), catalog=PLANTED)) as warehouse:
        yield warehouse


def test_a_journey_through_the_whole_protocol_is_the_same_on_both(
    planted: BigQueryWarehouse, embedded: DuckDBWarehouse, world: World
) -> None:
    """The stand-in answers it all by DuckDB:
    loads, waivers, checks, evidence, ledger, verdicts, drops."""
    assert differences(planted, embedded, world) == []
    for table in PLANTED.raw:
        assert unlike(rows_on(planted, table), on_duckdb(embedded, table)) == [], table


def test_what_a_session_makes_is_gone_after_it_also_after_a_failure(
    project: Project,
) -> None:
    """The stand-in drops a dataset with all that is in it;
    one that is left behind would be paid for."""

    def fail() -> None:
        with made(project, "failing") as url, opened(url) as warehouse:
            warehouse.ensure_tables()
            assert warehouse.rows_held("shots") == 1, "as a test would"

    with pytest.raises(AssertionError, match="as a test would"):
        fail()
    url = project.url("failing")
    with closing(connect(Names.at(url))) as client:
        for path in datasets(url):
            with pytest.raises(NotFound):
                client.get_dataset(path, timeout=60)
