"""How a phase ended, as a label of its run: whoever waits for it in another process sees no error.

A run of a version that kept no label has none; then nothing is known but its state.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.runtime import flow_run
from prefect.types import KeyValueLabels

from core.errors import FullcourtError
from tasks.artifacts import UNHEARD

ENDING = "fullcourt.ending"
"""The label that holds the class of the error that a phase ended with."""


def label_ending(error: FullcourtError) -> None:
    """Label the flow run that is under way with the error that it ends with.

    Where the server does not take it, the run ends with its error all the same.
    """
    labels: KeyValueLabels = {ENDING: type(error).__name__}
    with suppress(*UNHEARD), get_client(sync_client=True) as client:
        client.update_flow_run_labels(UUID(str(flow_run.id)), labels)


def ends_with(run: FlowRun, error: type[FullcourtError]) -> bool:
    """Whether a run ended with an error of this class."""
    return run.labels.get(ENDING) == error.__name__
