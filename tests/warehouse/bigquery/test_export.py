"""What is taken out of BigQuery is what is taken out of DuckDB; nothing is made by looking."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import fullcourt
from core.errors import NotFreshError, SchemaError
from planning.cells import Outcome
from planning.selection import Selection
from runs.export import Form, export
from tests.bigquery_stand_in.opening import URL, warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.warehouse.bigquery.looking import PREFIX
from tests.warehouse.planting import BAD, PLAYER
from warehouse.bigquery.warehouse import BigQueryWarehouse
from warehouse.connections import open_read_only
from warehouse.duckdb import DuckDBWarehouse

STORE = "ml_feature_store"
ASKED = Selection(tables=(STORE, PLAYER, "player_box", "players"))


@pytest.fixture
def reader(league_stand_in: StandIn) -> BigQueryWarehouse:
    """The computed league, opened by an account to which every write is refused."""
    league_stand_in.read_only = True
    return warehouse_on(league_stand_in)


def of_tables(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Table -> its rows and all that the manifest says of it but for the engine's own hashes."""
    found = {}
    for name, table in manifest["tables"].items():
        rows = [pq.read_table(folder / file["path"]) for file in table["files"]]
        cells = {day: cell["rows"] for day, cell in table["cells"].items()}
        told = {
            key: table[key] for key in ("columns", "rows", "outcomes", "grain", "code")
        }
        found[name] = (rows, [part.schema for part in rows], cells, told)
    return found


@pytest.mark.parametrize(
    "asked", [ASKED, Selection(tables=(STORE,), start=BAD)], ids=str
)
def test_an_export_of_bigquery_equals_one_of_duckdb_by_value(
    asked: Selection,
    reader: BigQueryWarehouse,
    computed_on_duckdb: DuckDBWarehouse,
    tmp_path: Path,
) -> None:
    one = export(reader, asked, tmp_path / "bigquery")
    other = export(computed_on_duckdb, asked, tmp_path / "duckdb")
    assert of_tables(tmp_path / "bigquery", one) == of_tables(
        tmp_path / "duckdb", other
    )
    assert one["warehouse"]["engine"] == "bigquery"
    assert one["warehouse"]["expected_keys"] == "as the last run derived them"


def test_labels_are_the_same_from_both(
    reader: BigQueryWarehouse, computed_on_duckdb: DuckDBWarehouse, tmp_path: Path
) -> None:
    asked, form = Selection(tables=(STORE,)), Form(with_labels=True)
    one = export(reader, asked, tmp_path / "bigquery", form)
    other = export(computed_on_duckdb, asked, tmp_path / "duckdb", form)
    assert of_tables(tmp_path / "bigquery", one) == of_tables(
        tmp_path / "duckdb", other
    )
    assert one["labels"]["tables"] == other["labels"]["tables"]


def test_a_cell_that_is_not_fresh_is_refused(
    league_warehouse: BigQueryWarehouse,
) -> None:
    day = next(iter(league_warehouse.contents(PLAYER)))
    assert isinstance(day, date)
    league_warehouse.clear(PLAYER, {day: Outcome.NO_GAMES}, "planted")
    with pytest.raises(NotFreshError, match=f"{PLAYER} {day} is "):
        export(league_warehouse, Selection(tables=(PLAYER,)), Path("never"))


def test_looking_at_a_project_makes_nothing_in_it(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistyped prefix would else leave empty datasets behind."""
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", stand_in.url)
    with (
        pytest.raises(SchemaError, match="test_nba_raw is not there; fullcourt ingest"),
        open_read_only(URL),
    ):
        pass
    assert not stand_in.metadata.datasets


def test_a_table_that_is_not_there_is_named(
    league_stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", league_stand_in.url)
    league_stand_in.metadata.delete_table(f"{PREFIX}nba_backfill", "overrides")
    with (
        pytest.raises(SchemaError, match="overrides is not there"),
        fullcourt.open(URL),
    ):
        pass


def test_the_api_reads_bigquery_with_the_right_to_read_alone(
    league_stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", league_stand_in.url)
    league_stand_in.read_only = True
    with fullcourt.open(URL) as warehouse:
        found = warehouse.table(STORE).between(BAD, BAD)
        (part,) = warehouse.status(BAD, BAD, tables=[STORE])
    assert len(found) == part.rows > 0
