"""Open warehouses of this process, by address: one connection or client each, shared by all tasks."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ConfigError
from processors.discovery import load
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import Warehouse

NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
"""Errors of a disk and not of an address."""

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
    if kind != "duckdb":
        return url
    try:
        path = Path(rest).resolve()
        _require_file(path)
    except UnicodeEncodeError as error:
        raise ConfigError(f"{ascii(url)} is not UTF-8; give the file and its folders such names") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise _unusable(rest, error) from error
    return f"duckdb:{path}"


def _require_file(path: Path) -> None:
    """Raise unless a database file is at the path, or nothing is."""
    str(path).encode()
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "a pipe or a device"
        raise ConfigError(f"duckdb:{path} is {what}; name a file: duckdb:PATH")


def _unusable(path: str, error: OSError | RuntimeError | ValueError) -> ConfigError:
    """The sentence on a path at which no database file can be."""
    why = error.strerror if isinstance(error, OSError) else str(error)
    short = path if len(path) <= 120 else f"{path[:120]}…"
    return ConfigError(f"duckdb:{short}: no file can be there: {why}; name another: duckdb:PATH")


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
        catalog = load()
        try:
            return DuckDBWarehouse(rest, catalog)
        except OSError as error:
            # Of the file and the folders above it: DuckDB's own errors are told by the engine.
            if error.errno in NO_ROOM:
                raise
            raise _unusable(rest, error) from error
    # Imported late: Google's client takes a second that nobody with a DuckDB file should wait for.
    from warehouse.bigquery.warehouse import BigQueryWarehouse

    return BigQueryWarehouse(url, load())
