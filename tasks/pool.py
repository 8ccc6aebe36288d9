"""A phase as a run of its own deployment: computed where a work pool says, waited for here."""

from __future__ import annotations

from typing import cast

from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound

from core.address import DuckDBAddress, parse_address
from core.errors import (
    ConfigError,
    FullcourtError,
    GateClosed,
    PhaseIncomplete,
    RemovalStopped,
    RunCancelled,
)
from planning.selection import Selection
from runs.judge import no_go_error
from runs.survey import survey
from tasks.endings import ends_with
from validation.stored import read_verdicts
from validation.verdict import Verdict
from warehouse.protocol import Warehouse

DEPLOYMENT = "phase/nba"
LOOK_EVERY = 2.0
"""Seconds between two looks at a run elsewhere."""


def require_shared(url: str) -> None:
    """Raise ConfigError unless several processes can open the warehouse at once."""
    if isinstance(parse_address(url), DuckDBAddress):
        raise ConfigError(
            f"in_pool: {url} is a file that one process holds at a time, so a phase elsewhere "
            "could not open it; leave in_pool off, or name a BigQuery project"
        )


def hand_over(
    warehouse: Warehouse,
    phase: str,
    selection: Selection,
    batch_days: int,
    sample: int,
    run_id: str,
    allow_removal: str = "",
) -> None:
    """Have a phase computed by a run of its deployment and wait for its end.

    What it could not publish is for the gate to judge. GateClosed when its sample failed,
    RunCancelled when a person cancelled it,
    FullcourtError when it ended in any other way, ConfigError where there is no such deployment.
    """
    parameters = {
        "phase": phase,
        "selection": selection.model_dump(mode="json"),
        "warehouse": warehouse.url,
        "batch_days": batch_days,
        "sample": sample,
        "allow_removal": allow_removal,
    }
    try:
        asked = run_deployment(
            DEPLOYMENT, parameters=parameters, timeout=None, poll_interval=LOOK_EVERY
        )
    except ObjectNotFound as error:
        raise ConfigError(
            f"in_pool: no deployment {DEPLOYMENT}: prefect deploy --all makes it"
        ) from error
    run = cast(
        FlowRun, asked
    )  # in a flow that is not asynchronous, what comes back is no coroutine
    # Another process wrote: nothing that was read before is believed.
    survey(warehouse, anew=True)
    state = run.state
    assert state is not None, "a run that is waited for to its end has a state"
    if state.is_completed():
        return
    said = state.message or ""
    if ends_with(run, RemovalStopped):
        raise RemovalStopped(said)
    if ends_with(run, GateClosed):
        raise _find_no_go(warehouse, phase, run_id)
    if not ends_with(run, PhaseIncomplete):
        ended = RunCancelled if state.is_cancelled() else FullcourtError
        raise ended(
            f"phase {phase}: its run {run.name} ended {state.name}: {said}; run the same backfill "
            "again, it resumes from the ledger"
        )


def _find_no_go(warehouse: Warehouse, phase: str, run_id: str) -> GateClosed:
    """The NO-GO on the sample of a phase, as the run elsewhere put it on record."""
    verdicts, _unreadable = read_verdicts(warehouse.verdicts(phase))
    verdict = next((v for v in verdicts if _is_of_sample(v, run_id)), None)
    if verdict is None:
        raise FullcourtError(
            f"phase {phase}: its run ended with a NO-GO on the sample, and no such verdict of "
            f"run {run_id} is on record; run the same backfill again, it resumes from the ledger"
        )
    return no_go_error(verdict)


def _is_of_sample(verdict: Verdict, run_id: str) -> bool:
    return verdict.made.run_id == run_id and verdict.made.stage == "sample"
