"""One process per warehouse file: a second one is told who holds it, and the first does not notice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fullcourt.errors import LockedWarehouseError, PermanentWarehouseError
from planning.cells import Outcome
from processors.discovery import load
from tests.loop import fingerprints, opened
from warehouse.duckdb import DuckDBWarehouse

ROOT = Path(__file__).resolve().parents[2]
OPEN = """
import sys
from fullcourt.errors import LockedWarehouseError
from processors.discovery import load
from warehouse.duckdb import DuckDBWarehouse
try:
    DuckDBWarehouse(sys.argv[1], load())
except LockedWarehouseError as error:
    sys.exit(f"{error.exit_code} {error}")
"""


def test_f70_a_second_process_is_told_the_file_and_who_holds_it(league_warehouse: DuckDBWarehouse) -> None:
    path, before = league_warehouse.url.removeprefix("duckdb:"), fingerprints(league_warehouse)
    second = subprocess.run(
        [sys.executable, "-c", OPEN, path], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 1
    assert second.stderr.startswith(f"{LockedWarehouseError.exit_code} {path} is held by ")
    assert f"PID {os.getpid()}" in second.stderr
    assert "wait for it or stop it" in second.stderr
    assert fingerprints(league_warehouse) == before
    ((table, day), *_) = before
    assert league_warehouse.clear(table, {day: Outcome.NO_GAMES}, "r") == 4


def test_a_file_that_is_no_warehouse_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 500)
    with pytest.raises(PermanentWarehouseError, match=r"notes\.txt"):
        DuckDBWarehouse(str(path), load())


@pytest.mark.parametrize("name", ["work", "nba_raw", "my-ware house", "o'neill"])
def test_a_warehouse_file_may_have_any_name(name: str, tmp_path: Path) -> None:
    warehouse = opened(path=str(tmp_path / f"{name}.duckdb"))
    assert warehouse.game_days() == []
    warehouse.close()


def test_a_warehouse_makes_the_folder_it_lives_in(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "warehouse.duckdb"
    DuckDBWarehouse(str(path), load()).close()
    assert path.exists()
