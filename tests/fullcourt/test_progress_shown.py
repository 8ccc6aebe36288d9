"""What a person and a program see of the time that a backfill takes:
before, meanwhile and at the end."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fullcourt.cli.app import run
from fullcourt.cli.progress import RunProgress
from planning.eta import Estimate
from runs.events import ProgressMade, TableDue, WaveStarted
from tests.league_files import raw_league
from tests.loop import backfill, open_warehouse

PLAYER = "player_game_summary"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose warehouse holds the little league, computed."""
    folder = tmp_path_factory.mktemp("home")
    path = shutil.copy(raw_league(), folder / "warehouse.duckdb")
    warehouse = open_warehouse(path=str(path))
    backfill(warehouse)
    warehouse.close()
    return folder


def printed(capsys: pytest.CaptureFixture[str], home: Path, *arguments: str) -> str:
    capsys.readouterr()
    assert run(["--home", str(home), *arguments]) == 0
    return capsys.readouterr().out


def estimate(capsys: pytest.CaptureFixture[str], home: Path, *arguments: str) -> Any:
    return json.loads(printed(capsys, home, "plan", *arguments, "--json"))["estimate"]


def test_a_plan_in_a_new_warehouse_says_that_nobody_knows_how_long_it_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(raw_league(), tmp_path / "warehouse.duckdb")
    assert estimate(capsys, tmp_path) is None
    assert "no estimate yet" in printed(capsys, tmp_path, "backfill", "--dry-run")


def test_a_plan_says_how_long_it_may_take_and_a_plan_of_nothing_does_not(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert estimate(capsys, home) is None
    assert "estimate" not in printed(capsys, home, "plan")
    whole = estimate(capsys, home, "--rerun")
    assert 0 < whole["low"] < whole["high"]
    assert estimate(capsys, home, "--rerun", "--phase", "team")["high"] < whole["high"]
    assert estimate(capsys, home, "--rerun", "--max-workers", "1")["low"] > whole["low"]
    said = printed(capsys, home, "backfill", "--dry-run", "--rerun")
    assert f", from {whole['batches']} batches computed here before" in said


def test_f68_a_backfill_ends_with_what_was_first_estimated_and_what_came_true(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    prefect_api: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody learned that the estimates were wrong, since nobody saw them beside what came true."""
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    monkeypatch.setattr("fullcourt.client._deliver", lambda: None)
    again = ("backfill", "--rerun", "--phase", "team")
    told = json.loads(printed(capsys, home, *again, "--json"))["estimated"]
    assert 0 < told["first"]["low"] < told["first"]["high"]
    assert told["seconds"] > 0
    assert told["cells_computed"] == told["cells_planned"] > 0
    out = printed(capsys, home, *again)
    assert "at most" in out.partition("\n")[0]
    assert "computing: first estimated " in out
    out = printed(capsys, home, "backfill", "--phase", "team")
    assert "estimated" not in out
    assert (
        json.loads(printed(capsys, home, "backfill", "--phase", "team", "--json"))[
            "estimated"
        ]
        is None
    )


def progress(
    cells_done: int, left: Estimate | None, phase_ended: str | None = None
) -> ProgressMade:
    percent = float(cells_done)
    return ProgressMade(
        100, cells_done, 1_000, 10 * cells_done, percent, left, phase_ended
    )


def test_a_log_has_a_line_at_the_start_and_one_for_each_phase_that_leaves_work() -> (
    None
):
    """A line for every batch would drown a log, and none would leave its reader guessing."""
    log = io.StringIO()
    shown = RunProgress(Console(file=log, width=140), quiet=False)
    shown(progress(0, None))
    shown(WaveStarted("player", [TableDue(PLAYER, 100, 1_000, 100)]))
    for done in (20, 40):
        shown(progress(done, Estimate(1.0, 2.0, 3)))
    shown(progress(50, Estimate(1.0, 2.0, 3), phase_ended="player"))
    shown(progress(100, Estimate(0.0, 0.0, 3), phase_ended="precompute"))
    assert log.getvalue().splitlines() == [
        "at most 100 cells to compute, 1,000 rows expected: no estimate yet",
        "  50 of 100 cells computed, 1.0–2.0 s left",
    ]


def test_the_bar_is_of_the_whole_run_in_rows() -> None:
    shown = RunProgress(
        Console(file=io.StringIO(), force_terminal=True, width=140), quiet=False
    )
    shown(progress(0, Estimate(1.0, 2.0, 3)))
    shown(progress(40, Estimate(0.6, 1.2, 3)))
    (task,) = shown.bar.tasks
    assert (task.total, task.completed, task.fields["left"]) == (
        1_000,
        400,
        "0.6–1.2 s left",
    )
