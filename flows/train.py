"""From computed tables to a model: whether they are ready comes first, and a NO-GO stops it."""

from __future__ import annotations

import time

from prefect import flow
from prefect.runtime import flow_run

from core.errors import GateClosed
from flows.no_go import NoGo, OnNoGo, decide_no_go, validate_no_go
from flows.parameters import Address, Count, Day
from planning.selection import Selection
from runs.events import VerdictReached
from runs.listening import tell
from runs.train_check import PHASE, AskedSplits, check_training
from tasks.artifacts import verdict_artifact
from tasks.events import announce_verdict
from tasks.slot import slot
from validation.verdict import Verdict
from warehouse.connections import open_warehouse


def run_name() -> str:
    """What the run's page is headed with: `train all tables · 2023-10-24..2025-04-13`."""
    typed = {name: flow_run.parameters.get(name) for name in ("start", "end")}
    return f"train {Selection(**typed)}"


@flow(name="train", flow_run_name=run_name, validate_parameters=True)
def train(
    warehouse: Address,
    start: Day | None = None,
    end: Day | None = None,
    validation_from: Day | None = None,
    test_from: Day | None = None,
    embargo_days: Count = 1,
    on_no_go: OnNoGo = "stop",
    reason: str = "",
) -> dict[str, object]:
    """The verdict on the tables as JSON-ready data; GateClosed where it is NO-GO and stays it.

    Args:
        warehouse: Where the tables are: duckdb:/absolute/path, or
        bigquery:PROJECT[.PREFIX][@LOCATION].
        start: First date, included; the schedule's first when empty.
        end: Last date, included; the schedule's last when empty.
        validation_from: First date of validation; that of the season before test when empty.
        test_from: First date of test; the last season's when empty.
        embargo_days: Days left out before validation and before test.
        on_no_go: What a NO-GO leads to: stop, ask a person on the run's page, or override.
        reason: Why a NO-GO is overridden; every later verdict repeats it.
    """
    validate_no_go(on_no_go, reason)
    splits = AskedSplits(validation_from, test_from, embargo_days)
    with slot(warehouse, str(flow_run.id)):
        verdict = check_and_tell(warehouse, Selection(start=start, end=end), splits)
        if verdict.blocking:
            overrule(warehouse, verdict, NoGo(on_no_go, reason))
    return verdict.model_dump(mode="json")


def check_and_tell(
    warehouse: str, selection: Selection, splits: AskedSplits
) -> Verdict:
    """Judge the tables, and put the verdict on the run's page."""
    started = time.perf_counter()
    with open_warehouse(warehouse) as opened:
        verdict = check_training(opened, selection, splits, str(flow_run.id))
    verdict_artifact(verdict)
    announce_verdict(verdict)
    breaches = [str(breach) for breach in verdict.breaches]
    seconds = time.perf_counter() - started
    tell(VerdictReached(PHASE, verdict.decision, breaches, seconds))
    return verdict


def overrule(warehouse: str, verdict: Verdict, no_go: NoGo) -> None:
    """Record a person's decision to go on after a NO-GO; raise it where nobody decides for one."""
    breaches = [str(breach) for breach in verdict.blocking]
    closed = GateClosed(PHASE, verdict.model_dump(mode="json"), breaches)
    override = decide_no_go(closed, no_go)
    with open_warehouse(warehouse) as opened:
        opened.record_override(override)
