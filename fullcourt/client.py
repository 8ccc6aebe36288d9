"""How this process talks to a Prefect server:
the settings that Prefect must find, and a terminal left to us.

Prefect reads the environment when it is first used, so nothing here imports it before that is set.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

from deployments.pools import LOGGED
from fullcourt.access import read_password
from fullcourt.guard import guard_server
from fullcourt.replaced import clients_of_local_server, parameters_by_pydantic
from fullcourt.server import ServerHandle, prefect_home

DELIVERY_SECONDS = 10.0

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
        stack.enter_context(parameters_by_pydantic())
        if handle.home is not None:
            stack.enter_context(clients_of_local_server())
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
