"""The state in which a run ends, by the error that ends it."""

from __future__ import annotations

import logging

import pytest

from core.errors import FullcourtError, GateClosed, RemovalStopped, RunCancelled
from tasks.endings import FLOW_RUNS, LAST_WORDS, state_of


@pytest.mark.parametrize(
    ("error", "kind", "name"),
    [
        (GateClosed("player", {}, ["x"]), "FAILED", "NO-GO"),
        (RemovalStopped("x"), "FAILED", "Removal stopped"),
        (RunCancelled("x"), "CANCELLED", "Cancelled"),
    ],
)
def test_what_ends_a_run_by_design_names_its_state_and_is_what_the_state_holds(
    error: FullcourtError, kind: str, name: str
) -> None:
    state = state_of(error)
    assert (state.type.value, state.name, state.data) == (kind, name, error)


def test_only_the_traceback_at_the_end_of_a_process_is_dropped() -> None:
    from tasks.endings import _without_traceback

    def record(message: str) -> logging.LogRecord:
        return logging.LogRecord(FLOW_RUNS, logging.ERROR, "", 0, message, (), None)

    assert not _without_traceback(record(LAST_WORDS))
    assert _without_traceback(record("Encountered exception during execution:"))
