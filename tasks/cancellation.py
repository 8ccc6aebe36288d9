"""Whether a person cancelled the run that is under way: the process of a run that no worker watches
hears nothing of it, and asks."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType

from core.errors import RunCancelled
from tasks.artifacts import UNHEARD

STOPPED = [StateType.CANCELLING, StateType.CANCELLED]


def require_running(*run_ids: str) -> None:
    """Raise RunCancelled where one of these flow runs was cancelled; a server that does not answer
    stops nothing."""
    among = FlowRunFilter(
        id=FlowRunFilterId(any_=[UUID(run_id) for run_id in run_ids]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=STOPPED)),
    )
    with suppress(*UNHEARD), get_client(sync_client=True) as client:
        if client.read_flow_runs(flow_run_filter=among, limit=1):
            raise RunCancelled("the run was cancelled on the dashboard")
