"""The connection to one DuckDB file: cursors, transactions, rows, and errors that say what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from fullcourt.errors import LockedWarehouseError, PermanentWarehouseError, TransientWarehouseError

Row = dict[str, Any]
Cursor = duckdb.DuckDBPyConnection

SETTINGS = {
    "TimeZone": "UTC",
    "memory_limit": "900MB",  # what does not fit spills beside the file
    "wal_autocheckpoint": "256MB",  # at the default 16 MB every few publishes wait for a checkpoint
}
FILE, WORK = "warehouse", "memory"
"""Catalogs of the connection: the file, under a name that is not the file's own; and the connection's own
in-memory database, for what every cursor shares and the file is not to hold."""


class Engine:
    """One open file (or `:memory:`, for tests); LockedWarehouseError names who holds it."""

    def __init__(self, path: str, threads: int | None = None) -> None:
        self._connection = duckdb.connect(":memory:")
        for setting, value in SETTINGS.items():
            self._connection.execute(f"SET {setting} = '{value}'")
        if threads:
            self._connection.execute(f"SET threads = {int(threads)}")
        _attach(self._connection, path)

    def close(self) -> None:
        """Close the connection and release the file."""
        self._connection.close()

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """A cursor of its own for the calling thread; DuckDB's errors come out as ours."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(f"USE {FILE}")
            yield cursor
        except duckdb.TransactionException as error:
            raise TransientWarehouseError(str(error)) from error
        except duckdb.Error as error:
            raise PermanentWarehouseError(f"{type(error).__name__}: {error}") from error
        finally:
            cursor.close()

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """A cursor inside a transaction: all of it or nothing."""
        with self.cursor() as cursor, transaction(cursor):
            yield cursor

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """The rows of a statement."""
        with self.cursor() as cursor:
            return fetched(cursor, sql, parameters or {})


@contextmanager
def transaction(cursor: Cursor) -> Iterator[None]:
    """Commit what the block did on this cursor, or undo it."""
    cursor.execute("BEGIN")
    try:
        yield
        cursor.execute("COMMIT")
    except BaseException:
        cursor.execute("ROLLBACK")
        raise


def used(sql: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Only the parameters that a statement names: DuckDB refuses the others."""
    return {name: value for name, value in parameters.items() if re.search(rf"\${name}\b", sql)}


def fetched(cursor: Cursor, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
    """The rows of a statement, by column name."""
    cursor.execute(sql, used(sql, parameters))
    columns = [description[0] for description in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def count(cursor: Cursor, sql: str, parameters: Mapping[str, Any] | None = None) -> int:
    """The one number that a statement gives; for INSERT, UPDATE and DELETE the rows it touched."""
    cursor.execute(sql, used(sql, parameters or {}))
    return int(cursor.fetchall()[0][0])


def _attach(connection: Cursor, path: str) -> None:
    """Attach the file; errors name it, and the process that holds it."""
    if path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    quoted = path.replace("'", "''")
    try:
        connection.execute(f"ATTACH '{quoted}' AS {FILE}")
    except duckdb.Error as error:
        connection.close()
        if "lock" not in str(error):
            raise PermanentWarehouseError(f"{path} cannot be opened as a warehouse: {error}") from error
        holder = str(error).partition("held in ")[2].partition(". See")[0] or "another process"
        raise LockedWarehouseError(
            f"{path} is held by {holder}; one process may open a warehouse file: "
            "wait for it or stop it, then run the same command again"
        ) from error
