"""Commands that only read: they work for an account that may not write, and say what that hides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from core.address import DuckDBAddress
from core.errors import ConfigError
from core.remedy import LOAD
from core.settings import Settings
from warehouse.connections import open_warehouse
from warehouse.protocol import Warehouse

READ_ONLY = (
    "this account may not write: what each date should hold is as the last run derived it; games "
    "that were loaded since count after the next run of an account that may"
)


def require_warehouse(settings: Settings) -> None:
    """Raise ConfigError where no warehouse is yet: looking for one makes none."""
    address = settings.warehouse
    if isinstance(address, DuckDBAddress) and not address.path.exists():
        raise ConfigError(
            f"{address}: no such file; check the path, or load raw data into it: ",
            *LOAD,
        )


@contextmanager
def open_to_read(settings: Settings) -> Iterator[Warehouse]:
    """Open the warehouse; at the end, say on standard error what a reader's account leaves out."""
    require_warehouse(settings)
    with open_warehouse(str(settings.warehouse)) as warehouse:
        yield warehouse
        if warehouse.is_read_only:
            click.echo(READ_ONLY, err=True)
