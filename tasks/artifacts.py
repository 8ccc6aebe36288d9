"""What a run leaves on its page: how far it is, verdicts, the final report."""

from __future__ import annotations

from contextlib import suppress
from typing import cast
from uuid import UUID

from httpx import HTTPError
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.exceptions import ObjectNotFound

from reports.verdicts import measurement_rows, verdict_markdown
from validation.verdict import Verdict

UNHEARD = (HTTPError, ObjectNotFound)
"""What Prefect's client raises when a server is out of reach,
refuses, or knows nothing of the artifact."""


def verdict_artifact(verdict: Verdict) -> None:
    """Put a verdict on the run's page: to read, and its measurements as a table."""
    kind = "verdict" if verdict.made.stage == "gate" else "sample"
    create_markdown_artifact(
        key=f"{kind}-{verdict.phase}",
        markdown=verdict_markdown(verdict),
        description=f"{verdict.made.stage} {verdict.phase}: {verdict.decision}",
    )
    create_table_artifact(
        key=f"{kind}-{verdict.phase}-measurements",
        table=measurement_rows(verdict),
        description=f"what the {verdict.made.stage} {verdict.phase} measured",
    )


def report_artifact(markdown: str) -> None:
    """Put the final report on the run's page."""
    create_markdown_artifact(
        key="backfill-report", markdown=markdown, description="what the backfill did"
    )


def training_artifact(markdown: str) -> None:
    """Put the report on a model on the run's page."""
    create_markdown_artifact(
        key="training-report", markdown=markdown, description="how good the model is"
    )


def progress_artifact(percent: float, description: str) -> UUID | None:
    """Put a bar on the run's page; None where the server does not take it:
    no reason to end a run."""
    with suppress(*UNHEARD):
        return cast(
            UUID, create_progress_artifact(percent, "backfill-progress", description)
        )
    return None


def move_progress(bar: UUID, percent: float, description: str) -> None:
    """Move a bar; where the server does not take it, the next move may do."""
    with suppress(*UNHEARD):
        update_progress_artifact(bar, percent, description)
