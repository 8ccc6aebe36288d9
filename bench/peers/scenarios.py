"""What each tool is put through: the whole range, again, a correction, a kill, a bad date."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from bench.peers.league import TABLES, Range, correct, restore, spoil
from bench.peers.lines import count_lines
from bench.peers.tools import DATABASE, Tool
from bench.peers.truth import Cell, Cells, Held, compare, count_redone, read_cells
from bench.running import Ended, run

KILLED_AT = 0.6
"""Where the whole range is killed, as a share of the time that it took."""
READERS = ["peers", "nba_analytics", "nba_precompute"]
"""The schemas in which readers find the three tables."""
SAID = 160
"""Characters of what a tool says that are kept."""
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
"""What a terminal takes for a colour or a movement."""


@dataclass
class Bench:
    """What all tools share: the league's file, the range, and what the tables must hold.

    `start` is the file that a tool works on a copy of: the league's, or fullcourt's own.
    """

    folder: Path
    span: Range
    day: date
    truth: Cells
    corrected: Cells
    environ: Mapping[str, str] = field(default_factory=dict)


class Trial:
    """One tool on its way through the scenarios."""

    def __init__(self, tool: Tool, bench: Bench, project: Path, start: Path) -> None:
        self.tool = tool
        self.bench = bench
        self.project = project
        self.start = start
        self.schema = "source" if tool.environment else "nba_raw"
        self.rows: dict[str, Any] = {}
        self.peak = 0

    def measure(self) -> dict[str, Any]:
        """Run every scenario; what each gave, as plain values."""
        folder = self._new_folder("whole")
        whole = self._run(folder, self._whole(folder))
        if whole.code:
            said = whole.output.strip()[-1000:]
            raise RuntimeError(f"the whole range ended with {whole.code}: {said}")
        self.rows["whole range"] = self._outcome(whole, folder, self.bench.truth)
        self._measure_again(folder)
        self._measure_correction(folder)
        self._measure_kill(whole.figures.seconds)
        self._measure_bad_date()
        self.rows["peak memory"] = {"peak_mib": self.peak}
        self.rows["lines"] = asdict(count_lines(self.project, self.tool))
        return self.rows

    def _measure_again(self, folder: Path) -> None:
        """The same command where nothing is to be done."""
        before = read_held(folder / DATABASE)
        again = self._run(folder, self._whole(folder))
        outcome = self._outcome(again, folder, self.bench.truth)
        after = read_held(folder / DATABASE)
        self.rows["nothing to do"] = outcome | {"redone": count_redone(before, after)}

    def _measure_correction(self, folder: Path) -> None:
        """One corrected box score: whether the same command sees it, and what repairs it.

        A tool that computes everything each time is not asked twice.
        """
        correct(folder / DATABASE, self.schema, self.bench.day)
        before = read_held(folder / DATABASE)
        if not self.rows["nothing to do"]["redone"] and self.tool.environment:
            unaware = self._run(folder, self._whole(folder))
            outcome = self._outcome(unaware, folder, self.bench.corrected)
            self.rows["corrected, same command"] = outcome
        command = self.tool.repair(folder, self.bench.span, self.bench.day)
        repaired = self._run(folder, command, self.tool.repair_environ)
        outcome = self._outcome(repaired, folder, self.bench.corrected)
        redone = count_redone(before, read_held(folder / DATABASE))
        self.rows["corrected input"] = outcome | {"redone": redone}
        if command == self._whole(folder):
            self.rows["corrected, same command"] = outcome

    def _measure_kill(self, seconds: float) -> None:
        """kill -9 in the middle of the whole range, then the same command."""
        folder = self._new_folder("kill")
        command = self._whole(folder)
        killed = self._run(folder, command, kill_after=KILLED_AT * seconds)
        stood = read_held(folder / DATABASE)
        again = self._run(folder, command)
        outcome = self._outcome(again, folder, self.bench.truth)
        redone = count_redone(stood, read_held(folder / DATABASE))
        self.rows["killed, then again"] = outcome | {
            "killed": killed.code,
            "stood": len(stood),
            "redone": redone,
        }

    def _measure_bad_date(self) -> None:
        """A date that raises, then what a user types after the input was put right."""
        folder = self._new_folder("bad")
        spoiled = spoil(folder / DATABASE, self.schema, self.bench.day)
        bad = self._run(folder, self._whole(folder))
        published = read_held(folder / DATABASE, unpublished=False)
        outcome = self._told(bad, folder) | asdict(compare(self.bench.truth, published))
        aside, waiting = count_aside(folder / DATABASE), self._count_waiting(folder)
        self.rows["bad date"] = outcome | {"aside": aside, "waiting": waiting}
        restore(folder / DATABASE, self.schema, spoiled)
        resume = self.tool.resume or self.tool.whole
        again = self._run(folder, resume(folder, self.bench.span))
        self.rows["bad date put right"] = self._outcome(again, folder, self.bench.truth)

    def _count_waiting(self, folder: Path) -> int | None:
        """Cells that the tool names as waiting for another; None where it tells of no cells."""
        if self.tool.status is None:
            return None
        return count_waiting(self._run(folder, self.tool.status(folder)).output)

    def _whole(self, folder: Path) -> list[str]:
        return self.tool.whole(folder, self.bench.span)

    def _new_folder(self, name: str) -> Path:
        """A copy of the project beside a copy of the data."""
        folder = self.bench.folder / f"{self.tool.name}-{name}" / "project"
        shutil.copytree(self.project, folder)
        shutil.copy(self.start, folder / DATABASE)
        return folder

    def _run(
        self,
        folder: Path,
        command: list[str],
        environ: Mapping[str, str] | None = None,
        kill_after: float | None = None,
    ) -> Ended:
        """Run a command in a project; its peak memory is noted."""
        results = {"PREFECT_LOCAL_STORAGE_PATH": str(folder / "results")}
        own = {"DAGSTER_HOME": str(folder), **results}
        given = own | dict(self.bench.environ) | dict(self.tool.environ)
        ended = run(command, folder, given | dict(environ or {}), kill_after)
        self.peak = max(self.peak, ended.figures.peak_mib)
        return ended

    def _outcome(self, ended: Ended, folder: Path, truth: Cells) -> dict[str, Any]:
        """What a run took, how it ended, and how the tables then differ from the truth."""
        difference = compare(truth, read_held(folder / DATABASE))
        return self._told(ended, folder) | asdict(difference)

    def _told(self, ended: Ended, folder: Path) -> dict[str, Any]:
        """What a run took, its exit code and what it says."""
        said = {"code": ended.code, "says": telling_line(self.tool, ended, folder)}
        return asdict(ended.figures) | said


def telling_line(tool: Tool, ended: Ended, folder: Path) -> str:
    """What a tool says last of how its run ended, without colours and folders."""
    line = ended.last_line
    if tool.telling:
        found = re.findall(tool.telling, COLOUR.sub("", ended.output), re.MULTILINE)
        line = found[-1] if found else "nothing"
    for path in (folder, folder.parent):
        line = line.replace(str(path), "…")
    return COLOUR.sub("", line).strip()[:SAID]


def count_aside(path: Path) -> int | None:
    """Cells that fullcourt kept aside, in quarantine or failed, each with its cause; None for a
    tool that keeps no cell's state in the warehouse."""
    last = (
        "SELECT outcome FROM nba_backfill.ledger WHERE table_name IN (SELECT unnest(?)) "
        "QUALIFY row_number() OVER (PARTITION BY table_name, cell_date "
        "ORDER BY started_at DESC) = 1"
    )
    sql = f"SELECT count(*) FROM ({last}) WHERE outcome IN ('quarantined', 'failed')"
    with duckdb.connect(str(path), read_only=True) as connection:
        try:
            found = connection.execute(sql, [list(TABLES)]).fetchall()
        except duckdb.CatalogException:
            return None
    return int(found[0][0])


