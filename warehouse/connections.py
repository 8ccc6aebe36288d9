"""Open warehouses of this process, by address: one DuckDB file is one connection, shared by all tasks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fullcourt.errors import ConfigError
from processors.discovery import load
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import Warehouse

_open: dict[str, tuple[Warehouse, int]] = {}
_lock = threading.Lock()


@contextmanager
def opened(url: str) -> Iterator[Warehouse]:
    """The warehouse at an address such as `duckdb:/path/file`; closed when the last user leaves."""
    url = _absolute(url)
    with _lock:
        warehouse, users = _open.get(url) or (_connect(url), 0)
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


def _absolute(url: str) -> str:
    """The address with its path made absolute: one file is one connection, however it is spelled."""
    kind, _, rest = url.partition(":")
    return f"duckdb:{Path(rest).resolve()}" if kind == "duckdb" else url


def _connect(url: str) -> Warehouse:
    kind, _, rest = url.partition(":")
    if kind != "duckdb":
        raise ConfigError(f"{url}: this version opens duckdb:PATH; the BigQuery warehouse is not there yet")
    warehouse = DuckDBWarehouse(rest, load())
    warehouse.ensure_tables()
    return warehouse
