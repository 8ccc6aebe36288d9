"""The local Prefect server is one, is found again,
is used in silence, and is gone when it is stopped."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.address import parse_address
from core.errors import FullcourtError
from fullcourt import server
from fullcourt.access import ensure_password, is_ours, read_password
from fullcourt.client import client_settings, open_event_stream
from fullcourt.process_record import until
from fullcourt.replaced import WHILE_BUSY
from fullcourt.server import ServerHandle
from planning.selection import Selection

ROOT = Path(__file__).resolve().parents[2]
# A program with a flow, one of whose tasks fails.
USER = """
import sys
from pathlib import Path

from fullcourt.client import client_settings
from fullcourt.server import ensure

with client_settings(ensure(Path(sys.argv[1]))):
    from prefect import flow, get_run_logger, task

    @task
    def divide(number: int) -> float:
        get_run_logger().info("noise")
        return 1 / number

    @flow
    def division(numbers: int) -> str:
        futures = [divide.submit(number) for number in range(numbers)]
        return " ".join(future.wait() or future.state.type.value for future in futures)

    print(division(3), end="")

assert "fastapi" not in sys.modules, "importing it takes an eighth of a second"
"""

# Stands in for Prefect's server where only its process matters: it is healthy, on the port it is
# told, and asks for its password.
HEALTHY = """
import base64, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

key = base64.b64encode(os.environ["PREFECT_SERVER_API_AUTH_STRING"].encode()).decode()

class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        knows = self.headers["Authorization"] == "Basic " + key
        self.send_response(200 if self.path == "/api/health" or knows else 401)
        self.end_headers()

HTTPServer(("127.0.0.1", int(sys.argv[-1])), Health).serve_forever()
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose server, if the test left one, is stopped."""
    yield tmp_path / "home"
    server.stop(tmp_path / "home")


@contextmanager
def interpreter(folder: Path, script: str) -> Iterator[None]:
    """Starting Prefect's server runs `script` of the shell instead."""
    program = folder / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(program))
        yield


@pytest.fixture
def healthy_server(tmp_path: Path) -> Iterator[None]:
    """Starting Prefect's server starts one that is healthy at once."""
    (tmp_path / "healthy.py").write_text(HEALTHY)
    with interpreter(tmp_path, f'exec {sys.executable} {tmp_path / "healthy.py"} "$@"'):
        yield


def test_a_prefect_that_the_environment_names_is_honoured_and_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "https://prefect.example/api/")
    monkeypatch.setattr(server, "reachable", lambda _handle: True)
    assert server.ensure(tmp_path / "home") == ServerHandle(
        url="https://prefect.example/api"
    )
    assert not (tmp_path / "home").exists()


def answer(request: urllib.request.Request) -> tuple[int, Message, bytes]:
    """Status, headers and body of what a server of this machine answers."""
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, refusal.read()


def assert_another_site_can_do_nothing(handle: ServerHandle) -> None:
    """Play what a page of another site can send:
    it is refused, may read nothing, and leaves nothing."""
    evil = {"Origin": "https://elsewhere.example"}
    body = json.dumps({"name": "planted"}).encode()
    for kind in ("application/json", "text/plain"):
        headers = evil | {"Content-Type": kind}
        posted = urllib.request.Request(
            f"{handle.url}/flows/", data=body, headers=headers
        )
        status, heard, _ = answer(posted)
        assert status in (401, 403)
        assert heard.get("Access-Control-Allow-Origin") is None
    asked = evil | {"Access-Control-Request-Method": "POST"}
    before = urllib.request.Request(
        f"{handle.url}/flows/", headers=asked, method="OPTIONS"
    )
    assert answer(before)[0] == 400
    token = urllib.request.Request(
        f"{handle.url}/csrf-token?client=elsewhere", headers=evil
    )
    assert answer(token)[0] == 401
    with client_settings(handle):
        from prefect.client.orchestration import get_client

        with get_client(sync_client=True) as client:
            assert "planted" not in [flow.name for flow in client.read_flows()]


