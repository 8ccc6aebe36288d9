"""A side of a comparison: a checkout of this repository with a home and a server of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import click
import duckdb

from bench.running import ROOT, Ended, Figures, fullcourt_command, must_run, run
from processors.discovery import load

COMMANDS = ("--help", "tables", "status", "dates", "why")
"""The short commands whose start-up is measured."""
TIMES = 3
"""How often each row is measured; the quickest run counts."""
SERVER_TRIES = 3
DATES_PER_BATCH = """
from warehouse.duckdb import DuckDBWarehouse
print(DuckDBWarehouse.dates_per_batch)
"""
"""Prints how many dates a checkout's own backfill computes at once at most."""
IMPORTS = """
try:
    from fullcourt.imports import importing
except ImportError:
    from contextlib import nullcontext as importing
with importing():
    import fullcourt.cli.app, fullcourt.cli.backfill, flows.backfill
"""
"""Imports what a checkout's backfill imports before it does anything, Prefect above all."""
CORRECTED = """
UPDATE nba_raw.player_box SET pts = pts + 1 WHERE game_id = $game AND player_id = $player;
UPDATE nba_raw.team_box SET pts = pts + 1 WHERE game_id = $game AND team = $team
"""


@dataclass
class Side:
    """A checkout, its home, and what was measured of it: a row's name -> what it took.

    `cells`: how many cells the correction computed again.
    """

    name: str
    folder: Path
    home: Path
    rows: dict[str, Figures] = field(default_factory=dict)
    cells: int = 0

    @property
    def league(self) -> Path:
        """The warehouse that holds raw data alone."""
        return self.home / "league.duckdb"

    def path(self, part: str) -> Path:
        """The warehouse that a part works on."""
        return self.home / f"{part}.duckdb"

    def command(self, *arguments: str, path: Path | None = None) -> list[str]:
        """A command line of this checkout's `fullcourt`, on a warehouse where one is given."""
        where = ["--warehouse", f"duckdb:{path}"] if path else []
        return fullcourt_command("--home", str(self.home), *where, *arguments)

    @cached_property
    def dates_per_batch(self) -> int:
        """How many dates this checkout's `fullcourt backfill` computes at once at most."""
        command = [sys.executable, "-c", DATES_PER_BATCH]
        return int(must_run(command, self.folder).last_line)

    def call(self, *arguments: str, path: Path | None = None) -> Ended:
        """Run a command of this checkout, which has to succeed."""
        return must_run(self.command(*arguments, path=path), self.folder)

    def measure_part(self, part: str) -> None:
        """Run a part of `python -m bench backfill` in this checkout, with its own batches."""
        path = self.path(part)
        # The gates judge what the backfill left.
        shutil.copy(self.path("backfill") if part == "gates" else self.league, path)
        options = ["--path", str(path), "--home", str(self.home)]
        size = ["--batch-days", str(self.dates_per_batch)]
        command = [*python_module("part"), part, *options, *size]
        done = must_run(command, self.folder)
        self._keep_quickest(part, Figures(**done.answer()))

    def go_on_with(self, part: str) -> None:
        """Let what follows find the warehouse as a part left it."""
        self.path(part).replace(self.path("backfill"))

    def measure_fresh(self) -> None:
        """Run a whole backfill where everything is fresh."""
        before = self._attempts()
        self._keep_quickest("nothing to do", self.backfill().figures)
        computed = self._attempts() - before
        if computed:
            raise RuntimeError(f"{self.name}: {computed} cells computed, none was due")

    def measure_imports(self) -> None:
        """Import what a backfill imports; the quickest of several runs counts."""
        environ = {"PREFECT_HOME": str(self.home / "prefect")}
        for _ in range(TIMES):
            command = [sys.executable, "-c", IMPORTS]
            self._keep_quickest(
                "imports", must_run(command, self.folder, environ).figures
            )

    def correct(self, day: date) -> None:
        """Give a player and his team a point more in a game of a date."""
        correct(self.path("backfill"), day)

    def measure_correction(self) -> None:
        """Run a backfill on a copy of the warehouse that was corrected."""
        shutil.copy(self.path("backfill"), self.path("correction"))
        before = self._attempts("correction")
        self._keep_quickest("correction", self.backfill("correction").figures)
        self.cells = self._attempts("correction") - before
        if not self.cells:
            raise RuntimeError(f"{self.name}: the correction changed no cell")

    def measure_command(self, name: str, day: date) -> None:
        """Run a short command; the quickest run so far is kept."""
        arguments = (
            ("why", "player_daily_cache", str(day)) if name == "why" else (name,)
        )
        command = self.command(*arguments, path=self.path("backfill"))
        ended = run(command, self.folder)
        if ended.code not in (0, 3):
            raise RuntimeError(
                f"{name} ended with {ended.code}: {ended.output[-2000:]}"
            )
        self._keep_quickest(name, ended.figures)

    def _keep_quickest(self, name: str, figures: Figures) -> None:
        kept = self.rows.get(name)
        if kept is None or figures.cpu_seconds < kept.cpu_seconds:
            self.rows[name] = figures

    def backfill(self, part: str = "backfill") -> Ended:
        """Run a whole backfill; a closed gate is no failure of the bench."""
        ended = run(self.command("backfill", path=self.path(part)), self.folder)
        if ended.code not in (0, 3):
            raise RuntimeError(f"{self.name}: backfill failed:\n{ended.output[-3000:]}")
        return ended

    def _attempts(self, part: str = "backfill") -> int:
        """The attempts at computed cells on record."""
        tables = list(load().ordered())
        sql = "SELECT count(*) FROM nba_backfill.ledger WHERE table_name IN (SELECT unnest($t))"
        with duckdb.connect(str(self.path(part)), read_only=True) as connection:
            found = connection.execute(sql, {"t": tables}).fetchall()
        return int(found[0][0])


