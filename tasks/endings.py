"""How a run ended: the name and the sentence of its state, and a label for whoever waits for it.

What ends a run by design is no crash: a state of its own name says so, and the log has no
traceback. Whoever waits in another process sees no error; a label names the class of it. A run of a
version that kept no label has none; then nothing is known but its state.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast, get_type_hints
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import Pause
from prefect.runtime import flow_run
from prefect.states import Running
from prefect.types import KeyValueLabels

from core.errors import (
    FullcourtError,
    GateClosed,
    PhaseIncomplete,
    RemovalStopped,
    RowsRemoved,
    RunCancelled,
)
from reports.endings import tell_ending
from tasks.artifacts import UNHEARD
from tasks.client import client_of_run
from tasks.root_run import root_run_id

ENDING = "fullcourt.ending"
"""The label that holds the class of the error that a run ended with."""
NO_GO = "NO-GO"
STATES: dict[type[FullcourtError], tuple[StateType, str]] = {
    GateClosed: (StateType.FAILED, NO_GO),
    PhaseIncomplete: (StateType.FAILED, "Gaps left"),
    RemovalStopped: (StateType.FAILED, "Removal stopped"),
    RowsRemoved: (StateType.FAILED, "Rows removed"),
    RunCancelled: (StateType.CANCELLED, "Cancelled"),
}
"""Type and name of the state in which a run ends by each of these errors."""

FLOW_RUNS = "prefect.flow_runs"
LAST_WORDS = "Engine execution exited with unexpected exception"
"""What Prefect logs, with a traceback, at the end of each process whose run has failed."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_errors: dict[str, Exception] = {}
"""What flow runs of this process ended with, by their ids, until their caller asks."""


def named_ending(
    work: Callable[Parameters, Result],
) -> Callable[Parameters, Result]:
    """Let a flow that ends by one of these errors end in the state that is named for it.

    Its caller gets the error all the same, from `error_of`; or from Prefect, which raises what the
    state holds.
    """

    @wraps(work)
    def end_in_state(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            with _noting_error():
                return work(*args, **kwargs)
        except tuple(STATES) as error:
            label_ending(error)
            if str(flow_run.id) == root_run_id():
                logging.getLogger(FLOW_RUNS).addFilter(_without_traceback)
            return cast(Result, state_of(error))

    # Prefect looks for the names of annotations in the module of the function that it is given.
    resolved = inspect.signature(work, eval_str=True)
    end_in_state.__signature__ = resolved  # type: ignore[attr-defined]
    end_in_state.__annotations__ = get_type_hints(work, include_extras=True)
    return end_in_state


@contextmanager
def _noting_error() -> Iterator[None]:
    """Note the error that ends the flow run that is under way, for whoever called it."""
    try:
        yield
    except Exception as error:
        _errors[str(flow_run.id)] = error
        raise


def error_of(run: State[Any]) -> BaseException | None:
    """The error with which a flow of this process ended, by the state of its run.

    A server that got the same request twice, since its first answer was lost, answers with the
    state on record; and the file in which Prefect would look for that one's error is not for it.
    """
    if run.is_completed():
        return None
    if error := _errors.pop(str(run.state_details.flow_run_id), None):
        return error
    found = run.result(raise_on_failure=False)
    if isinstance(found, BaseException):
        return found
    return FullcourtError(f"the run ended as {run.name}: {run.message}")


def _without_traceback(record: logging.LogRecord) -> bool:
    """Drop the traceback that a worker's process logs last: the state has said why it ended."""
    return not record.getMessage().startswith(LAST_WORDS)


def state_of(error: FullcourtError) -> State[object]:
    """The state in which a run ends by an error, with the error as its data."""
    kind, name = next(state for of, state in STATES.items() if isinstance(error, of))
    return State(type=kind, name=name, message=tell_ending(error), data=error)


def ending_name(error: BaseException | None) -> str:
    """The name of the state in which a run ends by an error, or without one; empty for a run that
    lets go of its process and is resumed."""
    if isinstance(error, Pause):
        return ""
    if error is None:
        return "Completed"
    for of, (_kind, name) in STATES.items():
        if isinstance(error, of):
            return name
    return "Failed" if isinstance(error, Exception) else "Interrupted"


def run_again() -> None:
    """Let a run that nobody answered run again: a server refuses any other end of a paused run than
    its own Failed."""
    with suppress(*UNHEARD), client_of_run() as client:
        client.set_flow_run_state(UUID(str(flow_run.id)), Running(), force=True)


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