def assert_the_dashboard_works(handle: ServerHandle, password: str) -> None:
    """Send what its dashboard sends once the password was typed: it reads and changes."""
    told = json.loads(
        answer(urllib.request.Request(f"{handle.dashboard}/ui-settings"))[2]
    )
    assert (told["api_url"], told["csrf_enabled"], told["auth"]) == (
        handle.url,
        True,
        "BASIC",
    )
    key = base64.b64encode(password.encode()).decode()
    headers = {"Origin": handle.dashboard, "Authorization": f"Basic {key}"}
    asked = urllib.request.Request(
        f"{handle.url}/csrf-token?client=page", headers=headers
    )
    token = json.loads(answer(asked)[2])["token"]
    headers |= {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "page"}
    headers |= {"Content-Type": "application/json"}
    posted = urllib.request.Request(
        f"{handle.url}/flows/filter", data=b"{}", headers=headers
    )
    status, heard, body = answer(posted)
    assert (status, heard["Access-Control-Allow-Origin"]) == (200, handle.dashboard)
    assert [flow["name"] for flow in json.loads(body)] == ["division"]


def flow_runs(handle: ServerHandle) -> int:
    """How many the server knows, asked by Prefect's own client."""
    with client_settings(handle):
        from prefect.client.orchestration import get_client

        with get_client(sync_client=True) as client:
            return client.count_flow_runs()


