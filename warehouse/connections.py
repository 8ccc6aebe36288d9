"""Open warehouses of this process, by address:
one connection or client each, shared by all tasks."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.address import Address, DuckDBAddress, parse_address
from core.errors import ConfigError
from core.remedy import Remedy
from core.settings import duckdb_settings
from validation.limits import load_checked
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import Warehouse

NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
"""Errors of a disk and not of an address."""

_open: dict[str, tuple[Warehouse, int]] = {}
_lock = threading.Lock()


@contextmanager
def open_warehouse(url: str) -> Iterator[Warehouse]:
    """Open the warehouse at `duckdb:/path/file` or `bigquery:project`;
    it is closed when the last user leaves."""
    address = parse_address(url)
    # One file is one connection, however it is spelled.
    url = str(address)
    with _lock:
        warehouse, users = _open.get(url) or (_open_prepared(address), 0)
        _open[url] = (warehouse, users + 1)
    try:
        yield warehouse
    finally:
        with _lock:
            warehouse, users = _open.pop(url)
            if users > 1:
                _open[url] = (warehouse, users - 1)
            else:
                warehouse.close()


@contextmanager
def open_as_found(url: str) -> Iterator[Warehouse]:
    """Open a warehouse with its tables as they are, to repair one that `open_warehouse` refuses."""
    address = parse_address(url)
    if isinstance(address, DuckDBAddress) and not address.path.exists():
        example = Remedy(warehouse="duckdb:PATH", goes_on=True)
        raise ConfigError(f"{url}: no such file; say where it is: ", example)
    warehouse = _connect(address)
    try:
        yield warehouse
    finally:
        warehouse.close()


def _open_prepared(address: Address) -> Warehouse:
    """With the tables of the contracts; a refused file is let go of."""
    warehouse = _connect(address)
    try:
        warehouse.ensure_tables()
    except BaseException:
        warehouse.close()
        raise
    return warehouse


def _connect(address: Address) -> Warehouse:
    if isinstance(address, DuckDBAddress):
        return _open_file(address)
    # Imported late: Google's client takes a second that nobody with a DuckDB file should wait for.
    from warehouse.bigquery.warehouse import BigQueryWarehouse

    return BigQueryWarehouse(str(address), load_checked())


def _open_file(address: DuckDBAddress) -> Warehouse:
    catalog = load_checked()
    settings = duckdb_settings()
    try:
        return DuckDBWarehouse(str(address.path), catalog, settings.threads, settings.memory)
    except OSError as error:
        # Of the file and the folders above it: DuckDB's own errors are told by the engine.
        if error.errno in NO_ROOM:
            raise
        raise ConfigError(
            f"{address}: no file can be there: {error.strerror}; name another: duckdb:PATH"
        ) from error