def count_waiting(status: str) -> int:
    """The cells of the three tables that `fullcourt status --json` says wait for what they read."""
    begin = status.index("[\n")
    found, _end = json.JSONDecoder().raw_decode(status, begin)
    of_tables = [each["outcomes"] for each in found if each["table"] in TABLES]
    return sum(outcomes.get("upstream_missing", 0) for outcomes in of_tables)


def read_held(path: Path, unpublished: bool = True) -> dict[Cell, Held]:
    """What a tool's database holds of the three tables, wherever the tool keeps them.

    `unpublished`: also what no reader finds yet, the physical tables of SQLMesh before its views.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        held: dict[Cell, Held] = {}
        for table in TABLES:
            relation = relation_of(connection, table, unpublished)
            if relation:
                held |= read_cells(connection, table, relation)
        stamps = read_stamps(connection)
    return {cell: with_stamp(one, stamps.get(cell)) for cell, one in held.items()}


def relation_of(
    connection: duckdb.DuckDBPyConnection, table: str, unpublished: bool
) -> str | None:
    """Where a table is: what readers use, or else the physical table of SQLMesh behind it."""
    found = connection.execute(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables "
        "WHERE (table_name = $table AND table_schema IN (SELECT unnest($readers))) "
        "OR ($unpublished AND table_schema = 'sqlmesh__peers' "
        "AND regexp_full_match(table_name, 'peers__' || $table || '__[0-9]+')) "
        "ORDER BY table_schema = 'sqlmesh__peers', table_name LIMIT 1",
        {"table": table, "readers": READERS, "unpublished": unpublished},
    ).fetchone()
    return str(found[0]) if found else None


def read_stamps(connection: duckdb.DuckDBPyConnection) -> dict[Cell, datetime]:
    """When fullcourt last computed each cell, from its ledger; empty for the other tools."""
    try:
        found = connection.execute(
            "SELECT table_name, cell_date, max(started_at) FROM nba_backfill.ledger "
            "WHERE outcome = 'done' GROUP BY ALL"
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    return {(table, day): stamp for table, day, stamp in found}


def with_stamp(held: Held, stamp: datetime | None) -> Held:
    """What is held, with the ledger's moment where there is one."""
    return Held(held.rows, held.content, stamp) if stamp else held
