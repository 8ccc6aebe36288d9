"""Watches the Prefect server while a run uses it:
starts a local one again, or ends the run with a sentence.

The ledger is the truth about a run, so that a server that is lost loses nothing: Prefect's client
tries each call again for a while, and finds the server at the same address.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import FullcourtError
from fullcourt import server
from fullcourt.server import ServerHandle

LOOK_EVERY = 2.0
"""Seconds between two looks at the server."""
PATIENCE = 20.0
"""Seconds without an answer after which a server counts as lost;
a busy one answers within a few."""


@contextmanager
def guarded(handle: ServerHandle) -> Iterator[None]:
    """Watch the server while the block runs."""
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(handle, over), name="server guard", daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()


def _watch(handle: ServerHandle, over: threading.Event) -> None:
    answered = time.monotonic()
    while not over.wait(LOOK_EVERY):
        if server.reachable(handle):
            answered = time.monotonic()
        elif _is_lost(handle, answered):
            _replace(handle, over)
            answered = time.monotonic()


def _is_lost(handle: ServerHandle, answered: float) -> bool:
    """Whether the server has died, or has not answered for too long."""
    has_died = handle.home is not None and server.status(handle.home) is None
    return has_died or time.monotonic() - answered > PATIENCE


def _replace(handle: ServerHandle, over: threading.Event) -> None:
    """Start the local server again; where that cannot be, end the process:
    no call would ever return."""
    try:
        server.restart(handle)
    except FullcourtError as error:
        if not over.is_set():
            _end(str(error))


def _end(why: str) -> None:
    sys.stdout.flush()
    sys.stderr.write(
        f"\nfullcourt: {why}; what was published stays, nothing is half-written: run the same "
        "command again, it resumes\n"
    )
    sys.stderr.flush()
    os._exit(FullcourtError.exit_code)
