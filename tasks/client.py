"""The client of the flow run that is under way: making one takes longer than what it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.context import FlowRunContext


@contextmanager
def client_of_run() -> Iterator[SyncPrefectClient]:
    """The client of the flow run that is under way; outside of one, a client of its own."""
    context = FlowRunContext.get()
    if context is not None and isinstance(context.client, SyncPrefectClient):
        yield context.client
        return
    with get_client(sync_client=True) as client:
        yield client
