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
LOOKS = 3
"""Looks in a row that find no answer before a server counts as lost: where a virtual machine was
paused, the first one after that may find the clock ahead."""


@contextmanager
def guard_server(handle: ServerHandle) -> Iterator[None]:
    """Watch the server while the block runs."""
    over = threading.Event()
    watch = threading.Thread(
        target=_watch, args=(handle, over), name="server guard", daemon=True
    )
    watch.start()
    try:
        yield
    finally:
        over.set()


def _watch(handle: ServerHandle, over: threading.Event) -> None:
    answered, unanswered = time.monotonic(), 0
    while not over.wait(LOOK_EVERY):
        unanswered += 1
        if server.reachable(handle):
            answered, unanswered = time.monotonic(), 0
        elif loss := _loss(handle, answered, unanswered):
            _replace(handle, over, loss)
            answered, unanswered = time.monotonic(), 0


def _loss(handle: ServerHandle, answered: float, unanswered: int) -> str:
    """How the server was lost: it has died, or has not answered for too long and at several looks;
    empty if neither."""
    if handle.home is not None and server.status(handle.home) is None:
        return "has ended"
    silence = time.monotonic() - answered
    if silence > PATIENCE and unanswered >= LOOKS:
        return f"has not answered for {PATIENCE:.0f} s"
    return ""


def _replace(handle: ServerHandle, over: threading.Event, loss: str) -> None:
    """Start the local server again; where that cannot be, end the process:
    no call would ever return."""
    if handle.home is not None:
        _say(f"the local Prefect server {loss}; starting it again, the run goes on")
    try:
        server.restart(handle)
    except FullcourtError as error:
        if not over.is_set():
            _end(str(error))


def _say(sentence: str) -> None:
    """Tell the person who waits, below the bar that may be on the terminal."""
    sys.stderr.write(f"\nfullcourt: {sentence}\n")
    sys.stderr.flush()


def _end(why: str) -> None:
    sys.stdout.flush()
    _say(
        f"{why}; what was published stays, nothing is half-written: run the same command again, it "
        "resumes"
    )
    os._exit(FullcourtError.exit_code)
