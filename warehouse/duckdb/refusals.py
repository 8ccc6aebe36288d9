"""What DuckDB's errors are in fullcourt's tree, with the repair where there is one."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import textwrap
from collections.abc import Iterable
from pathlib import Path

import duckdb

from core.errors import (
    FullWarehouseError,
    LockedWarehouseError,
    PermanentWarehouseError,
    TransientWarehouseError,
    UnusableWarehouseError,
    WarehouseError,
)
from core.remedy import PROGRAM, Remedy
from core.settings import MEMORY_VARIABLE, THREADS_VARIABLE
from warehouse.duckdb.creation import may_be_new

BACKFILL = Remedy("backfill")

NO_ROOM = (
    *map(os.strerror, (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)),
    "max_temp_directory_size",
)
"""Words of a write that found no room: the system's own,
and DuckDB's when what it spills fills the disk."""

DAMAGED = ("Could not read enough bytes", "Corrupt database file", "checksum")
"""Words of a read that met a file which is cut or changed."""

HELD_HERE = "Unique file handle conflict"
"""Words of an opening of a file that this process has open, in another way."""

COMMAND_SHOWN = 120
"""Characters that are shown of the command that holds a file."""

STATEMENT = "\n\nLINE "
"""What precedes the line of a query, and the mark below it, in DuckDB's errors."""

NOT_DUCKDB = "not a valid DuckDB database file"
FORBIDDEN = tuple(map(os.strerror, (errno.EACCES, errno.EPERM, errno.EROFS)))
"""Words of an opening or a write that the system does not allow."""


def _says_any(text: str, phrases: Iterable[str]) -> bool:
    return any(phrase in text for phrase in phrases)


def our_error(error: duckdb.Error, path: str) -> WarehouseError:
    """The error as ours; by its words where DuckDB raises the same thing under several classes."""
    text = str(error)
    if _says_any(text, NO_ROOM):
        return FullWarehouseError(
            f"no room for {path}, {_free(path)}: {text.splitlines()[0]}; what was published stays, "
            "nothing is half-written; make room, then run the same command again"
        )
    if "has been invalidated" in text:
        return WarehouseError(
            f"{path}: DuckDB gave up this connection: {text}; what was published stays, nothing is "
            "half-written; run the same command again"
        )
    if _says_any(text, DAMAGED):
        return UnusableWarehouseError(
            f"{path} is damaged: {text.splitlines()[0]}; put a copy of it in its place, or set "
            f"it aside (mv {path} {path}.damaged), load the files again and run ",
            BACKFILL,
        )
    if _says_any(text, FORBIDDEN):
        return UnusableWarehouseError(
            f"{path} cannot be written: {text.splitlines()[0]}; allow this account to write the "
            "file and its folder, or name another: duckdb:PATH"
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return PermanentWarehouseError(
            f"DuckDB may not use as much memory as this takes: {text.splitlines()[0]}; give it "
            f"more ({MEMORY_VARIABLE}=2GB), or fewer threads ({THREADS_VARIABLE}=1), then run the "
            "same command again"
        )
    if isinstance(error, duckdb.TransactionException):
        return TransientWarehouseError(text)
    if isinstance(error, duckdb.DataError):
        # A value is at fault, not the text of the query: where in it says nothing to its reader.
        text = text.partition(STATEMENT)[0]
    return PermanentWarehouseError(f"{type(error).__name__}: {text}")


def opening_error(error: duckdb.Error, path: str) -> WarehouseError:
    """Why a file could not be opened: who holds it, no room for it, or no warehouse at all."""
    text = str(error)
    if "Could not set lock" in text:
        return LockedWarehouseError(
            f"{path} is held by {_holder(text)}; only one process at a time may open a "
            "warehouse file: wait for it or stop it, then run the same command again"
        )
    if HELD_HERE in text:
        return LockedWarehouseError(
            f"{path} is open in this process already, to be read or to be written; close it there "
            "first, or use that one"
        )
    ours = our_error(error, path)
    if isinstance(ours, FullWarehouseError) or _says_any(text, FORBIDDEN):
        return ours
    log = Path(f"{path}.wal")
    if log.exists():
        return _with_log(path, log, text.splitlines()[0])
    return UnusableWarehouseError(
        f"{path} cannot be opened as a warehouse: {text}; name another file, or remove this one "
        "if it is none"
    )


def _holder(text: str) -> str:
    """The process that holds a file, by DuckDB's message: the command of a fullcourt where the
    system tells it, else the program."""
    # Beside readers alone, DuckDB goes on after the process: ". However, you would be able …".
    after = text.partition("held in ")[2]
    named = after.partition(". See")[0].partition(". However")[0]
    pid = named.rpartition("(PID ")[2].rstrip(")")
    command = _command_of(pid) if pid.isdigit() else ""
    if command:
        return f"`{command}` (PID {pid})"
    return named or "another process"


def _command_of(pid: str) -> str:
    """The command line of a process of this machine that runs fullcourt, shortened; empty where
    the system has no /proc, and of any other process, whose words may be secret."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    words = line.decode(errors="replace").rstrip("\0").split("\0")
    # A console script is started by Python: what was typed begins with the script's name.
    for at, word in enumerate(words[:2]):
        if Path(word).name == PROGRAM:
            typed = shlex.join([PROGRAM, *words[at + 1 :]])
            return textwrap.shorten(typed, COMMAND_SHOWN, placeholder=" …")
    return ""


def _with_log(path: str, log: Path, first: str) -> UnusableWarehouseError:
    """The error on a file that cannot be opened with its log; `first` line of what DuckDB says."""
    aside = f"(mv {log} {log}.damaged)"
    if may_be_new(Path(path)):
        return UnusableWarehouseError(
            f"{path} holds no rows yet, and cannot be opened with the log of its writes, {log}: "
            f"{first}. Set the log aside {aside}, load the files again, then ",
            BACKFILL,
        )
    return UnusableWarehouseError(
        f"{path} cannot be opened with the log of its last writes, {log}: {first}. The rows "
        f"published before it stay in the file: set the log aside {aside}, then ",
        Remedy("verify"),
        " and ",
        BACKFILL,
    )


def log_alone(path: str) -> UnusableWarehouseError:
    """The refusal of a place where the log of a warehouse lies without its file."""
    log = f"{path}.wal"
    return UnusableWarehouseError(
        f"{path} is not there, and {log}, the log of its last writes, is; put the file back beside "
        f"it, or set the log aside (mv {log} {log}.old) to begin a new warehouse"
    )


def _free(path: str) -> str:
    """How much room there is: much of it says
    that a limit or a quota was met, not the disk's end."""
    folder = Path(path).resolve().parent
    mebibytes = shutil.disk_usage(folder).free / 2**20
    return f"{mebibytes:,.0f} MiB free on its disk"
