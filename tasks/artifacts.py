"""What a run leaves on its page: verdicts and the final report as Markdown artifacts."""

from __future__ import annotations

from prefect.artifacts import create_markdown_artifact

from reports.markdown import verdict_markdown
from validation.verdict import Verdict


def verdict_artifact(verdict: Verdict) -> None:
    """Put a verdict on the run's page."""
    create_markdown_artifact(
        key=f"verdict-{verdict.phase}",
        markdown=verdict_markdown(verdict),
        description=f"gate {verdict.phase}: {verdict.decision}",
    )


def report_artifact(markdown: str) -> None:
    """Put the final report on the run's page."""
    create_markdown_artifact(key="backfill-report", markdown=markdown, description="what the backfill did")
