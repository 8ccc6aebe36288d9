"""One process per warehouse file: a second one is told who holds it,
and the first does not notice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import LockedWarehouseError, PermanentWarehouseError
from planning.cells import Outcome
from processors.discovery import load
from tests import invariant
from tests.commands import called, environment, started, written
from tests.league_files import raw_league
from tests.loop import fingerprints, open_warehouse
from warehouse.duckdb import DuckDBWarehouse

ROOT = Path(__file__).resolve().parents[2]
OPEN = """
import sys
from core.errors import LockedWarehouseError
from processors.discovery import load
from warehouse.duckdb import DuckDBWarehouse
try:
    DuckDBWarehouse(sys.argv[1], load())
except LockedWarehouseError as error:
    sys.exit(f"{error.exit_code} {error}")
"""
HOLD = """
import duckdb, sys, time
held = duckdb.connect(sys.argv[-1])
print("held", flush=True)
time.sleep(60)
"""


def test_f70_a_second_process_is_told_the_file_and_who_holds_it(
    league_warehouse: DuckDBWarehouse,
) -> None:
    path, before = (
        league_warehouse.url.removeprefix("duckdb:"),
        fingerprints(league_warehouse),
    )
    second = subprocess.run(
        [sys.executable, "-c", OPEN, path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 1
    assert second.stderr.startswith(
        f"{LockedWarehouseError.exit_code} {path} is held by "
    )
    assert f"PID {os.getpid()}" in second.stderr
    assert "wait for it or stop it" in second.stderr
    assert fingerprints(league_warehouse) == before
    ((table, day), *_) = before
    assert league_warehouse.clear(table, {day: Outcome.NO_GAMES}, "r") == 4


def test_whoever_finds_the_file_in_use_is_told_the_command_that_runs(
    tmp_path: Path,
) -> None:
    """The path of a Python says nothing of what would be stopped."""
    path, script = tmp_path / "held.duckdb", tmp_path / "fullcourt"
    script.write_text(HOLD)
    command = [sys.executable, str(script), "backfill", "--phase", "team", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedWarehouseError) as refused:
            DuckDBWarehouse(str(path), load())
        holder.kill()
    held_by = f"is held by `fullcourt backfill --phase team {path}` (PID {holder.pid});"
    assert held_by in str(refused.value)


def test_the_words_of_another_program_are_not_told(tmp_path: Path) -> None:
    """A command line may hold a token, and an error goes into logs."""
    path = str(tmp_path / "held.duckdb")
    command = [sys.executable, "-c", HOLD, "a-token", path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(LockedWarehouseError) as refused:
            DuckDBWarehouse(path, load())
        holder.kill()
    assert f"PID {holder.pid}" in str(refused.value)
    assert "a-token" not in str(refused.value)


def test_f70_commands_on_a_file_in_use_exit_2_and_the_backfill_that_uses_it_ends_as_if_alone(
    computed: DuckDBWarehouse, tmp_path: Path, prefect_api: str
) -> None:
    path, environ = tmp_path / "warehouse.duckdb", environment(tmp_path, prefect_api)
    shutil.copy(raw_league(), path)
    asked = ("backfill", "--phase", "team", "--batch-days", "7")
    with started(environ, *asked) as first:
        assert first.runs_until(lambda: written(path) > 0), first.ended()
        # It holds still, so that it is not over before the others have looked.
        first.process.send_signal(signal.SIGSTOP)
        others = [called(environ, *command) for command in (asked, ("status",))]
        first.process.send_signal(signal.SIGCONT)
        code, out, err = first.ended()
    assert (code, err) == (0, "")
    assert "team: gate GO" in out
    for code, out, err in others:
        assert (code, out) == (2, "")
        assert err.startswith(f"fullcourt: {path} is held by ")
        assert f"PID {first.process.pid}" in err
    cells = invariant.held(computed).items()
    team = {
        cell: held for cell, held in cells if computed.catalog[cell[0]].phase == "team"
    }
    with closing(open_warehouse(path=str(path))) as warehouse:
        assert invariant.held(warehouse) == team
        assert invariant.breaches(warehouse) == {}


def test_a_file_that_is_no_warehouse_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 500)
    with pytest.raises(PermanentWarehouseError, match=r"notes\.txt"):
        DuckDBWarehouse(str(path), load())


@pytest.mark.parametrize("name", ["work", "nba_raw", "my-ware house", "o'neill"])
def test_a_warehouse_file_may_have_any_name(name: str, tmp_path: Path) -> None:
    warehouse = open_warehouse(path=str(tmp_path / f"{name}.duckdb"))
    assert warehouse.game_days() == []
    warehouse.close()


def test_a_warehouse_makes_the_folder_it_lives_in(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "warehouse.duckdb"
    DuckDBWarehouse(str(path), load()).close()
    assert path.exists()
