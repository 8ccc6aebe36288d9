"""Prefect servers of tests: one that harnesses the flows of this process,
and an empty database for any.

Making a database takes a server seconds, and all of them begin with the same one: the first of a
run keeps it for the others, whichever process they are of.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from fullcourt.replaced import clients_of_local_server
from fullcourt.server import SERVER_SETTINGS
from tests.once import made_once

STARTING_SECONDS = 300
HARNESS_DATABASE = "prefect-test.db"
SETTINGS = {
    # What a local server is told: what is recorded is recorded many at a time.
    **SERVER_SETTINGS,
    # Nobody looks events up or waits for an automation: nothing looks at each event for them. Nor
    # is anything scheduled, late, or left by a worker.
    **{
        f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false"
        for name in (
            "EVENT_PERSISTER",
            "TRIGGERS",
            "SCHEDULER",
            "LATE_RUNS",
            "FOREMAN",
            "PAUSE_EXPIRATIONS",
            "CANCELLATION_CLEANUP",
            "REPOSSESSOR",
            "CLEANUP_RECONCILER",
        )
    },
}
"""What the harness's server is told."""
AS_KEPT = {
    "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "false",
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
}
"""What a server is told whose database needs nothing done to it."""


def start_with_database(
    database: Path, start: Callable[[Mapping[str, str]], object]
) -> None:
    """Start a server on an empty database that `database` names;
    `start` is given what to tell the server, and returns when it answers."""
    is_first = False

    def make(kept: Path) -> None:
        nonlocal is_first
        is_first = True
        start({})
        _back_up(database, kept)

    kept = made_once("prefect.db", make)
    if not is_first:
        database.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(kept, database)
        start(AS_KEPT)


def _back_up(database: Path, copy: Path) -> None:
    """Copy the database of a server that runs."""
    with (
        closing(sqlite3.connect(database)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


@contextmanager
def harness(folder: Path) -> Iterator[None]:
    """Give this process a server and a database in an empty folder, gone with the block."""
    # Imported late: most runs of a few tests have no need of the two seconds.
    from prefect.settings import (
        PREFECT_CLIENT_CSRF_SUPPORT_ENABLED,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        temporary_settings,
    )
    from prefect.testing.utilities import prefect_test_harness

    with ExitStack() as stack:

        def start(told: Mapping[str, str]) -> None:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("prefect.testing.utilities.mkdtemp", lambda: str(folder))
                for name, value in {**SETTINGS, **told}.items():
                    patch.setenv(name, value)
                stack.enter_context(
                    prefect_test_harness(server_startup_timeout=STARTING_SECONDS)
                )

        start_with_database(folder / HARNESS_DATABASE, start)
        # Nobody listens to heartbeats here, and each flow run would wait up to a second for its
        # last one. Nor does the server want tokens against forged requests, which each client would
        # ask it for.
        stack.enter_context(
            temporary_settings(
                {
                    PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
                    PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: False,
                }
            )
        )
        # As for every local server.
        stack.enter_context(clients_of_local_server())
        yield
