"""Cut off the creation of a warehouse and its first load at every stage, load again, and compare.

    python -m tests.torture.creation [--points 120] [--kills 60]

DuckDB writes a new file's three headers one after another, and all that is loaded behind one
another into the log: what a killed process leaves is a beginning of the one or of the other. Points
are such beginnings, made by hand. Kills are of processes that load: the system ends each at the
write that would pass a limit, a little further each time. Exits 1 where the same load does not give
the same rows after any of them.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.errors import FullcourtError
from planning.raw_load import RawLoad
from tests.league import league
from tests.loop import open_warehouse
from tests.raw_rows import raw_load
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb.creation import HEADERS

PAGE = 4096
FILE = "warehouse.duckdb"
SMALLEST = 12
"""Bytes by which a file can be told to be DuckDB's; a write of a page is never cut before them."""


@dataclass(frozen=True)
class Left:
    """What a killed process left: the file, and its log where it had one."""

    stage: str
    file: bytes
    log: bytes | None = None


def main() -> None:
    """Try all stages; say each that the same load does not recover from."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.torture.creation", description=__doc__
    )
    parser.add_argument("--points", type=int, default=120)
    parser.add_argument("--kills", type=int, default=60)
    given = parser.parse_args()
    points, raw = given.points, raw_load(league())
    with tempfile.TemporaryDirectory(prefix="fullcourt-creation-") as folder:
        tried = list(stages(Path(folder), raw, points))
        wanted = loaded(Path(folder) / "whole", raw, None)
        lost = [
            left.stage
            for left in tried
            if loaded(Path(folder) / "cut", raw, left) != wanted
        ]
        limits = spread(len(tried[-1].log or b""), given.kills)
        killed, lost_by_kills = kill_at(Path(folder), limits)
    print(f"{len(tried)} stages, {len(lost)} not recovered from", *lost, sep="\n")
    print(
        f"{killed} kills, {len(lost_by_kills)} not recovered from",
        *lost_by_kills,
        sep="\n",
    )
    sys.exit(1 if lost or lost_by_kills else 0)


def spread(size: int, kills: int) -> list[int]:
    """Limits at which to kill: every write of the headers, then evenly over the log."""
    headers = [0, SMALLEST, PAGE, 2 * PAGE, HEADERS]
    evenly = [size * n // kills for n in range(1, kills + 1 - len(headers))]
    return headers + evenly


def kill_at(folder: Path, limits: list[int]) -> tuple[int, list[str]]:
    """Kill a load at each limit and load again: how many were killed, what was not recovered."""
    wanted, killed, lost = loaded(folder / "whole", raw_load(league()), None), 0, []
    for limit in limits:
        place = folder / f"limit-{limit}"
        place.mkdir()
        if not _load_apart(place, limit):
            continue
        killed += 1
        left = {path.name: path.stat().st_size for path in place.iterdir()}
        if (found := load_onto(place, raw_load(league()))) != wanted:
            lost.append(f"limit {limit}, which left {left}: {found}")
    return killed, lost


def _load_apart(place: Path, limit: int) -> bool:
    """Load in a process of its own that may write no file past a limit; whether it was killed."""
    command = [sys.executable, "-B", "-c", _LOAD, str(place / FILE), str(limit)]
    ended = subprocess.run(command, cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode in (0, -signal.SIGXFSZ), (
        f"the load ended with {ended.returncode}"
    )
    return ended.returncode != 0


_LOAD = """
import sys
from tests.torture.creation import load_until_killed
load_until_killed(sys.argv[1], int(sys.argv[2]))
"""


def load_until_killed(path: str, limit: int) -> None:
    """Load the league; the system kills this process at the write that would pass the limit."""
    raw = raw_load(league())
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    # To close moves the log into the file, whose writes pass limits as well.
    open_warehouse(raw, path).close()


def stages(folder: Path, raw: RawLoad, points: int) -> Iterator[Left]:
    """About so many stages of creating a file and loading into it: the headers, then the log."""
    path = folder / "recorded.duckdb"
    with closing(open_warehouse(path=str(path))) as warehouse:
        created = path.read_bytes()[:HEADERS]
        warehouse.load(raw)
        file, log = path.read_bytes(), Path(f"{path}.wal").read_bytes()
    yield Left("empty", b"")
    yield Left("blank", bytes(HEADERS))
    for size in (SMALLEST, PAGE, PAGE + 1, 2 * PAGE, HEADERS - 1):
        yield Left(f"{size} bytes of the headers", created[:size])
        yield Left(
            f"{size} bytes of the headers, then nothing",
            created[:size].ljust(HEADERS, b"\0"),
        )
    yield Left("all headers", created)
    for n in range(points):
        size = len(log) * n // points
        yield Left(f"{size} bytes of the log", file, log[:size])
    yield Left("the whole log", file, log)


def loaded(folder: Path, raw: RawLoad, left: Left | None) -> dict[str, int] | str:
    """Rows per raw table after a load onto what was left; or why there are none."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / FILE
    if left is not None:
        path.write_bytes(left.file)
    if left is not None and left.log is not None:
        Path(f"{path}.wal").write_bytes(left.log)
    return load_onto(folder, raw)


def load_onto(folder: Path, raw: RawLoad) -> dict[str, int] | str:
    """Rows per raw table after a load onto what the folder holds; or why there are none."""
    try:
        with closing(open_warehouse(raw, str(folder / FILE))) as warehouse:
            return held(warehouse)
    except FullcourtError as error:
        return str(error)


def held(warehouse: DuckDBWarehouse) -> dict[str, int]:
    """Rows per raw table."""
    return {table: warehouse.rows_held(table) for table in warehouse.catalog.raw}


if __name__ == "__main__":
    main()