def python_module(*arguments: str) -> list[str]:
    """The command line of this folder's benchmarks in whatever checkout is the current folder."""
    return [sys.executable, "-m", "bench", *arguments]


def correct(path: Path, day: date) -> None:
    """Give the best scorer of a date's first game, and his team, a point more in the raw tables."""
    best = (
        "SELECT game_id AS game, player_id AS player, team FROM nba_raw.player_box "
        "WHERE game_date = $day ORDER BY game_id, pts DESC, player_id LIMIT 1"
    )
    with duckdb.connect(str(path)) as connection:
        found = connection.execute(best, {"day": day}).fetchone()
        if found is None:
            raise click.ClickException(
                f"no box score on {day}; choose a date with games"
            )
        game, player, team = found
        names = {"game": game, "player": player, "team": team}
        for statement in filter(str.strip, CORRECTED.split(";")):
            used = {name: names[name] for name in names if f"${name}" in statement}
            connection.execute(statement, used)


def middle_date(path: Path) -> date:
    """The date with box scores that has as many before as after it."""
    sql = (
        "SELECT quantile_disc(game_date, 0.5) FROM "
        "(SELECT DISTINCT game_date FROM nba_raw.player_box)"
    )
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(sql).fetchone()
    day = found[0] if found else None
    if not isinstance(day, date):
        raise click.ClickException(
            "the seasons have no box score; choose another range"
        )
    return day


@contextmanager
def open_sides(folder: Path, against: str | None) -> Iterator[list[Side]]:
    """This checkout as a side, and another commit of it if one is named, each with its server.

    The other commit is checked out in `folder` and removed again.
    """
    with ExitStack() as stack:
        sides = [Side("now", ROOT, folder / "now")]
        if against:
            checkout = stack.enter_context(worktree(folder / "checkout", against))
            sides.append(Side(against, checkout, folder / "before"))
        for side in sides:
            side.home.mkdir()
            stack.callback(run, side.command("server", "stop"), side.folder)
            start_server(side)
        yield sides


def start_server(side: Side) -> None:
    """Start the side's Prefect server; on a busy machine the first try may be given up."""
    for _ in range(SERVER_TRIES - 1):
        if run(side.command("server", "start"), side.folder).code == 0:
            return
    side.call("server", "start")


@contextmanager
def worktree(folder: Path, commit: str) -> Iterator[Path]:
    """Another commit of this repository, checked out for as long as the block lasts."""
    call_git(["worktree", "add", "--detach", str(folder), commit])
    try:
        yield folder
    finally:
        call_git(["worktree", "remove", "--force", str(folder)])


def call_git(arguments: Sequence[str]) -> str:
    """Run git in this checkout and return what it prints; ClickException with its words."""
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        shown = " ".join(arguments)
        raise click.ClickException(
            f"git {shown} failed: {done.stderr.strip()}; "
            "a comparison needs a clone of the repository that holds the commit"
        )
    return done.stdout.strip()
