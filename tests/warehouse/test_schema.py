"""Contracts against the tables of a file that is older, newer, or was changed by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import PermanentWarehouseError, SchemaError
from processors.catalog import Catalog
from processors.contract import Column
from processors.discovery import load
from tests.loop import compute, fingerprints, open_warehouse, rows
from tests.warehouse.planting import BAD, NEXT, PLAYER
from warehouse.connections import open_warehouse as shared
from warehouse.duckdb import DuckDBWarehouse

TABLE = f"nba_analytics.{PLAYER}"
Alter = Callable[..., Path]


@pytest.fixture
def altered(league_file: Path, tmp_path: Path) -> Alter:
    """Changes the computed league's file behind the contracts' back, and gives it back closed."""

    def alter(*statements: str) -> Path:
        path = Path(shutil.copy(league_file, tmp_path))
        warehouse = DuckDBWarehouse(str(path), load())
        for statement in (*statements, "CHECKPOINT"):
            rows(warehouse, statement)
        warehouse.close()
        return path

    return alter


def with_note(nullable: bool = True) -> Catalog:
    """The catalog with one more column in a table, in the midst of the others."""
    catalog = load()
    processor = catalog[PLAYER]
    first, *rest = processor.contract.columns
    note = Column(
        name="note", type="STRING", description="said of the player", nullable=nullable
    )
    contract = processor.contract.model_copy(update={"columns": (first, note, *rest)})
    sql = (
        f"SELECT computed.*, 'seen' AS note FROM ({processor.sql.strip()}) AS computed"
    )
    changed = replace(processor, contract=contract, sql=sql)
    return replace(catalog, processors={**catalog.processors, PLAYER: changed})


def columns(warehouse: DuckDBWarehouse, table: str) -> list[str]:
    return [row["column_name"] for row in rows(warehouse, f"DESCRIBE {table}")]


def refusal(path: Path, catalog: Catalog | None = None) -> str:
    """What is said when the file is refused; it is let go of, and not changed by a byte."""
    before = path.read_bytes()
    warehouse = DuckDBWarehouse(str(path), catalog or load())
    with pytest.raises(SchemaError) as refused:
        warehouse.ensure_tables()
    warehouse.close()
    assert path.read_bytes() == before
    assert isinstance(refused.value, PermanentWarehouseError)
    assert refused.value.exit_code == 2
    return str(refused.value)


def test_a_missing_table_is_made_by_its_contract(altered: Alter) -> None:
    warehouse = open_warehouse(
        path=str(altered(f"DROP TABLE {TABLE}", "DROP TABLE nba_backfill.verdicts"))
    )
    assert columns(warehouse, TABLE) == [
        c.name for c in load()[PLAYER].contract.columns
    ]
    assert rows(warehouse, f"SELECT * FROM {TABLE}") == []
    assert rows(warehouse, "SELECT * FROM nba_backfill.verdicts") == []
    warehouse.close()


def test_a_file_that_is_as_it_should_be_is_not_written_to(altered: Alter) -> None:
    """Every command opens the warehouse: each would leave a trace, and wait for the disk."""
    path = altered()
    before = path.read_bytes()
    warehouse = open_warehouse(path=str(path))
    log = path.with_name(f"{path.name}.wal")
    assert not log.exists() or log.stat().st_size == 0
    warehouse.close()
    assert path.read_bytes() == before


def test_what_was_just_made_is_as_it_should_be(tmp_path: Path) -> None:
    """A type that DuckDB spells otherwise than its definition would refuse every second opening."""
    path = str(tmp_path / "new.duckdb")
    open_warehouse(path=path).close()
    open_warehouse(path=path).close()


def test_f66_a_new_nullable_column_is_added_and_null_until_recomputed(
    altered: Alter,
) -> None:
    warehouse = open_warehouse(path=str(altered()), catalog=with_note())
    noted = (
        f"SELECT game_date AS day, COUNT(*) AS all_rows, COUNT(note) AS noted FROM {TABLE} "
        "GROUP BY ALL"
    )
    assert {row["noted"] for row in rows(warehouse, noted)} == {0}
    compute(warehouse, [BAD], [PLAYER])
    counts = {
        row["day"]: (row["all_rows"], row["noted"]) for row in rows(warehouse, noted)
    }
    assert counts[BAD][0] == counts[BAD][1] > 0
    assert counts[NEXT][0] > counts[NEXT][1] == 0
    warehouse.close()


def test_f66_every_difference_of_every_table_is_named_at_once_and_nothing_is_changed(
    altered: Alter,
) -> None:
    """One difference at a time would be one failed start after the other."""
    path = altered(
        f"ALTER TABLE {TABLE} ALTER COLUMN pts TYPE VARCHAR",
        f"ALTER TABLE {TABLE} DROP COLUMN team",
        f"ALTER TABLE {TABLE} DROP COLUMN ts_pct",
        f"ALTER TABLE {TABLE} ADD COLUMN mood VARCHAR",
        "ALTER TABLE nba_precompute.ml_feature_store ADD COLUMN mood VARCHAR",
        "DROP TABLE nba_precompute.player_daily_cache",
    )
    assert refusal(path) == (
        f"duckdb:{path}: {TABLE} differs from its contract: column team is not in the table and "
        "may not be NULL, column pts is VARCHAR, contract BIGINT, column mood is not in the "
        "contract; nba_precompute.ml_feature_store differs from its contract: column mood is "
        f"not in the contract; nothing was changed; fullcourt drop {PLAYER} --yes, fullcourt "
        f"drop ml_feature_store --yes, then fullcourt backfill --table {PLAYER} --table "
        "ml_feature_store"
    )


def test_f66_a_new_column_that_may_not_be_null_is_refused(altered: Alter) -> None:
    assert "column note is not in the table and may not be NULL" in refusal(
        altered(), with_note(False)
    )


@pytest.mark.parametrize("table", ["nba_raw.players", "nba_backfill.rejects"])
def test_what_no_backfill_computes_again_is_ingested_into_a_new_file(
    altered: Alter, table: str
) -> None:
    """To drop raw data would lose what cannot be made again."""
    told = refusal(
        altered(
            f"ALTER TABLE {table} ADD COLUMN mood INT",
            f"ALTER TABLE {TABLE} ADD COLUMN mood INT",
        )
    )
    assert f"{table} differs from its contract: column mood" in told
    assert told.endswith(
        "ingest again into a new file: fullcourt --warehouse duckdb:OTHER.duckdb ingest …"
    )
    assert "fullcourt drop" not in told


def test_a_bookkeeping_table_of_an_older_file_gets_its_new_columns(
    altered: Alter,
) -> None:
    warehouse = open_warehouse(
        path=str(altered("ALTER TABLE nba_backfill.verdicts DROP COLUMN body"))
    )
    assert columns(warehouse, "nba_backfill.verdicts")[-1] == "body"
    warehouse.close()


def test_tables_that_are_in_no_contract_are_left_alone(altered: Alter) -> None:
    warehouse = open_warehouse(
        path=str(altered("CREATE TABLE nba_analytics.notes AS SELECT 1 AS mine"))
    )
    assert rows(warehouse, "SELECT * FROM nba_analytics.notes") == [{"mine": 1}]
    warehouse.close()


def test_a_refused_file_is_let_go_of(altered: Alter) -> None:
    """Held, it could not even be repaired by the process that was refused."""
    path = altered(f"ALTER TABLE {TABLE} ADD COLUMN mood VARCHAR")
    for _ in range(2):
        with pytest.raises(SchemaError), shared(f"duckdb:{path}"):
            pass
    DuckDBWarehouse(str(path), load()).close()


def test_a_refused_table_heals_by_being_dropped_and_computed_again(
    altered: Alter, computed: DuckDBWarehouse
) -> None:
    path = altered(f"ALTER TABLE {TABLE} DROP COLUMN team")
    found = DuckDBWarehouse(str(path), load())
    assert found.rows_held(PLAYER) == computed.rows_held(PLAYER) > 0
    found.drop(PLAYER)
    found.drop(PLAYER)
    assert found.rows_held(PLAYER) == 0
    found.close()
    warehouse = open_warehouse(path=str(path))
    assert compute(warehouse, tables=[PLAYER]) == {}
    assert fingerprints(warehouse) == fingerprints(computed)
    warehouse.close()
