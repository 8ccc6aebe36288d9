"""What a cancelled run says: what is published, what is left, that the same run resumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import FlowRun, State
from prefect.logging.loggers import flow_run_logger

from core.errors import FullcourtError, RunCancelled
from planning.coverage import Coverage, coverage_of
from planning.scope import Scope
from planning.selection import Selection
from reports.cancelled import cancelled_markdown, tell_cancelled, tell_unread
from runs.survey import scope_of
from tasks.artifacts import cancelled_artifact
from warehouse.connections import open_read_only


def cancelled_error(scope: Scope, phase: str = "") -> RunCancelled:
    """Put what a cancelled run leaves behind on its page, and give the error that says it.

    With a phase, of the tables of that phase alone.
    """
    coverage = _coverage(scope, phase)
    what = f"phase {phase}" if phase else "backfill"
    cancelled_artifact(cancelled_markdown(what, coverage))
    return RunCancelled(tell_cancelled(what, coverage))


def tell_what_is_left(
    flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]
) -> None:
    """Say on the page of a run whose process was ended what it leaves behind; the worker calls it
    when the process is gone."""
    parameters = flow_run.parameters
    phase = str(parameters.get("phase", ""))
    what = f"phase {phase}" if phase else str(flow.name)
    logger = flow_run_logger(flow_run, flow)
    try:
        with open_read_only(parameters["warehouse"]) as warehouse:
            coverage = _coverage(scope_of(warehouse, _selection(parameters)), phase)
    except FullcourtError as error:
        logger.warning("%s", tell_unread(what, error))
        return
    cancelled_artifact(cancelled_markdown(what, coverage), flow_run.id)
    logger.warning("%s", tell_cancelled(what, coverage))


def _selection(parameters: dict[str, Any]) -> Selection:
    """The cells that a run of a backfill or a phase was asked for."""
    if "selection" in parameters:
        return Selection.model_validate(parameters["selection"])
    typed = {k: v for k, v in parameters.items() if k in Selection.model_fields}
    return Selection.model_validate(typed)


def _coverage(scope: Scope, phase: str) -> Sequence[Coverage]:
    """The cells asked for; with a phase, of its tables alone."""
    found = coverage_of(scope)
    return [part for part in found if phase in ("", part.phase)]
