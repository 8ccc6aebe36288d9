"""Whether a person cancelled the run that is under way: the process of a run that no worker watches
hears nothing of it, and asks."""

from __future__ import annotations

import threading
from contextlib import suppress
from time import monotonic
from uuid import UUID

from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType

from core.errors import RunCancelled
from tasks.artifacts import UNHEARD
from tasks.client import client_of_run

LOOK_EVERY = 5.0
"""Seconds between two looks at whether a run was cancelled."""
STOPPED = [StateType.CANCELLING, StateType.CANCELLED]


class _Looks:
    """When this process looked last, and the runs that it saw cancelled."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = monotonic()
        self.cancelled: set[str] = set()

    def is_due(self) -> bool:
        """Whether it is time to look again; whoever is told so looks."""
        with self._lock:
            now = monotonic()
            if now < self._last + LOOK_EVERY:
                return False
            self._last = now
            return True


_looks = _Looks()


def require_running(*run_ids: str) -> None:
    """Raise RunCancelled where one of these flow runs was cancelled; a server that does not answer
    stops nothing."""
    if _looks.is_due():
        _looks.cancelled.update(_cancelled_among(run_ids))
    if not _looks.cancelled.isdisjoint(run_ids):
        raise RunCancelled("the run was cancelled on the dashboard")


def _cancelled_among(run_ids: tuple[str, ...]) -> list[str]:
    """Those of these runs that a person cancelled."""
    among = FlowRunFilter(
        id=FlowRunFilterId(any_=[UUID(run_id) for run_id in run_ids]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=STOPPED)),
    )
    with suppress(*UNHEARD), client_of_run() as client:
        return [str(run.id) for run in client.read_flow_runs(flow_run_filter=among)]
    return []
