"""A database file that was never finished: recognised, and made anew.

DuckDB writes three headers into a new file and opens none that lacks one. A process that is killed
in between leaves a file that holds nothing of anybody, and that no later command could open.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HEADERS = 3 * 4096
"""Bytes before the first block of rows."""
MAGIC, MAGIC_AT = b"DUCK", 8


def may_be_new(file: Path) -> bool:
    """Whether the file is not there, or is too small to hold a table."""
    try:
        return file.stat().st_size <= HEADERS
    except FileNotFoundError:
        return True


def is_unfinished(file: Path) -> bool:
    """Whether the file, which cannot be opened,
    is the beginning of a new one and holds nothing yet."""
    if not file.is_file() or not may_be_new(file) or _has_log(file):
        return False
    beginning = file.read_bytes()
    is_blank = not any(beginning)
    return is_blank or beginning[MAGIC_AT : MAGIC_AT + len(MAGIC)] == MAGIC


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


def _has_log(file: Path) -> bool:
    """Whether writes lie beside the file that it does not hold yet."""
    log = Path(f"{file}.wal")
    return log.exists() and log.stat().st_size > 0
