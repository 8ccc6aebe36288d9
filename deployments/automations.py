"""What the server does by itself: runs that fell silent become Crashed,
and somebody is told what went wrong.

Triggers and actions are those that a self-hosted server and Prefect Cloud both have.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from deployments.pools import HEARTBEAT_SECONDS
from tasks.endings import NO_GO, STATES

FLOWS = ["backfill", "phase", "gate", "ingest", "fetch", "nightly", "train"]
TAG = "fullcourt"
ENDED_BY_DESIGN = [name for kind, name in STATES.values() if kind is StateType.FAILED]
"""Names of the states of runs that ended by design and not well."""
SILENT = timedelta(seconds=3 * HEARTBEAT_SECONDS)
ZOMBIES = "fullcourt: silent runs are Crashed"

HEARTBEAT = "prefect.flow-run.heartbeat"
ENDS_OR_WAITS = (
    "Completed",
    "Failed",
    "Crashed",
    "Cancelled",
    "Paused",
    "Suspended",
    "AwaitingRetry",
    *ENDED_BY_DESIGN,
)
BODY = "{{ flow.name }}/{{ flow_run.name }}: {{ flow_run.state.message }}\n{{ flow_run|ui_url }}"


def zombies() -> AutomationCore:
    """A run of ours, or a subflow of one, whose heartbeats
    end without an end of the run is Crashed."""
    ends = {f"prefect.flow-run.{state}" for state in ENDS_OR_WAITS}
    silence = EventTrigger(
        after={HEARTBEAT},
        expect={HEARTBEAT, *ends},
        match=_labels({"prefect.resource.id": "prefect.flow-run.*"}),
        match_related=_labels(
            {"prefect.resource.role": "flow", "prefect.resource.name": FLOWS}
        ),
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=SILENT,
    )
    crash = ChangeFlowRunState(
        state=StateType.CRASHED,
        force=False,
        name="Crashed",
        message=f"no heartbeat for {SILENT.seconds} s; run it again, it resumes from the ledger",
    )
    return AutomationCore(
        name=ZOMBIES,
        description="A killed process cannot say so; nothing waits for the state of a dead run.",
        trigger=silence,
        actions=[crash],
    )


def notifications(block_id: UUID) -> list[AutomationCore]:
    """Tell, through this notification block, of a NO-GO,
    of any other failure, of a run that waits."""
    others = [name for name in ENDED_BY_DESIGN if name != NO_GO]
    return [
        _notification("fullcourt: NO-GO", "NO-GO", [NO_GO], block_id),
        _notification(
            "fullcourt: a run failed",
            "failed",
            ["Failed", "Crashed", *others],
            block_id,
        ),
        _notification(
            "fullcourt: a run waits",
            "waits for an answer",
            ["Paused", "Suspended"],
            block_id,
        ),
    ]


def _notification(
    name: str, word: str, states: list[str], block_id: UUID
) -> AutomationCore:
    # Runs of the deployments carry the tag; their subflows do not, and would tell the same again.
    return AutomationCore(
        name=name,
        trigger=EventTrigger(
            expect={f"prefect.flow-run.{state}" for state in states},
            match=_labels({"prefect.resource.id": "prefect.flow-run.*"}),
            match_related=_labels(
                {
                    "prefect.resource.role": "tag",
                    "prefect.resource.id": f"prefect.tag.{TAG}",
                }
            ),
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[
            SendNotification(
                block_document_id=block_id,
                subject=f"fullcourt {{{{ flow_run.name }}}}: {word}",
                body=BODY,
            )
        ],
    )


def _labels(values: dict[str, str | list[str]]) -> ResourceSpecification:
    return ResourceSpecification.model_validate(values)
