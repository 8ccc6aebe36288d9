"""A killed backfill costs what was in flight:
the same command again ends as if nothing had been."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from planning.ledger import Content
from processors.discovery import load
from tests import invariant
from tests.commands import Command, environment, started, written
from tests.league import FIRST_DAY
from tests.league_files import raw_league
from tests.loop import Cell, compute, open_warehouse, planned, rows
from warehouse.duckdb import DuckDBWarehouse

# The first two phases: three tables on six weeks, in batches small enough for every kill to fall
# into one.
PHASES = ("team", "player")
TABLES = [p.name for p in load() if p.phase in PHASES]
BACKFILL = (
    "backfill",
    "--batch-days",
    "5",
    *(word for phase in PHASES for word in ("--phase", phase)),
)
KILLS = 3
RECORDED = "SELECT * FROM nba_backfill.ledger WHERE expected IS NOT NULL"


@dataclass(frozen=True)
class Computed:
    """Tables of the league, computed by a loop:
    the file, the cells, and the bytes written to its log."""

    path: Path
    cells: dict[Cell, Content]
    written: int


class Machine:
    """A warehouse file, and commands on it as after a reboot each:
    nothing else is left of the one before."""

    def __init__(self, folder: Path, file: Path, api: str) -> None:
        self.folder, self.api, self.boots = folder, api, 0
        self.path = Path(shutil.copy(file, folder))

    def command(self, *arguments: str) -> AbstractContextManager[Command]:
        """Start a command with a home of its own."""
        self.boots += 1
        home = self.folder / f"home{self.boots}"
        home.mkdir()
        environ = environment(home, self.api) | {
            "FULLCOURT_WAREHOUSE": f"duckdb:{self.path}"
        }
        return started(environ, *arguments)

    def stop(
        self,
        sign: signal.Signals,
        more: int,
        *arguments: str,
        at_next_write: bool = False,
    ) -> tuple[int, str]:
        """Send a command a signal when it has written so many bytes, or by the write that follows;
        its exit code and last words."""
        enough = written(self.path) + more
        with self.command(*arguments) as command:
            assert command.runs_until(lambda: written(self.path) > enough), (
                command.ended()
            )
            if at_next_write:
                enough = written(self.path)
                assert command.runs_until(lambda: written(self.path) > enough), (
                    command.ended()
                )
            command.process.send_signal(sign)
            code, _, err = command.ended()
        return code, err

    @contextmanager
    def left(self) -> Iterator[DuckDBWarehouse]:
        """What the file holds, as a copy: the next command is
        to find it as the one before left it."""
        copy = self.folder / f"left{self.boots}.duckdb"
        shutil.copy(self.path, copy)
        if written(self.path):
            shutil.copy(f"{self.path}.wal", f"{copy}.wal")
        with closing(open_warehouse(path=str(copy))) as warehouse:
            yield warehouse


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse file with the league's raw rows and nothing computed."""
    path = tmp_path_factory.mktemp("raw") / "warehouse.duckdb"
    return Path(shutil.copy(raw_league(), path))


@pytest.fixture(scope="module")
def undisturbed(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Computed:
    """Tables of the league, computed without a command line or a kill."""
    path = Path(shutil.copy(raw, tmp_path_factory.mktemp("undisturbed")))
    with closing(open_warehouse(path=str(path))) as warehouse:
        compute(warehouse, tables=TABLES)
        return Computed(path, invariant.held(warehouse), written(path))


def entries(warehouse: DuckDBWarehouse) -> set[tuple[Any, ...]]:
    """What the ledger holds of computed cells."""
    return {tuple(row.values()) for row in rows(warehouse, RECORDED)}


def test_f45_f60_after_three_kills_the_same_command_ends_with_the_tables_of_an_undisturbed_run(
    tmp_path: Path, raw: Path, prefect_api: str, undisturbed: Computed
) -> None:
    """The first run asks for fewer dates: what it did counts for a run that asks for more."""
    machine, random = Machine(tmp_path, raw, prefect_api), Random(60)
    recorded: list[set[tuple[Any, ...]]] = [set()]
    for fewer in (("--end", str(FIRST_DAY + timedelta(days=28))), *[()] * (KILLS - 1)):
        more = random.randrange(undisturbed.written // (KILLS + 1))
        assert machine.stop(signal.SIGKILL, more, *BACKFILL, *fewer) == (
            -signal.SIGKILL,
            "",
        )
        with machine.left() as warehouse:
            assert invariant.breaches(warehouse) == {}
            recorded.append(entries(warehouse))
    with machine.command(*BACKFILL) as last:
        assert last.ended()[0] == 0
    with machine.left() as warehouse:
        assert invariant.held(warehouse) == undisturbed.cells
        assert invariant.breaches(warehouse) == {}
        recorded.append(entries(warehouse))
    # Every run went on where the one before was; no cell was put on record twice.
    assert all(before < after for before, after in pairwise(recorded))
    assert len(recorded[-1]) == len(undisturbed.cells)


def test_f61_a_killed_rewrite_of_a_complete_table_loses_no_date(
    tmp_path: Path, prefect_api: str, undisturbed: Computed
) -> None:
    machine = Machine(tmp_path, undisturbed.path, prefect_api)
    half = Random(61).randrange(undisturbed.written // 2)
    killed = machine.stop(
        signal.SIGKILL, half, *BACKFILL, "--rerun", at_next_write=True
    )
    assert killed == (-signal.SIGKILL, "")
    with machine.left() as warehouse:
        assert invariant.held(warehouse) == undisturbed.cells
        assert invariant.breaches(warehouse) == {}
        assert (
            0
            < len(entries(warehouse)) - len(undisturbed.cells)
            < len(undisturbed.cells)
        )
        (unended,) = warehouse.run_records()
        assert not unended.has_end
        planner = planned(warehouse)
        decided = [planner.decide(t, planner.calendar.days) for t in TABLES]
        assert not any(decision.compute or decision.clear for decision in decided)


def test_ctrl_c_says_how_to_go_on_and_leaves_whole_cells(
    tmp_path: Path, raw: Path, prefect_api: str, undisturbed: Computed
) -> None:
    machine = Machine(tmp_path, raw, prefect_api)
    code, said = machine.stop(signal.SIGINT, undisturbed.written // 4, *BACKFILL)
    assert (code, said.strip()) == (
        130,
        "stopped; run the same command again, it resumes where it was",
    )
    with machine.left() as warehouse:
        assert 0 < len(entries(warehouse)) < len(undisturbed.cells)
        assert [run.ending for run in warehouse.run_records()] == ["Interrupted"]
        assert invariant.breaches(warehouse) == {}
