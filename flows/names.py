"""What a part of a backfill is called on its page: `gate player · 2024-10-22..2025-06-22`."""

from __future__ import annotations

from prefect.runtime import flow_run

from planning.selection import Selection


def part_name() -> str:
    """The flow, its phase and the dates; the tables that were named are tags."""
    given = flow_run.parameters
    asked = Selection.model_validate(given["selection"])
    of_phase = asked.model_copy(update={"phases": (given["phase"],), "tables": ()})
    return f"{flow_run.flow_name} {of_phase}"
