"""Open warehouses of this process, by address: one connection or client each, shared by all tasks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ConfigError
from processors.discovery import load
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import Warehouse

_open: dict[str, tuple[Warehouse, int]] = {}
_lock = threading.Lock()


@contextmanager
def opened(url: str) -> Iterator[Warehouse]:
    """The warehouse at `duckdb:/path/file` or `bigquery:project`; closed when the last user leaves."""
    url = _absolute(url)
    with _lock:
        warehouse, users = _open.get(url) or (_prepared(url), 0)
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
def opened_as_found(url: str) -> Iterator[Warehouse]:
    """The warehouse with its tables as they are, for repairing one that `opened` refuses."""
    url = _absolute(url)
    kind, _, path = url.partition(":")
    if kind == "duckdb" and not Path(path).exists():
        raise ConfigError(f"{url}: no such file; say where it is: fullcourt --warehouse duckdb:PATH …")
    warehouse = _connect(url)
    try:
        yield warehouse
    finally:
        warehouse.close()


def _absolute(url: str) -> str:
    """The address with its path made absolute: one file is one connection, however it is spelled."""
    kind, _, rest = url.partition(":")
    return f"duckdb:{Path(rest).resolve()}" if kind == "duckdb" else url


def _prepared(url: str) -> Warehouse:
    """With the tables of the contracts; a refused file is let go of."""
    warehouse = _connect(url)
    try:
        warehouse.ensure_tables()
    except BaseException:
        warehouse.close()
        raise
    return warehouse


def _connect(url: str) -> Warehouse:
    kind, _, rest = url.partition(":")
    if kind == "duckdb":
        return DuckDBWarehouse(rest, load())
    # Imported late: Google's client takes a second that nobody with a DuckDB file should wait for.
    from warehouse.bigquery.warehouse import BigQueryWarehouse

    return BigQueryWarehouse(url, load())
