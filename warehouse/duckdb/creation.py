"""A database file that was never finished: recognised, and made anew.

DuckDB writes three headers into a new file and opens none that lacks one. A process that is killed
in between leaves a file that holds nothing of anybody, and that no later command could open.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import duckdb

HEADERS = 3 * 4096
"""Bytes before the first block of rows."""
FORMAT = slice(8, 20)
"""Bytes that name DuckDB and the version of its files, behind a checksum."""
SHORTEST = 12
"""Bytes of a beginning that names DuckDB."""
CHUNK = 2**20


def may_be_new(file: Path) -> bool:
    """Whether the file is not there, or is too small to hold a table."""
    try:
        return file.stat().st_size <= HEADERS
    except FileNotFoundError:
        return True


def is_unfinished(file: Path) -> bool:
    """Whether the file, which cannot be opened, is the beginning of a new one and holds nothing.

    A complete file of another version of DuckDB cannot be opened either, and is somebody's.
    """
    if not file.is_file() or has_log(file):
        return False
    if is_blank(file):
        return True
    if not may_be_new(file):
        return False
    # A write that was cut may be followed by zeros.
    written = file.read_bytes().rstrip(b"\0")
    return len(written) >= SHORTEST and _format_of_new().startswith(written[FORMAT])


def is_blank(file: Path) -> bool:
    """Whether the file holds nothing but zeros, as after a loss of power."""
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            if any(chunk):
                return False
    return True


@cache
def _format_of_new() -> bytes:
    """What this DuckDB writes into a new file to name itself and its version."""
    with tempfile.TemporaryDirectory(prefix="fullcourt-format-") as folder:
        path = Path(folder) / "new.duckdb"
        duckdb.connect(str(path)).close()
        return path.read_bytes()[FORMAT]


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One process at a time creates a file in the folder, where its file system has locks."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def has_log(file: Path) -> bool:
    """Whether writes lie beside the file that it does not hold yet."""
    log = Path(f"{file}.wal")
    return log.exists() and log.stat().st_size > 0
