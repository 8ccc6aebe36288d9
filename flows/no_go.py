"""What follows a NO-GO: stop, ask a person,
or go on with a reason that every later verdict repeats."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from prefect import get_run_logger
from prefect.context import FlowRunContext
from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import pause_flow_run, suspend_flow_run
from prefect.input import RunInput
from prefect.runtime import deployment
from pydantic import Field

from core.errors import GateClosed
from planning.overrides import OnNoGo, Override, is_reason
from reports.question import question_lines, question_markdown
from runs.asking import Reply, asker
from tasks.artifacts import question_artifact
from tasks.endings import run_again
from warehouse.protocol import Warehouse

ASK_HOURS = 24.0
"""How long a person has to decide; silence is a NO-GO."""
LOOK_EVERY = 2
"""Seconds between two looks of a paused run for its answer."""


@dataclass(frozen=True)
class NoGo:
    """What a NO-GO leads to: `reason` is an override's, `hours` how long a person is waited for."""

    what: OnNoGo
    reason: str = ""
    hours: float = ASK_HOURS


class Answer(RunInput):
    """The decision on a NO-GO, as typed into the form of the paused run or sent through the API."""

    decision: Literal["stop", "override"] = Field(
        description="stop: end as NO-GO. override: go on although the gate is closed."
    )
    reason: str = Field(
        default="",
        description="Why the run may go on, in words of 10 characters or more; "
        "later verdicts repeat it.",
    )
    by: str = Field(default="", description="Your name, for the record.")


def decide_no_go(closed: GateClosed, no_go: NoGo) -> Reply:
    """Decide on a NO-GO: the reply that lets it pass; raise the NO-GO where there is none."""
    reply = (
        ask_person(closed, no_go.hours)
        if no_go.what == "ask"
        else Reply(no_go.what == "override", no_go.reason)
    )
    if not reply.goes_on or not is_reason(reply.reason):
        raise closed
    return reply


def record_override(warehouse: Warehouse, closed: GateClosed, reply: Reply) -> Override:
    """Put on record that a person let a NO-GO pass."""
    made: Any = closed.verdict["made"]
    override = Override(
        verdict_id=made["verdict_id"],
        phase=closed.phase,
        reason=reply.reason.strip(),
        decided_at=warehouse.now(),
        by=reply.by,
    )
    warehouse.record_override(override)
    return override


def ask_person(closed: GateClosed, hours: float) -> Reply:
    """Ask a person: at the terminal, else on the page of the run, which waits; silence is no."""
    if terminal := asker():
        return terminal(closed.phase, list(closed.breaches))
    # A deployment's run can let go of its worker while it waits; any other stays where it is and
    # looks.
    wait: Any = (
        suspend_flow_run
        if deployment.id
        else partial(pause_flow_run, poll_interval=LOOK_EVERY)
    )
    question = put_question(closed, hours)
    form = Answer.with_initial_data(
        description=question,
        decision="stop",
    )
    try:
        answer = wait(
            wait_for_input=form, timeout=int(hours * 3600), key=pause_key(closed)
        )
    except FlowPauseTimeout:
        run_again()
        return Reply(False)
    return Reply(answer.decision == "override", answer.reason, answer.by)


def pause_key(closed: GateClosed) -> str:
    """What an answer belongs to: one on a sample says nothing of the gate of its phase."""
    return f"no-go-{closed.stage}-{closed.phase}"


def put_question(closed: GateClosed, hours: float) -> str:
    """Put the question into the log and on the page of the run; the text for its form.

    A run that was suspended and is resumed passes here again, with its answer.
    """
    question = question_markdown(closed, hours)
    if not _was_asked(pause_key(closed)):
        logger = get_run_logger()
        for line in question_lines(closed, hours):
            logger.warning("%s", line)
        question_artifact(closed.phase, question)
    return question


def _was_asked(key: str) -> bool:
    """Whether this run has waited for this answer already."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    return run is not None and key in (run.empirical_policy.pause_keys or ())
