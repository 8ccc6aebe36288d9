"""The command line as a person calls it, on a home that a test's module may replace by its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fullcourt.cli.app import run
from planning.selection import Selection
from runs.judge import judge_phase
from tests.league import league
from tests.league_files import computed_league
from tests.loop import open_warehouse as in_process
from tests.raw_rows import raw_load
from warehouse.connections import open_warehouse

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose warehouse holds the schedule of the small league."""
    folder = tmp_path_factory.mktemp("home")
    with open_warehouse(f"duckdb:{folder / 'warehouse.duckdb'}") as warehouse:
        warehouse.load(raw_load({"schedule": league()["schedule"]}))
    return folder


@pytest.fixture(scope="session")
def computed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small league with every table computed and one phase judged; copy it before writing."""
    path = tmp_path_factory.mktemp("computed") / "warehouse.duckdb"
    with closing(in_process(path=str(shutil.copy(computed_league(), path)))) as opened:
        judge_phase(opened, "player", Selection())
    return path


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command line on that home, or another: exit code, standard output, standard error."""

    def called(*arguments: str, home: Path = home) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["--home", str(home), *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return called
