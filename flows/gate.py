"""Judge one phase: measure its tables in the warehouse, decide, and keep the verdict. Writes nothing else."""

from __future__ import annotations

from prefect import flow

from fullcourt.errors import GateClosed
from planning.selection import Selection
from tasks.artifacts import verdict_artifact
from tasks.judge import judged
from tasks.listening import tell
from warehouse.connections import opened


@flow(name="gate", flow_run_name="gate {phase} · {selection}", validate_parameters=True)
def gate(phase: str, selection: Selection, warehouse: str) -> dict[str, object]:
    """The verdict as JSON-ready data; GateClosed carries it when it is NO-GO."""
    with opened(warehouse) as house:
        verdict = judged(house, phase, selection)
        record = verdict.model_dump(mode="json")
    verdict_artifact(verdict)
    tell("verdict", phase=phase, decision=verdict.decision, breaches=[str(b) for b in verdict.breaches])
    if verdict.blocking:
        raise GateClosed(phase, record, [str(b) for b in verdict.blocking])
    return record
