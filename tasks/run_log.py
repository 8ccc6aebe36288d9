"""The log of a flow run: the lines that a person at a terminal would see."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from prefect.exceptions import MissingContextError
from prefect.logging import get_run_logger

from runs.events import Event
from runs.lines import RunLines
from runs.listening import listening

_logs = threading.Lock()
"""Held by the outermost run of this process that logs its events."""


@contextmanager
def logging_events() -> Iterator[None]:
    """Log what the run tells while the block runs, in the log of the flow run that it is in.

    A run inside one that logs already leaves it to that one, which hears the same events.
    """
    if not _logs.acquire(blocking=False):
        yield
        return
    try:
        with _logging():
            yield
    finally:
        _logs.release()


@contextmanager
def _logging() -> Iterator[None]:
    try:
        logger = get_run_logger()
    except MissingContextError:
        # Called as a plain function: whoever calls it listens as they like.
        yield
        return
    lines = RunLines()
    lock = threading.Lock()

    def log(event: Event) -> None:
        with lock:
            for line in lines.of(event):
                logger.info("%s", line)

    with listening(log):
        yield
