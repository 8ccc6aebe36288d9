"""How this process talks to a Prefect server:
the settings that Prefect must find, and a terminal left to us.

Prefect reads the environment when it is first used, so nothing here imports it before that is set.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache, wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any, NoReturn

from deployments.pools import LOGGED
from fullcourt.access import read_password
from fullcourt.guard import guard_server
from fullcourt.server import ServerHandle, prefect_home

DELIVERY_SECONDS = 10.0
WHILE_BUSY = (0.02, 0.05, 0.1, 0.2)
"""Seconds between a request to a busy local server and the next, before Prefect's own waits."""

# The command line shows its own progress and errors; what a run logs is on its page.
_QUIET = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL", **LOGGED}


@contextmanager
def client_settings(handle: ServerHandle) -> Iterator[None]:
    """Flows called inside the block use the server; import them inside it too.

    Sets the environment and takes it back at the end, when all that the runs logged has been
    delivered. Where Prefect was used before, only what it logs on the terminal stays as loud as it
    was.
    """
    with ExitStack() as stack:
        stack.enter_context(_environment(client_environment(handle)))
        stack.enter_context(_overridden(handle))
        stack.enter_context(_parameters_by_pydantic())
        if handle.home is not None:
            stack.enter_context(_one_tls_context())
            stack.enter_context(_asking_again_at_once())
            stack.enter_context(_one_place_of_results())
        stack.enter_context(guard_server(handle))
        try:
            yield
        finally:
            _deliver()


def client_environment(handle: ServerHandle) -> dict[str, str]:
    """What a process whose flows use the server must find
    in its environment; a set log level stays."""
    environ = {name: os.environ.get(name, value) for name, value in _QUIET.items()}
    environ["PREFECT_API_URL"] = handle.url
    if handle.home is not None:
        environ |= {"PREFECT_HOME": str(prefect_home(handle.home)), "DO_NOT_TRACK": "1"}
        environ |= access(handle.home)
    return environ


def access(home: Path) -> dict[str, str]:
    """What opens the local server of `home` to a client of Prefect's."""
    password = read_password(home)
    environ = {"PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "true"}
    if password:
        environ["PREFECT_API_AUTH_STRING"] = password
    return environ


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ[name] for name in values if name in os.environ}
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            os.environ.pop(name, None)
        os.environ.update(before)


@contextmanager
def _overridden(handle: ServerHandle) -> Iterator[None]:
    from prefect.settings import (
        PREFECT_API_AUTH_STRING,
        PREFECT_API_URL,
        PREFECT_CLIENT_CSRF_SUPPORT_ENABLED,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        PREFECT_HOME,
        temporary_settings,
    )

    updates: dict[Any, str | bool | None] = {PREFECT_API_URL: handle.url}
    if handle.home is not None:
        # Nobody listens to heartbeats there, and each run would wait up to a second for its last
        # one.
        updates |= {
            PREFECT_HOME: str(prefect_home(handle.home)),
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        }
        updates |= {
            PREFECT_API_AUTH_STRING: read_password(handle.home),
            PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: True,
        }
    with temporary_settings(updates):
        yield


@contextmanager
def _one_tls_context() -> Iterator[None]:
    """Let the clients of a local server share the TLS context that none of them uses.

    Each phase, gate and queue makes a client of its own, and that reads the certificates of all
    authorities anew, for 25 ms.
    """
    import ssl

    make = ssl.create_default_context
    ssl.create_default_context = cache(make)  # type: ignore[assignment]
    try:
        yield
    finally:
        ssl.create_default_context = make


@contextmanager
def _asking_again_at_once() -> Iterator[None]:
    """Let the clients of a local server ask it again at once where it is busy.

    Its SQLite file has one writer: what a request meant to write while a queue of the server's own
    was writing is answered with 503. Prefect's clients would wait for two seconds then.
    """
    from prefect.client.base import PrefectHttpxAsyncClient, PrefectHttpxSyncClient

    name = "_send_with_retry"
    kinds: Mapping[type, Callable[[Any], Any]] = {
        PrefectHttpxSyncClient: _at_once,
        PrefectHttpxAsyncClient: _at_once_async,
    }
    replaced: list[tuple[type, Any]] = []
    for kind, at_once in kinds.items():
        if before := vars(kind).get(name):
            setattr(kind, name, _sending_through(before, at_once))
            replaced.append((kind, before))
    try:
        yield
    finally:
        for kind, before in replaced:
            setattr(kind, name, before)


