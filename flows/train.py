"""From computed tables to a model: whether they are ready comes first, and a NO-GO stops it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field

from core.errors import GateClosed
from flows.no_go import NoGo, decide_no_go, record_override
from flows.parameters import Address, Count, Day
from planning.overrides import OnNoGo, Override, validate_no_go
from planning.selection import Selection
from reports.breaches import LINES, breach_lines, closing_lines
from runs.events import VerdictReached
from runs.listening import tell
from runs.train_check import check_training
from runs.train_export import SplitsAsked, export_training_set
from runs.train_fit import fit_models
from runs.train_report import REPORT as REPORT_FILE
from runs.train_report import write_report
from tasks.artifacts import training_artifact, verdict_artifact
from tasks.endings import named_ending
from tasks.events import announce_verdict
from tasks.slot import slot
from training.limits import PHASE
from validation.verdict import Verdict
from warehouse.connections import open_warehouse

SET, MODEL, REPORT = "set", "model", "report"
"""Folders of a run's folder."""
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]


def run_name() -> str:
    """What the run's page is headed with: `train all tables · 2023-10-24..2025-04-13`."""
    typed = {name: flow_run.parameters.get(name) for name in ("start", "end")}
    return f"train {Selection(**typed)}"


@flow(
    name="train",
    flow_run_name=run_name,
    validate_parameters=True,
)
@named_ending
def train(
    *,
    start: Day | None = None,
    end: Day | None = None,
    validation_from: Day | None = None,
    test_from: Day | None = None,
    folder: str = "",
    on_no_go: OnNoGo = "stop",
    reason: str = "",
    warehouse: Address,
    embargo_days: Count = 1,
    seed: Seed = 0,
) -> dict[str, object]:
    """The verdict on the tables as JSON-ready data; GateClosed where it is NO-GO and stays it.

    Args:
        start: First date, included; the schedule's first when empty.
        end: Last date, included; the schedule's last when empty.
        validation_from: First date of validation; that of the season before test when empty.
        test_from: First date of test; the last season's when empty.
        folder: The folder for the set, the model and the report, as the worker sees it. When empty,
        the run only checks the tables.
        on_no_go: After a NO-GO, stop, ask a person on the run's page, or override it.
        reason: Why a NO-GO is overridden; every later verdict and the model's card repeat it.
        warehouse: The warehouse: duckdb:/absolute/path, or bigquery:PROJECT[.PREFIX][@LOCATION].
        embargo_days: Days left out before validation and before test.
        seed: Seed of the random numbers that models are fitted with.
    """
    validate_no_go(on_no_go, reason)
    splits = SplitsAsked(validation_from, test_from, embargo_days)
    selection = Selection(start=start, end=end)
    with slot(warehouse, str(flow_run.id)):
        verdict = check_and_tell(warehouse, selection, splits)
        given = ""
        if verdict.blocking:
            given = overrule(warehouse, verdict, NoGo(on_no_go, reason)).reason
        if folder:
            with open_warehouse(warehouse) as opened:
                export_training_set(opened, selection, splits, Path(folder) / SET)
    if folder:
        fit_and_report(Path(folder), seed, given)
    return verdict.model_dump(mode="json")


def fit_and_report(folder: Path, seed: int, reason: str) -> None:
    """Fit models on the set in a folder, judge them on its test, and put the report on the page."""
    fit_models(folder / SET, folder / MODEL, seed, reason)
    write_report(folder / MODEL, folder / SET, folder / REPORT, seed)
    training_artifact((folder / REPORT / REPORT_FILE).read_text("utf-8"))


def check_and_tell(
    warehouse: str, selection: Selection, splits: SplitsAsked
) -> Verdict:
    """Judge the tables, and put the verdict on the run's page."""
    started = time.perf_counter()
    with open_warehouse(warehouse) as opened:
        verdict = check_training(opened, selection, splits, str(flow_run.id))
    verdict_artifact(verdict)
    announce_verdict(verdict)
    breaches = list(breach_lines(verdict, LINES))
    seconds = time.perf_counter() - started
    tell(VerdictReached(PHASE, verdict.decision, breaches, seconds))
    return verdict


def overrule(warehouse: str, verdict: Verdict, no_go: NoGo) -> Override:
    """A person's decision to go on after a NO-GO, put on record; raise the NO-GO without one."""
    breaches = closing_lines(verdict)
    closed = GateClosed(PHASE, verdict.model_dump(mode="json"), breaches)
    reply = decide_no_go(closed, no_go)
    with open_warehouse(warehouse) as opened:
        return record_override(opened, closed, reply)
