"""Open warehouses of this process, by address:
one connection or client each, shared by all tasks."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from core.address import Address, DuckDBAddress, parse_address
from core.errors import ConfigError
from core.remedy import LOAD, Remedy
from core.settings import duckdb_settings
from processors.catalog import Catalog
from validation.limits import load_checked
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb import texts as duckdb_texts
from warehouse.protocol import Warehouse

NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
"""Errors of a disk and not of an address."""

TO_READ = " (to read)"
"""What tells a connection that only reads from one that may write, in the register of them."""

_open: dict[str, tuple[Warehouse, int]] = {}
_lock = threading.Lock()


@contextmanager
def open_warehouse(url: str) -> Iterator[Warehouse]:
    """Open the warehouse at `duckdb:/path/file` or `bigquery:project`;
    it is closed when the last user leaves."""
    address = parse_address(url)
    # One file is one connection, however it is spelled.
    keys = (str(address),)
    with _share(keys, lambda: _open_prepared(address)) as warehouse:
        yield warehouse


@contextmanager
def open_read_only(url: str) -> Iterator[Warehouse]:
    """Open a warehouse to read alone: no table of a contract is made or changed.

    A file is locked against writers only while it is open here; other readers may open it too.

    Expected keys are derived as for any look: in memory, or in BigQuery's bookkeeping dataset where
    the account may. Shares what this process has open already, since one process cannot open a file
    twice. ConfigError where no file is yet; LockedWarehouseError names who writes to it.
    """
    address = parse_address(url)
    require_file(address)
    keys = (str(address), f"{address}{TO_READ}")
    with _share(keys, lambda: _open_required(address)) as warehouse:
        yield warehouse


def require_file(address: Address) -> None:
    """Raise ConfigError where no file is at the address yet: looking for one makes none."""
    if isinstance(address, DuckDBAddress) and not address.path.exists():
        raise ConfigError(
            f"{address}: no such file; check the path, or load raw data into it: ",
            *LOAD,
        )


@contextmanager
def _share(
    keys: Sequence[str], open_it: Callable[[], Warehouse]
) -> Iterator[Warehouse]:
    """The warehouse that is open under one of these keys; opened under the last, where none is."""
    with _lock:
        key = next((known for known in keys if known in _open), keys[-1])
        warehouse, users = _open.get(key) or (open_it(), 0)
        _open[key] = (warehouse, users + 1)
    try:
        yield warehouse
    finally:
        with _lock:
            warehouse, users = _open.pop(key)
            if users > 1:
                _open[key] = (warehouse, users - 1)
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


def query_text(address: Address, catalog: Catalog, table: str) -> str:
    """The SELECT that computes a batch of a table in a warehouse, its inputs cut; opens nothing."""
    if isinstance(address, DuckDBAddress):
        return duckdb_texts.Texts(catalog).query(table)
    from warehouse.bigquery.names import Names
    from warehouse.bigquery.texts import Texts

    return Texts(catalog, Names.at(str(address))).query(table)


def _open_prepared(address: Address) -> Warehouse:
    """Open it with the tables of the contracts; a refused file is let go of."""
    warehouse = _connect(address)
    try:
        warehouse.ensure_tables()
    except BaseException:
        warehouse.close()
        raise
    return warehouse


def _open_required(address: Address) -> Warehouse:
    """Open it to read alone, with the tables of the contracts; a refused file is let go of."""
    warehouse = _connect(address, read_only=True)
    try:
        warehouse.require_tables()
    except BaseException:
        warehouse.close()
        raise
    return warehouse


def _connect(address: Address, read_only: bool = False) -> Warehouse:
    if isinstance(address, DuckDBAddress):
        return _open_file(address, read_only)
    # Imported late: Google's client takes a second that nobody with a DuckDB file should wait for.
    from warehouse.bigquery.warehouse import BigQueryWarehouse

    return BigQueryWarehouse(str(address), load_checked())


def _open_file(address: DuckDBAddress, read_only: bool) -> Warehouse:
    catalog = load_checked()
    settings = duckdb_settings()
    try:
        return DuckDBWarehouse(
            str(address.path), catalog, settings.threads, settings.memory, read_only
        )
    except OSError as error:
        # Of the file and the folders above it: DuckDB's own errors are told by the engine.
        if error.errno in NO_ROOM:
            raise
        raise ConfigError(
            f"{address}: no file can be there: {error.strerror}; name another: duckdb:PATH"
        ) from error
