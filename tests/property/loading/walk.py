"""One sequence: a first load and a backfill, then random loads,
each with a backfill, and checks after both.

Everything follows from the seed. At the end everything that was really played is loaded, and the
tables are those of a warehouse that never saw another file.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import cast

from core.errors import FullcourtError
from planning.selection import Selection
from runs.ingest import ingest, remove
from sources.nba_stats import NbaStatsFiles
from tests.loop import fingerprints, rows
from tests.property.loading import checks
from tests.property.loading.facts import CALLED_OFF, Facts
from tests.property.loading.folders import Folder, complete, random_folder
from tests.property.loading.harness import Ended, backfill
from tests.property.loading.truth import ENDS, FIRST_DAY, LAST_DAY, truth
from tests.property.sequence import demand
from warehouse.connections import open_warehouse
from warehouse.duckdb import DuckDBWarehouse

REASON = "the files of the league say so"
SCOPES = {
    "small": Selection(
        tables=("team_offense_game_summary", "upcoming_team_game_context")
    ),
    "middle": Selection(phases=("team", "player", "context")),
    "whole": Selection(),
}
"""What a sequence computes; everything costs many times what a few tables do."""
STARTS = (16, 24, 33)
"""Days after the first on which a sequence may begin."""
ENDED = ("final", *CALLED_OFF)
CLOSED = {"status": "dropped"}
Fingerprints = dict[tuple[str, date], str]
Witness = Callable[[Path, "Walk", str, Ended], None]
"""Told of every backfill: a copy of the warehouse before it,
the walk, the reason given, how it ended."""


def run(seed: int, steps: int = 0, scope: str = "") -> Counter[str]:
    """Load, backfill and check; how often each thing happened.

    AssertionError says what does not hold; a note on any error, the seed and what was done.
    `steps`: how many loads, two to six when 0. `scope`: what is computed, see SCOPES; drawn when
    empty.
    """
    with tempfile.TemporaryDirectory(prefix="fullcourt-loads-") as folder:
        walk = Walk(seed, Path(folder), scope)
        try:
            walk.go(steps or walk.random.choice((2, 2, 3, 3, 4, 5, 6)))
        except Exception as error:
            told = "\n  ".join([f"sequence {seed}", *walk.told])
            once_more = f"python -m tests.property.loading --sequences 1 --seed {seed}"
            error.add_note(f"{told}\nonce more: {once_more}")
            raise
        finally:
            walk.close()
    return walk.counts


def run_to_the_end(seed: int, steps: int = 0, scope: str = "") -> Counter[str]:
    """Run a sequence; one that fails is told and counted."""
    try:
        return run(seed, steps, scope)
    except Exception as error:
        traceback.print_exception(error, limit=-2)
        sys.stderr.flush()
        return Counter({"failed": 1})


class Walk:
    """A warehouse, what was done to it, and how often each thing happened."""

    def __init__(
        self,
        seed: int,
        folder: Path,
        scope: str = "",
        begin: date | None = None,
        witness: Witness | None = None,
    ) -> None:
        self.random = Random(seed)
        self.folder = folder
        self.witness = witness
        self.ending = "flag" if begin else self.random.choices(ENDS, (4, 2, 1, 3))[0]
        drawn = self.random.choices(tuple(SCOPES), (6, 3, 1))[0]
        self.scope = scope or drawn
        self.selection = SCOPES[self.scope]
        self.path = folder / "nba.duckdb"
        self.url = f"duckdb:{self.path}"
        drawn_day = FIRST_DAY + timedelta(days=self.random.choice(STARTS))
        self.today = begin or drawn_day
        self.earlier: list[Folder] = []
        self.reopened: set[str] = set()
        self.told = [f"begins on {self.today}, unplayed games end in {self.ending}"]
        self.counts: Counter[str] = Counter()
        if begin or self.random.random() < 0.9:
            shutil.copy(started(self.today, self.ending, self.scope), self.path)
        self._held = ExitStack()
        self.warehouse: DuckDBWarehouse
        self._open()

    def _open(self) -> None:
        self.warehouse = cast(
            DuckDBWarehouse, self._held.enter_context(open_warehouse(self.url))
        )
        self.warehouse.engine._connection.execute("SET threads = 1")

    def close(self) -> None:
        """Let go of the warehouse."""
        self._held.close()

    def go(self, steps: int) -> None:
        """So many loads and backfills, then everything that was played."""
        for _ in range(steps):
            self.step()
        self.finish()

    def step(self) -> None:
        """Load or change something, backfill, and check both."""
        self.today = min(
            LAST_DAY, self.today + timedelta(days=self.random.choice((0, 1, 1, 2, 5)))
        )
        what = self.random.choices(("load", "remove", "waive"), (86, 8, 6))[0]
        if what == "remove":
            self.remove_game()
        elif what == "waive":
            self.waive_game()
        else:
            folder = self.folder_of_the_day()
            self.ingest(folder, allow_unfinish=self.random.random() < 0.08)
        is_allowed = self.random.random() < 0.35
        self.backfill(REASON if is_allowed else "")

    def folder_of_the_day(self) -> Folder:
        """A random folder."""
        has_shots = self.scope == "whole"
        return random_folder(
            self.random, self.today, self.ending, self.earlier, has_shots
        )

    def ingest(self, folder: Folder, allow_unfinish: bool = False) -> None:
        """Load a folder; finished games stay as they are, complete box scores are taken."""
        self.told.append(
            f"ingest: {'; '.join(folder.about)}{' --allow-unfinish' * allow_unfinish}"
        )
        before = Facts.of(self.warehouse)
        path = folder.write_to(self.folder / f"load-{len(self.told)}")
        try:
            done = ingest(self.url, NbaStatsFiles(path, allow_unfinish=allow_unfinish))
        except FullcourtError as error:
            self.told.append(f"refused: {error}")
            self.counts[f"ingest {type(error).__name__}"] += 1
            demand(
                []
                if Facts.of(self.warehouse) == before
                else ["a refused load changed something"]
            )
            return
        self.earlier.append(folder)
        refused = {Path(file["file"]).stem for file in done["refused"]}
        if refused:
            self.told.append(f"refused: {done['refused'][0]}")
        self.counts[
            f"ingest, {'some files refused' if refused else 'all files taken'}"
        ] += 1
        taken = [file for name, file in folder.files.items() if name not in refused]
        after = Facts.of(self.warehouse)
        offered = checks.offered_in(taken)
        excused = _unfinished_in(taken) if allow_unfinish else set()
        self.reopened |= excused
        demand(checks.lost_by_ingest(before, after, offered, excused))
        demand(checks.not_taken(after, offered, self.rejected(path) | excused))

    def rejected(self, path: Path) -> set[str]:
        """The games of which rows in a folder were rejected."""
        sql = "SELECT DISTINCT game_id FROM nba_backfill.rejects WHERE starts_with(file, $path)"
        found = rows(self.warehouse, sql, path=str(path.resolve()))
        return {row["game_id"] for row in found}

    def remove_game(self) -> None:
        """Take a game out."""
        games = sorted(Facts.of(self.warehouse).schedule)
        if games:
            game = self.random.choice(games)
            self.told.append(f"ingest remove {game}")
            remove(self.url, [game])
            self.counts["game removed"] += 1

    def waive_game(self) -> None:
        """Waive an open game, or the player box of any game, or take a waiver back."""
        schedule, waivers = Facts.of(self.warehouse).schedule, self.warehouse.waivers()
        open_games = [g for g, row in schedule.items() if row["status"] not in ENDED]
        waived = {waiver.game_id for waiver in waivers}
        games = [
            g
            for g, row in schedule.items()
            if row["covers_player_box"] and g not in waived
        ]
        if waivers and self.random.random() < 0.5:
            self.told.append(f"waiver of {waivers[0].game_id} taken back")
            self.warehouse.unwaive(waivers[0].game_id, waivers[0].raw_table)
        elif open_games and self.random.random() < 0.6:
            game = min(open_games, key=lambda game: schedule[game]["game_date"])
            self.told.append(f"{game} waived: it is not played")
            self.warehouse.waive(game, "schedule", REASON)
            self.counts["open game waived"] += 1
        elif games:
            game = self.random.choice(sorted(games))
            self.told.append(f"player_box of {game} waived")
            self.warehouse.waive(game, "player_box", REASON)
            self.counts["game waived"] += 1

    def backfill(self, allow_removal: str = "") -> Ended:
        """Backfill, then check that no row went unsaid and that exit 0 leaves nothing undone."""
        before, copy = Facts.of(self.warehouse), self._copy()
        run_id = f"run {len(self.told)}"
        ended = backfill(self.warehouse, self.selection, run_id, allow_removal)
        self.told.append(
            f"backfill{' --allow-removal' * bool(allow_removal)}: {_said(ended)}"
        )
        self.counts[
            f"backfill, exit {ended.exit_code} {type(ended.error).__name__}"
        ] += 1
        after = Facts.of(self.warehouse)
        demand(checks.removed_unsaid(before, after, ended, bool(allow_removal)))
        if ended.report:
            demand(checks.too_well_said(after, ended.report))
        if ended.exit_code == 0:
            demand(checks.undone(self.warehouse, after, self.selection))
            demand(checks.unfinished_numbers(after, self.reopened))
        if copy and self.witness:
            self.witness(copy, self, allow_removal, ended)
        return ended

    def _copy(self) -> Path | None:
        """A copy of the warehouse as it is, where somebody is to look at it."""
        if self.witness is None:
            return None
        self._held.close()
        copy = self.folder / f"before-{len(self.told)}.duckdb"
        shutil.copy(self.path, copy)
        self._open()
        return copy

    def finish(self) -> None:
        """Load everything that was really played,
        and compare with a warehouse that saw nothing else."""
        for waiver in self.warehouse.waivers():
            self.warehouse.unwaive(waiver.game_id, waiver.raw_table)
        self.ingest(complete(LAST_DAY, self.ending, self.scope == "whole"))
        self.told.append(
            f"removed as told: {', '.join(remove_open(self.warehouse, self.url))}"
        )
        ended = self.backfill(REASON)
        if ended.exit_code:
            raise AssertionError(
                f"all that was played is loaded, and the exit code is {_said(ended)}"
            )
        wanted = fresh(self.ending, self.scope)
        found = until_the_end(self.warehouse, self.selection)
        demand(_unlike(found, wanted))


def _said(ended: Ended) -> str:
    return f"exit {ended.exit_code} {str(ended.error or '')[:400]}"


def _unfinished_in(files: Iterable[list[dict[str, object]]]) -> set[str]:
    """The games that these files call unfinished."""
    found = set()
    for listed in files:
        for row in listed:
            if row.get("WL") == "" or row.get("gameStatus", 3) != 3:
                found.add(str(row.get("GAME_ID") or row["gameId"]))
    return found


def _unlike(found: Fingerprints, wanted: Fingerprints) -> Iterator[str]:
    for cell in sorted({*found, *wanted}):
        if found.get(cell) != wanted.get(cell):
            kind = "is not there" if cell not in found else "holds other rows"
            kind = "should not be there" if cell not in wanted else kind
            yield f"{cell[0]} {cell[1]} {kind}, at the end"


def until_the_end(warehouse: DuckDBWarehouse, selection: Selection) -> Fingerprints:
    """The cells of a selection up to the last date that was played."""
    tables = selection.chosen_tables(warehouse.catalog)
    held = fingerprints(warehouse)
    return {
        cell: mark
        for cell, mark in held.items()
        if cell[0] in tables and cell[1] <= LAST_DAY
    }


def remove_open(warehouse: DuckDBWarehouse, url: str) -> list[str]:
    """Take out the games that are never played and
    that no schedule calls off, as the report advises."""
    schedule = Facts.of(warehouse).schedule
    unplayed = [game for game in truth().games.values() if not game.is_played]
    open_games = [
        g.game_id
        for g in unplayed
        if schedule.get(g.game_id, CLOSED)["status"] not in ENDED
    ]
    for game_id in open_games:
        remove(url, [game_id])
    return open_games


@cache
def _templates() -> tempfile.TemporaryDirectory[str]:
    """Where warehouses at their start lie; one folder per process."""
    return tempfile.TemporaryDirectory(prefix="fullcourt-starts-")


@cache
def started(day: date, ending: str, scope: str) -> Path:
    """A warehouse with everything that was played up to a day, its tables computed."""
    path = Path(_templates().name) / f"{day}-{ending}-{scope}.duckdb"
    url = f"duckdb:{path}"
    with tempfile.TemporaryDirectory() as folder, open_warehouse(url) as warehouse:
        cast(DuckDBWarehouse, warehouse).engine._connection.execute("SET threads = 1")
        files = complete(day, ending, scope == "whole").write_to(Path(folder) / "files")
        ingest(url, NbaStatsFiles(files))
        if day == LAST_DAY:
            remove_open(cast(DuckDBWarehouse, warehouse), url)
        backfill(warehouse, SCOPES[scope], "start")
    return path


@cache
def fresh(ending: str, scope: str) -> Fingerprints:
    """The tables of a warehouse that saw nothing but everything that was played."""
    with open_warehouse(f"duckdb:{started(LAST_DAY, ending, scope)}") as warehouse:
        return until_the_end(cast(DuckDBWarehouse, warehouse), SCOPES[scope])
