"""What a run leaves on its page: how far it is, verdicts, the final report."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from typing import cast
from uuid import UUID

from httpx import HTTPError
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    update_progress_artifact,
)
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import ArtifactCreate
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run

from reports.endings import verdict_key
from reports.verdicts import verdict_headline, verdict_markdown
from tasks.client import client_of_run
from tasks.root_run import root_run_id
from validation.verdict import Verdict

UNHEARD = (HTTPError, ObjectNotFound)
"""What Prefect's client raises when a server is out of reach,
refuses, or knows nothing of the artifact."""


class _Poster:
    """Puts texts on pages, one after the other, beside who asks for it."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._posts: list[Future[None]] = []

    def post(self, client: SyncPrefectClient, artifact: ArtifactCreate) -> None:
        """Begin to put a text on a page. The client is that of the flow whose body is posting, or
        of one above it, and lives as long."""
        # Prefect's settings are of a context: without them its client starts a server of its own.
        run = copy_context().run
        self._posts.append(self._pool.submit(run, _create, client, artifact))

    def finish(self) -> None:
        """Wait for all texts; raises what one failed of that is not the server's."""
        for post in self._posts:
            post.result()


_poster: ContextVar[_Poster | None] = ContextVar("poster", default=None)
"""What puts texts on pages while a run goes on."""


@contextmanager
def posting() -> Iterator[None]:
    """Let verdicts be put on pages while the block goes on; at its end all of them are there, or
    given up.

    For the body of a flow; inside that of the flow that it is part of, nothing is waited for.
    """
    if _poster.get() is not None:
        yield
        return
    with ThreadPoolExecutor(1, "artifacts") as pool:
        poster = _Poster(pool)
        token = _poster.set(poster)
        try:
            yield
        finally:
            _poster.reset(token)
        poster.finish()


def verdict_artifact(verdict: Verdict) -> None:
    """Put a verdict on the run's page, and on that of the backfill that it is part of."""
    key = verdict_key(verdict.phase, verdict.made.stage)
    text, said = verdict_markdown(verdict), verdict_headline(verdict)
    for run_id in dict.fromkeys((str(flow_run.id), root_run_id())):
        _put_on(UUID(run_id), key, text, said)


def report_artifact(markdown: str, headline: str) -> None:
    """Put the final report on the run's page; `headline`: what its list of artifacts shows."""
    create_markdown_artifact(
        key="backfill-report", markdown=markdown, description=headline
    )


def cancelled_artifact(markdown: str, run_id: UUID | None = None) -> None:
    """Put what a cancelled run leaves behind on its page; `run_id`: of a run that is over."""
    said = "what is published, and what is left"
    if run_id is None:
        create_markdown_artifact(key="cancelled", markdown=markdown, description=said)
        return
    _put_on(run_id, "cancelled", markdown, said)


def question_artifact(phase: str, markdown: str) -> None:
    """Put the question that a waiting run asks on its page."""
    create_markdown_artifact(
        key=f"question-{phase}", markdown=markdown, description="the run waits for you"
    )


def _put_on(run_id: UUID, key: str, markdown: str, description: str) -> None:
    """Put a text on the page of a run; where `posting`, while the flow that asks goes on."""
    of_run = ArtifactCreate(
        key=key,
        type="markdown",
        data=markdown,
        description=description,
        flow_run_id=run_id,
    )
    poster = _poster.get()
    with suppress(*UNHEARD), client_of_run() as client:
        if poster is None:
            client.create_artifact(of_run)
        else:
            poster.post(client, of_run)


def _create(client: SyncPrefectClient, artifact: ArtifactCreate) -> None:
    with suppress(*UNHEARD):
        client.create_artifact(artifact)


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
