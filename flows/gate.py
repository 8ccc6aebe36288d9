"""Judge one phase: measure its tables in the warehouse, decide, and keep the verdict."""

from __future__ import annotations

import time

from prefect import flow
from prefect.runtime import flow_run

from flows.names import part_name
from flows.parameters import Address, Asked, Phase
from planning.selection import Selection
from reports.breaches import LINES, breach_lines
from runs.events import VerdictReached
from runs.judge import judge_phase, no_go_error
from runs.listening import tell
from runs.survey import scope_of
from tasks.artifacts import posting, verdict_artifact
from tasks.endings import named_ending
from tasks.events import announce_verdict
from tasks.root_run import root_run_id
from tasks.run_log import logging_events
from tasks.slot import slot_unless_part
from tasks.tags import tag_run, tags_of
from validation.verdict import Verdict
from warehouse.connections import open_warehouse


@flow(name="gate", flow_run_name=part_name, validate_parameters=True)
@named_ending
def gate(phase: Phase, selection: Asked, warehouse: Address, anew: bool = False) -> str:
    """The verdict's JSON; GateClosed carries the verdict when it is NO-GO.

    Args:
        phase: The phase to judge.
        selection: The cells asked for, as in a backfill; empty for the whole schedule.
        warehouse: The warehouse: duckdb:/absolute/path, or bigquery:PROJECT[.PREFIX][@LOCATION].
        anew: Measure every month, and carry none over from an earlier verdict.
    """
    run_id = root_run_id()
    with (
        logging_events(),
        slot_unless_part(warehouse, str(flow_run.id), run_id),
        posting(),
    ):
        with open_warehouse(warehouse) as opened:
            tag_run(tags_of(scope_of(opened, selection), warehouse, phase))
        verdict = judge_and_tell(phase, selection, warehouse, run_id, anew)
    # As text: Prefect looks for futures in every value of a result that it can look into.
    return verdict.model_dump_json()


def judge_and_tell(
    phase: str, selection: Selection, warehouse: str, run_id: str, anew: bool = False
) -> Verdict:
    """Judge a phase within a flow run that holds the warehouse's slot; GateClosed for a NO-GO."""
    started = time.perf_counter()
    with open_warehouse(warehouse) as opened:
        verdict = judge_phase(opened, phase, selection, run_id, anew)

    verdict_artifact(verdict)
    announce_verdict(verdict)
    seconds = time.perf_counter() - started
    breaches = list(breach_lines(verdict, LINES))
    tell(VerdictReached(phase, verdict.decision, breaches, seconds))
    if verdict.blocking:
        raise no_go_error(verdict)
    return verdict
