"""Cut off the creation of a warehouse and its first load at every stage, load again, and compare.

    python -m tests.torture.creation [--points 120]

DuckDB writes a new file's three headers one after another, and all that is loaded behind one
another into the
log: what a killed process leaves is a beginning of the one or of the other. Exits 1 where the same
load does not give the same rows after any of them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.errors import FullcourtError
from planning.raw_load import RawLoad
from tests.league import league
from tests.loop import opened
from tests.raw_rows import raw_load
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb.creation import HEADERS

PAGE = 4096
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
    parser = argparse.ArgumentParser(prog="python -m tests.torture.creation", description=__doc__)
    parser.add_argument("--points", type=int, default=120)
    points = parser.parse_args().points
    raw = raw_load(league())
    with tempfile.TemporaryDirectory(prefix="fullcourt-creation-") as folder:
        tried = list(stages(Path(folder), raw, points))
        wanted = loaded(Path(folder) / "whole", raw, None)
        lost = [left.stage for left in tried if loaded(Path(folder) / "cut", raw, left) != wanted]
    print(f"{len(tried)} stages, {len(lost)} not recovered from", *lost, sep="\n")
    sys.exit(1 if lost else 0)


def stages(folder: Path, raw: RawLoad, points: int) -> Iterator[Left]:
    """About so many stages of creating a file and loading into it: the headers, then the log."""
    path = folder / "recorded.duckdb"
    with closing(opened(path=str(path))) as warehouse:
        created = path.read_bytes()[:HEADERS]
        warehouse.load(raw)
        file, log = path.read_bytes(), Path(f"{path}.wal").read_bytes()
    yield Left("empty", b"")
    yield Left("blank", bytes(HEADERS))
    for size in (SMALLEST, PAGE, PAGE + 1, 2 * PAGE, HEADERS - 1):
        yield Left(f"{size} bytes of the headers", created[:size])
        yield Left(
            f"{size} bytes of the headers, then nothing", created[:size].ljust(HEADERS, b"\0")
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
    path = folder / "warehouse.duckdb"
    if left is not None:
        path.write_bytes(left.file)
    if left is not None and left.log is not None:
        Path(f"{path}.wal").write_bytes(left.log)
    try:
        with closing(opened(raw, str(path))) as warehouse:
            return held(warehouse)
    except FullcourtError as error:
        return str(error)


def held(warehouse: DuckDBWarehouse) -> dict[str, int]:
    """Rows per raw table."""
    return {table: warehouse.rows_held(table) for table in warehouse.catalog.raw}


if __name__ == "__main__":
    main()
