"""`fullcourt drop` as a person meets it: a warehouse is refused,
the command that it names heals it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fullcourt.cli.app import run
from processors.discovery import load
from tests.loop import open_warehouse, rows
from warehouse.connections import open_warehouse as shared
from warehouse.duckdb import DuckDBWarehouse

TABLE = "player_game_summary"


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    """A home whose warehouse holds a table with one row and a column too many."""
    warehouse = open_warehouse(path=str(tmp_path / "warehouse.duckdb"))
    rows(warehouse, f"INSERT INTO nba_analytics.{TABLE} (pts) VALUES (12)")
    rows(warehouse, f"ALTER TABLE nba_analytics.{TABLE} ADD COLUMN mood VARCHAR")
    warehouse.close()
    return tmp_path


def rows_held(home: Path) -> int:
    warehouse = DuckDBWarehouse(str(home / "warehouse.duckdb"), load())
    held = warehouse.rows_held(TABLE)
    warehouse.close()
    return held


def test_a_refused_warehouse_names_the_command_that_heals_it(
    refused: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(refused), "status"]) == 2
    told = capsys.readouterr().err
    assert "column mood is not in the contract" in told
    here = f"fullcourt --home {refused}"
    assert f"{here} drop {TABLE} --yes, then {here} backfill --table {TABLE}" in told
    assert run(["--home", str(refused), "drop", TABLE, "--yes"]) == 0
    assert f"{TABLE} is dropped, 1 row;" in capsys.readouterr().out
    with shared(f"duckdb:{refused / 'warehouse.duckdb'}") as warehouse:
        assert warehouse.rows_held(TABLE) == 0


def test_without_yes_a_drop_says_what_would_be_lost_and_drops_nothing(
    refused: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(refused), "drop", TABLE]) == 2
    told = capsys.readouterr().err
    assert f"nba_analytics.{TABLE} would be lost with 1 row; add --yes" in told
    assert f"fullcourt --home {refused} backfill --table {TABLE}" in told
    assert rows_held(refused) == 1


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("player_box", "player_box is raw data, which no backfill computes again"),
        ("player_cache", "no table named player_cache; the tables are:"),
        ("verdicts", "no table named verdicts"),
    ],
)
def test_only_what_can_be_computed_again_is_dropped(
    refused: Path, table: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(refused), "drop", table, "--yes"]) == 2
    assert said in capsys.readouterr().err


def test_a_program_reads_how_many_rows_went(
    refused: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(refused), "drop", TABLE, "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"table": TABLE, "rows": 1}


def test_a_mistyped_warehouse_is_not_made_by_a_drop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "typo.duckdb"
    assert run(["--warehouse", f"duckdb:{path}", "drop", TABLE, "--yes"]) == 2
    assert f"duckdb:{path}: no such file" in capsys.readouterr().err
    assert not path.exists()
