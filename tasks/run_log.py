"""The log of a flow run: the lines that a person at a terminal would see."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prefect.exceptions import MissingContextError
from prefect.logging import get_run_logger

from runs.events import Event
from runs.listening import listening
from runs.log_lines import LogLines

WAREHOUSE_LOGGER = "warehouse"
RunLogger = logging.Logger | logging.LoggerAdapter[Any]

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
    lines = LogLines()
    lock = threading.Lock()

    def log(event: Event) -> None:
        with lock:
            for line in lines.of(event):
                logger.info("%s", line)

    with listening(log), hearing_warehouse(logger):
        yield


@contextmanager
def hearing_warehouse(logger: RunLogger) -> Iterator[None]:
    """Repeat in the log of a run what the warehouse logs of retried and adopted jobs.

    A worker's environment has Prefect do that (`deployments/pools.py`); then nothing is repeated.
    """
    heard = logging.getLogger(WAREHOUSE_LOGGER)
    if heard.handlers:
        yield
        return
    level, repeating = heard.level, _Repeating(logger)
    heard.addHandler(repeating)
    heard.setLevel(logging.INFO)
    try:
        yield
    finally:
        heard.setLevel(level)
        heard.removeHandler(repeating)


class _Repeating(logging.Handler):
    """Hands every record on to the log of a run."""

    def __init__(self, logger: RunLogger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        self._logger.log(record.levelno, "%s", record.getMessage())
