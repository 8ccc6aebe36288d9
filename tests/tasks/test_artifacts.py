"""What a run puts on its page: it does not wait for it, and it is there at the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from httpx import ConnectError
from prefect.client.schemas.actions import ArtifactCreate
from prefect.settings import PREFECT_API_URL, temporary_settings

from reports.endings import verdict_key
from tasks.artifacts import posting, verdict_artifact
from tests.validation.small_case import case, rate
from validation.verdict import judge

RUN, PARENT = uuid4(), uuid4()
VERDICT = judge(case(rate(80)))


class Client:
    """A client of Prefect's that waits for leave before it puts anything on a page."""

    def __init__(self) -> None:
        self.leave = threading.Event()
        self.pages: list[UUID | None] = []

    def create_artifact(self, artifact: ArtifactCreate) -> None:
        """Put a text on a page."""
        assert artifact.key == verdict_key(VERDICT.phase, VERDICT.made.stage)
        self.leave.wait(10)
        self.pages.append(artifact.flow_run_id)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """The client of a run that is part of another one."""
    made = Client()

    @contextmanager
    def given() -> Iterator[Client]:
        yield made

    monkeypatch.setattr("tasks.artifacts.client_of_run", given)
    monkeypatch.setattr("tasks.artifacts.flow_run", SimpleNamespace(id=str(RUN)))
    monkeypatch.setattr("tasks.artifacts.root_run_id", lambda: str(PARENT))
    return made


def test_a_verdict_is_put_on_both_pages_while_the_run_goes_on(client: Client) -> None:
    with posting():
        with posting():
            verdict_artifact(VERDICT)
        assert client.pages == []
        client.leave.set()
    assert client.pages == [RUN, PARENT]


def test_a_text_is_put_on_a_page_with_the_settings_of_who_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread without them asked no server that there is, and Prefect started another one."""
    urls: list[str | None] = []

    def note(_artifact: ArtifactCreate) -> None:
        urls.append(PREFECT_API_URL.value())

    monkeypatch.setattr(client, "create_artifact", note)
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}), posting():
        verdict_artifact(VERDICT)
    assert urls == ["http://127.0.0.1:9/api"] * 2


def test_without_posting_a_verdict_is_there_at_once(client: Client) -> None:
    client.leave.set()
    verdict_artifact(VERDICT)
    assert client.pages == [RUN, PARENT]


def test_a_run_of_its_own_has_one_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.artifacts.root_run_id", lambda: str(RUN))
    client.leave.set()
    verdict_artifact(VERDICT)
    assert client.pages == [RUN]


def test_a_page_that_the_server_does_not_take_ends_no_run(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_artifact: ArtifactCreate) -> None:
        raise ConnectError("out of reach")

    monkeypatch.setattr(client, "create_artifact", refuse)
    verdict_artifact(VERDICT)
    with posting():
        verdict_artifact(VERDICT)
    assert client.pages == []


def test_an_error_that_is_not_the_server_s_is_raised_at_the_end(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would have asked the thread that met it."""

    def fail(_artifact: ArtifactCreate) -> None:
        raise TypeError("planted")

    monkeypatch.setattr(client, "create_artifact", fail)
    with pytest.raises(TypeError, match="planted"), posting():
        verdict_artifact(VERDICT)
