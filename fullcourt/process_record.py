"""Files that a living process vouches for: a record
that is true exactly as long as the process in it runs.

The process holds a lock (flock) on its record, by an open file that it inherits from its starter.
However it ends, kill -9 included, the lock is gone with it: no stale file and no process id used
again can deceive.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeVar

from core.errors import FullcourtError

WRITE_SECONDS = 2.0

Seen = TypeVar("Seen")


@contextmanager
def hold(record: Path) -> Iterator[TextIO]:
    """Open `record` anew, locked; a process started inside the block
    that inherits it keeps the lock."""
    with record.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def read_living(record: Path) -> dict[str, Any] | None:
    """What `record` says, as JSON, if its process lives;
    None if it does not or there never was one."""
    if not _is_held(record):
        return None
    # A starter writes the record a moment after the lock is taken.
    told = until(lambda: _read(record), WRITE_SECONDS)
    if told is None:
        raise FullcourtError(
            f"a process holds {record} and is not named in it; end that process"
        )
    return told


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time is inside the block of this `lock`; the others wait for it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def until(probe: Callable[[], Seen], seconds: float) -> Seen:
    """What `probe` says as soon as that is true, or what it says after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (seen := probe()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return seen


def _is_held(record: Path) -> bool:
    try:
        with record.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _read(record: Path) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads(record.read_text())
    except json.JSONDecodeError:
        return None
    return told
