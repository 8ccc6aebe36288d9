"""A warehouse of real seasons whose backfill is killed:
what each kill left, what each end amounts to."""

from __future__ import annotations

import re
import shutil
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from fullcourt import server
from fullcourt.client import client_settings
from planning.ledger import Content
from runs.survey import survey
from tests import invariant
from tests.commands import called, environment, started, written
from tests.loop import Cell, open_warehouse, rows
from warehouse.duckdb import DuckDBWarehouse

BACKFILL = ("backfill",)
RECORDED = (
    "SELECT table_name, cell_date, attempt, finished_at FROM nba_backfill.ledger WHERE "
    "expected IS NOT NULL"
)
Recorded = set[tuple[object, ...]]


class Seasons:
    """One home, with its Prefect server for all runs, and the warehouse file in it.

    `cells`, `length` and `idle` are an undisturbed run's tables, its seconds, and those of one that
    finds everything fresh; `batch` is the number of dates of its longest batch; `twice` and `lost`
    count cells: put on record more than once, in flight when killed.
    """

    def __init__(self, folder: Path) -> None:
        self.home, self.raw = folder / "home", folder / "raw.duckdb"
        self.file, self.copy = self.home / "warehouse.duckdb", folder / "copy.duckdb"
        self.environ = environment(self.home)
        self.cells: dict[Cell, Content] = {}
        self.length = self.idle = 0.0
        self.batch = self.twice = self.lost = 0
        self._recorded: Recorded = set()

    def prepare(self, directory: Path) -> None:
        """Load the files of a folder, and compute once without kills."""
        self.home.mkdir()
        code, _, err = called(self.environ, "ingest", "nba-stats", str(directory))
        assert code in (0, 4), err
        shutil.copy(self.file, self.raw)
        self._run("server", "start")
        self.length = self._run(*BACKFILL)
        self.idle = self._run(*BACKFILL)
        with self._seen() as warehouse:
            self.cells = invariant.held(warehouse)
            self.batch = longest_batch(warehouse, self.cells)
        self.stop_server()
        self._start_over()

    @property
    def left(self) -> float:
        """The share of the cells that is not computed yet: 1 for raw rows alone."""
        return 1 - len(self._recorded) / len(self.cells)

    def time_left(self) -> float:
        """About how many seconds the next run will take."""
        return self.idle + self.left * (self.length - self.idle)

    def kill(self, moment: float, at_a_write: bool) -> str:
        """Kill the backfill so many seconds after its start, or at the first write after; where it
        was, in a few words, or nothing when it had ended before."""
        begin = time.perf_counter()
        with started(self.environ, *BACKFILL) as command:
            if (
                command.runs_until(lambda: time.perf_counter() - begin > moment)
                and at_a_write
            ):
                before = written(self.file)
                command.runs_until(lambda: written(self.file) > before)
            command.kill()
            seconds = time.perf_counter() - begin
            code, out, err = command.ended()
        if code != -signal.SIGKILL:
            assert code == 0, err
            return ""
        return f"after {seconds:5.1f} s: {self._left(out.strip().splitlines())}"

    def _left(self, printed: list[str]) -> str:
        """What a killed run left: whole cells, all of those before it, as the ledger says."""
        with self._seen() as warehouse:
            assert invariant.breaches(warehouse) == {}
            recorded = _recorded(warehouse)
        assert self._recorded <= recorded
        new, self._recorded = len(recorded) - len(self._recorded), recorded
        lost = self._in_flight() - self.lost
        self.lost += lost
        last = printed[-1].strip() if printed else "nothing"
        return (
            f"{new:>5} cells done, {lost:>3} in flight, {len(recorded):>5} in all; it had "
            f"printed: {last}"
        )

    def complete(self) -> None:
        """Let a run get to its end, and compare; then start over with raw rows."""
        self._run(*BACKFILL)
        with self._seen() as warehouse:
            assert invariant.breaches(warehouse) == {}
            assert invariant.held(warehouse) == self.cells
            recorded = _recorded(warehouse)
        assert self._recorded <= recorded
        self.twice += len(recorded) - len(self.cells)
        self._start_over()

    def stop_server(self) -> None:
        """Stop the home's server, if there is one."""
        server.stop(self.home)

    def _start_over(self) -> None:
        Path(f"{self.file}.wal").unlink(missing_ok=True)
        shutil.copy(self.raw, self.file)
        self._recorded = set()

    def _run(self, *arguments: str) -> float:
        begin = time.perf_counter()
        code, out, err = called(self.environ, *arguments)
        assert code == 0, f"exit {code}: {err}\n{out}"
        return time.perf_counter() - begin

    @contextmanager
    def _seen(self) -> Iterator[DuckDBWarehouse]:
        """The warehouse as a copy: the next command is
        to find the file as the one before left it."""
        shutil.copy(self.file, self.copy)
        Path(f"{self.copy}.wal").unlink(missing_ok=True)
        if written(self.file):
            shutil.copy(f"{self.file}.wal", f"{self.copy}.wal")
        with closing(open_warehouse(path=str(self.copy))) as warehouse:
            yield warehouse

    def _in_flight(self) -> int:
        """Dates of the batches that the server believes to be running: those of killed runs."""
        running = server.status(self.home)
        if running is None or not server.answers(running.url):
            return self.lost
        with client_settings(running):
            from prefect.client.orchestration import get_client
            from prefect.client.schemas.filters import TaskRunFilter

            running_now = {"state": {"type": {"any_": ["RUNNING"]}}}
            with get_client(sync_client=True) as client:
                found = client.read_task_runs(
                    task_run_filter=TaskRunFilter.model_validate(running_now), limit=200
                )
        names = [run.name for run in found]
        tables = {table for table, _ in self.cells}
        return sum(_dates(name) for name in names if name.partition(" ")[0] in tables)


def longest_batch(warehouse: DuckDBWarehouse, cells: Iterable[Cell]) -> int:
    """The number of dates of the longest batch in which a backfill computes these cells."""
    dates: dict[str, list[date]] = {}
    for table, day in cells:
        dates.setdefault(table, []).append(day)
    planner = survey(warehouse)
    longest = 0
    for table, days in dates.items():
        for batch in planner.split(table, days, warehouse.dates_per_batch):
            longest = max(longest, len(batch.dates))
    return longest


def _dates(name: str) -> int:
    """How many dates a batch of that name has."""
    several = re.search(r"· (\d+) dates$", name)
    return int(several[1]) if several else 1


def _recorded(warehouse: DuckDBWarehouse) -> Recorded:
    """The entries of computed cells."""
    return {tuple(row.values()) for row in rows(warehouse, RECORDED)}