@pytest.mark.usefixtures("healthy_server")
def test_two_commands_at_once_get_one_server(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers on one database would each record a part of the runs."""

    def free_port_found_slowly(*wanted: int) -> int:
        time.sleep(0.3)
        return find_port(*wanted)

    find_port = server._free_port
    monkeypatch.setattr(server, "_free_port", free_port_found_slowly)
    pool = ThreadPoolExecutor(2)
    first, second = pool.map(server.ensure, [home, home], timeout=30)
    assert (first.url, first.pid) == (second.url, second.pid)
    assert first.started_here != second.started_here
    assert server.status(home) == ServerHandle(url=first.url, pid=first.pid, home=home)


@pytest.mark.usefixtures("healthy_server")
def test_after_a_killed_server_the_next_command_starts_another(home: Path) -> None:
    """A dead server that seems alive would stop every command until somebody finds its file."""
    killed = server.ensure(home).pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert until(lambda: server.status(home) is None, 5)
    assert not server.stop(home)
    again = server.ensure(home)
    assert again.started_here
    assert again.pid != killed


@pytest.mark.usefixtures("healthy_server")
def test_a_server_that_hangs_is_started_anew_by_the_next_command(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command waited two minutes for it, and then asked for it to be stopped by hand."""
    monkeypatch.setattr(server, "HANGING_SECONDS", 1.0)
    first = server.ensure(home)
    assert first.pid is not None
    os.kill(first.pid, signal.SIGSTOP)
    long_ago = (0, 0)
    os.utime(server._record(home), long_ago)
    second = server.ensure(home)
    assert second.pid != first.pid
    assert server.answers(second.url)
    server.stop(home)


@pytest.mark.usefixtures("healthy_server")
def test_another_projects_server_on_the_usual_port_is_left_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind((server.HOST, 0))
        other.listen()
        monkeypatch.setattr(server, "USUAL_PORT", other.getsockname()[1])
        ours = server.ensure(home)
        assert f":{server.USUAL_PORT}/" not in ours.url
        assert server.answers(ours.url)


def test_a_server_that_does_not_start_is_reported_with_the_end_of_its_log(
    home: Path, tmp_path: Path
) -> None:
    with (
        interpreter(tmp_path, "echo no database here; exit 3"),
        pytest.raises(
            FullcourtError, match=r"(?s)exit 3.*server\.log, ends:\nno database here"
        ),
    ):
        server.ensure(home)
    assert server.status(home) is None


def test_a_server_that_never_answers_is_ended_and_reported(
    home: Path, tmp_path: Path
) -> None:
    with (
        interpreter(tmp_path, "exec sleep 60"),
        pytest.raises(FullcourtError, match="did not answer at http://127.0.0.1:"),
    ):
        server.ensure(home, start_seconds=0.5)
    assert server.status(home) is None


def test_what_the_shell_says_of_another_prefect_does_not_reach_the_server(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "sqlite:///another.db")
    with interpreter(tmp_path, "env; exit 1"), pytest.raises(FullcourtError):
        server.ensure(home)
    log = server.log_file(home).read_text().splitlines()
    assert f"PREFECT_HOME={home / 'prefect'}" in log
    assert "PREFECT_SERVER_ANALYTICS_ENABLED=false" in log
    assert not [line for line in log if "another.db" in line]


@pytest.mark.usefixtures("healthy_server")
def test_two_homes_that_choose_one_port_get_a_server_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One home's runs went to the server, and into the database, of another."""
    chosen = server._free_port(0)
    find_port, both_chose = server._free_port, threading.Barrier(2)

    def usual_port_found_by_both(*wanted: int) -> int:
        if server.USUAL_PORT not in wanted or len(wanted) == 1:
            return find_port(*wanted)
        both_chose.wait(30)
        return chosen

    monkeypatch.setattr(server, "_free_port", usual_port_found_by_both)
    homes = [tmp_path / "one", tmp_path / "other"]
    try:
        one, other = ThreadPoolExecutor(2).map(server.ensure, homes, timeout=60)
        assert one.url != other.url
        for home, handle in zip(homes, (one, other), strict=True):
            password = read_password(home)
            assert password is not None
            assert is_ours(handle.url, password)
    finally:
        for home in homes:
            server.stop(home)


@pytest.mark.usefixtures("healthy_server")
def test_a_server_of_an_earlier_version_without_a_password_is_started_anew(
    home: Path,
) -> None:
    earlier = server.ensure(home)
    record = home / "server.json"
    told = json.loads(record.read_text())
    record.write_text(json.dumps({"url": told["url"], "pid": told["pid"]}))
    seen = server.status(home)
    assert seen is not None
    assert not seen.guarded
    anew = server.ensure(home)
    assert anew.started_here
    assert anew.pid != earlier.pid
    assert server.status(home) == ServerHandle(url=anew.url, pid=anew.pid, home=home)


def test_a_client_that_never_connected_tries_again_while_the_server_is_restarted() -> (
    None
):
    """A subflow that began while the server was gone ended its run in a traceback."""
    from prefect.client.base import PrefectHttpxAsyncClient, PrefectHttpxSyncClient

    from fullcourt.replaced import patient_clients

    with patient_clients():
        made = [
            kind(base_url="http://127.0.0.1:9/api")
            for kind in (PrefectHttpxAsyncClient, PrefectHttpxSyncClient)
        ]
        assert all(client._has_connected for client in made)
    assert not any(client._has_connected for client in made), (
        "a logger's client outlives the run"
    )
    assert not PrefectHttpxSyncClient(base_url="http://127.0.0.1:9/api")._has_connected


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServerHandle:
    """A local server that is not there, and that is not watched: on a slow machine its guard would
    start it."""
    monkeypatch.setattr("fullcourt.client.guard_server", nullcontext)
    return ServerHandle(url="http://127.0.0.1:9/api", pid=1, home=tmp_path)


def test_a_busy_server_is_asked_again_before_prefect_waits_for_seconds(
    nowhere: ServerHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run in twelve stood still for two seconds: a flow run was to be created while the
    server's queue of events wrote to its SQLite file."""
    waited: list[float] = []
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200 if len(asked) % 3 == 0 else 503)

    async def wait_async(seconds: float) -> None:
        waited.append(seconds)

    async def ask_async() -> httpx.Response:
        async with PrefectHttpxAsyncClient(
            base_url=nowhere.url, transport=httpx.MockTransport(answer)
        ) as client:
            return await client.get("/hello")

    with client_settings(nowhere):
        from prefect.client.base import PrefectHttpxAsyncClient, PrefectHttpxSyncClient

        monkeypatch.setattr("time.sleep", waited.append)
        monkeypatch.setattr("asyncio.sleep", wait_async)
        monkeypatch.setattr("anyio.sleep", wait_async)
        with PrefectHttpxSyncClient(
            base_url=nowhere.url, transport=httpx.MockTransport(answer)
        ) as client:
            assert client.get("/hello").status_code == 200
        assert asyncio.run(ask_async()).status_code == 200
        monkeypatch.undo()
    assert len(asked) == 6
    assert waited == [*WHILE_BUSY[:2], *WHILE_BUSY[:2]]


def test_a_local_server_is_asked_once_where_it_keeps_results(
    nowhere: ServerHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each flow asked three times."""
    from prefect import results

    name = "_read_server_default_result_storage_block_id"
    asked: list[int] = []
    monkeypatch.setattr(results, name, lambda: asked.append(1))
    before = getattr(results, name)
    with client_settings(nowhere):
        results.get_default_result_storage()
        results.get_default_result_storage()
    assert asked == [1]
    assert getattr(results, name) is before


def test_clients_of_a_local_server_share_one_token_until_it_is_refused(
    nowhere: ServerHandle,
) -> None:
    """Each asked for one of its own before the first thing that it changed."""
    given: list[str] = []
    refused: set[str] = set()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/csrf-token"):
            client = request.url.params["client"]
            given.append(f"token {len(given)} of {client}")
            expires = datetime.now(UTC) + timedelta(hours=1)
            told = {"client": client, "token": given[-1], "expiration": str(expires)}
            return httpx.Response(200, json=told)
        token = request.headers["Prefect-Csrf-Token"]
        assert token.endswith(request.headers["Prefect-Csrf-Client"])
        if token in refused:
            return httpx.Response(403, json={"detail": "Invalid CSRF token"})
        return httpx.Response(200, json={"token": token})

    def change() -> str:
        with PrefectHttpxSyncClient(
            base_url=nowhere.url,
            transport=httpx.MockTransport(answer),
            enable_csrf_support=True,
        ) as client:
            return str(client.post("/flows/").json()["token"])

    async def change_async() -> str:
        async with PrefectHttpxAsyncClient(
            base_url=nowhere.url,
            transport=httpx.MockTransport(answer),
            enable_csrf_support=True,
        ) as client:
            answered = await client.post("/flows/")
            return str(answered.json()["token"])

    with client_settings(nowhere):
        from prefect.client.base import PrefectHttpxAsyncClient, PrefectHttpxSyncClient

        used = [change(), asyncio.run(change_async()), change()]
        assert used == given * 3
        refused.add(given[0])
        used = [asyncio.run(change_async()), change()]
        assert used == [given[1]] * 2
        assert len(given) == 2


def test_the_event_stream_is_opened_before_the_first_event(
    nowhere: ServerHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run with nothing to do sends one, at its end, and waited there for the connection."""
    with client_settings(nowhere):
        from prefect.events.clients import AssertingEventsClient
        from prefect.events.worker import EventsWorker

        monkeypatch.setattr(
            EventsWorker, "_client_override", (AssertingEventsClient, ())
        )
        AssertingEventsClient.reset()
        open_event_stream()
        assert until(lambda: bool(AssertingEventsClient.all), 30)


def test_parameters_are_shown_as_prefect_shows_them(nowhere: ServerHandle) -> None:
    """What a run's page says that it was called with decides what a retry is called with."""
    asked = {
        "start": date(2024, 1, 3),
        "dates": (date(2024, 1, 3),),
        "tables": ("ml_feature_store",),
        "selection": Selection(phases=("team",), last_days=7),
        "address": parse_address(f"duckdb:{nowhere.home}/league.duckdb"),
        "max_cost": 1.5,
        "batch_days": None,
        "unheard_of": object(),
    }
    from flows.backfill import backfill

    by_prefect = backfill.serialize_parameters(asked)
    with client_settings(nowhere):
        here = backfill.serialize_parameters(asked)
    assert here.pop("unheard_of") == "<object>"
    by_prefect.pop("unheard_of")
    assert here == by_prefect
    assert backfill.serialize_parameters({"start": 1}) == {"start": 1}


def test_clients_of_a_local_server_read_the_authorities_once(
    nowhere: ServerHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each phase and gate of a backfill makes a client, and by itself each would read them anew."""
    from prefect.client.orchestration import get_client

    made: list[ssl.SSLContext] = []
    make = ssl.create_default_context

    def noted(*given: Any, **named: Any) -> ssl.SSLContext:
        made.append(make(*given, **named))
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", noted)
    with client_settings(nowhere):
        get_client()
        get_client(sync_client=True)
    assert len(made) == 1
    with client_settings(ServerHandle(url=nowhere.url, pid=None, home=None)):
        get_client()
        get_client(sync_client=True)
    assert len(made) == 3
    assert ssl.create_default_context is noted


def test_client_settings_are_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_HOME", "/before")
    with client_settings(
        ServerHandle(url="http://127.0.0.1:9/api", pid=1, home=tmp_path)
    ):
        assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:9/api"
        assert os.environ["PREFECT_HOME"] == str(tmp_path / "prefect")
    assert "PREFECT_API_URL" not in os.environ
    assert os.environ["PREFECT_HOME"] == "/before"


def test_flows_use_the_real_server_in_silence_and_it_ends_when_it_is_told_to(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "USUAL_PORT", 0)
    started = server.ensure(home, start_seconds=300)
    (tmp_path / "user.py").write_text(USER)
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PREFECT_")
    }
    used = subprocess.run(
        [sys.executable, tmp_path / "user.py", home],
        env=environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (used.stdout, used.stderr) == ("FAILED COMPLETED COMPLETED", "")
    assert flow_runs(started) == 1
    assert_another_site_can_do_nothing(started)
    assert_the_dashboard_works(started, ensure_password(home))
    assert server.stop(home)
    assert not server.stop(home)
    assert not server.answers(started.url)
