"""Commands that only read: they work for an account that may not write, and say what that hides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from core.settings import Settings
from warehouse.connections import open_warehouse, require_file
from warehouse.protocol import Warehouse

READ_ONLY = (
    "this account may not write: what each date should hold is as the last run derived it; games "
    "that were loaded since count after the next run of an account that may"
)


@contextmanager
def open_to_read(settings: Settings) -> Iterator[Warehouse]:
    """Open the warehouse; at the end, say on standard error what a reader's account leaves out."""
    require_file(settings.warehouse)
    with open_warehouse(str(settings.warehouse)) as warehouse:
        yield warehouse
        if warehouse.is_read_only:
            click.echo(READ_ONLY, err=True)