def _sending_through(before: Any, at_once: Callable[[Any], Any]) -> Any:
    """A client's method that takes what sends a request, given `at_once` of that instead."""

    @wraps(before)
    def send_with_retry(client: Any, *request: Any, send: Any, **options: Any) -> Any:
        return before(client, *request, send=at_once(send), **options)

    return send_with_retry


def _at_once(send: Callable[..., Any]) -> Callable[..., Any]:
    """What sends a request, a few times more where the server is busy."""

    def send_again(*request: Any, **options: Any) -> Any:
        response = send(*request, **options)
        for pause in WHILE_BUSY:
            if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            time.sleep(pause)
            response = send(*request, **options)
        return response

    return send_again


def _at_once_async(send: Callable[..., Any]) -> Callable[..., Any]:
    """As `_at_once`, for a client whose answers are awaited."""

    async def send_again(*request: Any, **options: Any) -> Any:
        response = await send(*request, **options)
        for pause in WHILE_BUSY:
            if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(pause)
            response = await send(*request, **options)
        return response

    return send_again


@contextmanager
def _one_place_of_results() -> Iterator[None]:
    """Let flows ask a local server once where it keeps results.

    Each flow that no other one calls asks three times, for 6 ms each.
    """
    from prefect import results

    name = "_read_server_default_result_storage_block_id"
    if not hasattr(results, name):
        yield
        return
    before = getattr(results, name)
    setattr(results, name, cache(before))
    try:
        yield
    finally:
        setattr(results, name, before)


@contextmanager
def _parameters_by_pydantic() -> Iterator[None]:
    """Let Pydantic alone make JSON of what a flow was called with.

    Prefect asks FastAPI, which asks Pydantic, and importing FastAPI for that takes an eighth of a
    second of CPU.
    """
    from prefect import Flow

    before = Flow.serialize_parameters
    Flow.serialize_parameters = _json_parameters  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Flow.serialize_parameters = before  # type: ignore[method-assign]


def _json_parameters(
    _flow: object, parameters: Mapping[str, object]
) -> dict[str, object]:
    """What a flow was called with as its page shows it; of what is no JSON, its class."""
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    found: dict[str, object] = {}
    for name, value in parameters.items():
        try:
            found[name] = to_jsonable_python(value)
        except PydanticSerializationError:
            found[name] = f"<{type(value).__name__}>"
    return found


@contextmanager
def patient_clients() -> Iterator[None]:
    """Let every client try again while the server is started anew.

    A client of Prefect's that has never connected gives up at the first refused connection, so as
    to tell of a wrong address at once. For a run whose server has answered already: it comes back
    at the same address, or the guard ends the run.
    """
    from prefect.client.base import PrefectHttpxAsyncClient, PrefectHttpxSyncClient

    classes: tuple[Any, ...] = (PrefectHttpxAsyncClient, PrefectHttpxSyncClient)
    for kind in classes:
        kind._has_connected = property(_always, _keep_for_later)
    try:
        yield
    finally:
        for kind in classes:
            del kind._has_connected


def _always(_client: object) -> bool:
    """That a client has connected, whatever it says of itself."""
    return True


def _keep_for_later(client: object, connected: bool) -> None:
    """What a client says of itself, for those that outlive the run: a logger's sends its last."""
    vars(client)["_has_connected"] = connected


def open_event_stream() -> None:
    """Begin to connect to the server's events.

    The first event of a run with nothing to do is its last: it would wait for the connection.
    """
    from prefect.events.worker import EventsWorker

    EventsWorker.instance()


def end_process(code: int) -> NoReturn:
    """End with this exit code; where Prefect was used, past the interpreter's own shutdown.

    Its daemon threads hold on to DuckDB's types meanwhile, and the extension would report each as a
    leak; all that a run had to say has been delivered.
    """
    if "prefect" in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _deliver() -> None:
    """Send what is still queued: a server stopped after this
    would keep the process waiting for a minute."""
    if "prefect" not in sys.modules:
        return
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    APILogWorker.drain_all(timeout=DELIVERY_SECONDS)
    EventsWorker.drain_all(timeout=DELIVERY_SECONDS)
