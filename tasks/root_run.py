"""Which run a flow run is part of. Prefect asks the server twice at each look at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from prefect.runtime import flow_run

RUNS_REMEMBERED = 64
_known: ContextVar[str] = ContextVar("root_run", default="")


def root_run_id() -> str:
    """The run with which it all began: the flow run that is under way, or the one that called it.

    The server is asked once a run, and not at all below `parts_of`.
    """
    return _known.get() or _root_of(str(flow_run.id))


@contextmanager
def parts_of(run_id: str) -> Iterator[None]:
    """Within the block each flow run is part of this one."""
    token = _known.set(run_id)
    try:
        yield
    finally:
        _known.reset(token)


@lru_cache(maxsize=RUNS_REMEMBERED)
def _root_of(_run_id: str) -> str:
    """The root of the run of this id, which is under way; it stays the same."""
    return str(flow_run.root_flow_run_id)
