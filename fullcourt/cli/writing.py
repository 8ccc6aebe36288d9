"""One writer at a time: commands that change a warehouse hold its slot, as runs do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from core.address import DuckDBAddress
from core.settings import Settings
from fullcourt import server
from fullcourt.client import client_settings


@contextmanager
def hold_slot(settings: Settings) -> Iterator[None]:
    """Hold the warehouse's slot of the Prefect API that PREFECT_API_URL names;
    without one there is none.

    A DuckDB file is held by the process that opened it.
    """
    if isinstance(settings.warehouse, DuckDBAddress) or not os.environ.get(
        "PREFECT_API_URL"
    ):
        yield
        return
    with client_settings(server.ensure(settings.home)):
        # Late, for Prefect takes seconds.
        from tasks.slot import command_slot

        with command_slot(
            str(settings.warehouse), lambda text: click.echo(text, err=True)
        ):
            yield
