"""How much a command says while it works: -q leaves progress out, -v adds what Prefect logs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

CONSOLE_LEVEL = "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def loudness(quiet: bool, verbose: bool) -> Iterator[None]:
    """Say as much as was asked for while the block runs."""
    token = _quiet.set(quiet)
    before = os.environ.get(CONSOLE_LEVEL)
    if verbose:
        os.environ[CONSOLE_LEVEL] = "INFO"
    try:
        yield
    finally:
        _quiet.reset(token)
        if before is not None:
            os.environ[CONSOLE_LEVEL] = before
        elif verbose:
            os.environ.pop(CONSOLE_LEVEL, None)


def is_quiet() -> bool:
    """Whether progress is left out."""
    return _quiet.get()
