"""The connection to one DuckDB file: cursors, transactions,
rows, and errors that say what to do."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb

from core.errors import FullWarehouseError, UnusableWarehouseError
from core.memory import resident_bytes
from core.settings import DuckDBSettings
from warehouse.duckdb.creation import (
    alone_in,
    has_log,
    is_blank,
    is_unfinished,
    may_be_new,
)
from warehouse.duckdb.refusals import NOT_DUCKDB, log_alone, opening_error, our_error
from warehouse.store import Row, used_parameters

Cursor = duckdb.DuckDBPyConnection

SETTINGS = {
    "TimeZone": "UTC",
    "enable_progress_bar": "false",  # DuckDB would draw it into standard output, JSON or not
    "wal_autocheckpoint": "256MB",  # at the default 16 MB every few publishes wait for a checkpoint
    "max_vacuum_tasks": "0",  # see Engine.expect_rows
}
VACUUM_TASKS = 1
"""How often a checkpoint puts row groups of a table together where rows come in. At DuckDB's
default it does so with the ends of all batches, and writes most rows a second time."""
ROW_GROUP = 32_768
"""Rows that DuckDB compresses together. At its own 122,880 a season of a table fills no group: it
stays in memory as it is, and goes through the log before it is compressed. Of each column of each
group it keeps some two kilobytes in memory, which no limit counts: small groups cost more of it.
"""
IN_USE = "SELECT SUM(memory_usage_bytes)::BIGINT AS held FROM duckdb_memory()"
"""Bytes that DuckDB holds by its own count."""
CLOSING = "100MB"
"""What DuckDB may use while a file is closed."""
LOGS = (".wal", ".wal.checkpoint", ".wal.recovery")
FETCHED = 2_000
"""Rows that are made Python's at once."""
FILE, WORK = "warehouse", "work"
"""Catalogs of the connection: the file, under a name that is not the file's own; and a database in
memory that is compressed when told, for what every cursor shares and the file is not to hold."""


class Engine:
    """One open file (or `:memory:`, for tests); LockedWarehouseError names who holds it."""

    def __init__(
        self,
        path: str,
        threads: int | None = None,
        memory: str | None = None,
        read_only: bool = False,
    ) -> None:
        """Open the file; `read_only`, other readers may have it open at the same time."""
        self.path = path
        self._full: FullWarehouseError | None = None
        self._entrance = threading.Lock()
        self._expects_rows = False
        self._computing = 0
        self._beside_mb = 0.0
        """What the process held beside DuckDB when computing began last."""
        self._connection = duckdb.connect(":memory:")
        self._allowed = DuckDBSettings(memory=memory, threads=threads)
        for setting, value in (
            SETTINGS | {"memory_limit": self._allowed.reading_limit()} | _spill(path)
        ).items():
            self._connection.execute(f"SET {setting} = '{value}'")
        if threads:
            self._connection.execute(f"SET threads = {int(threads)}")
        self._connection.execute(f"ATTACH ':memory:' AS {WORK} (COMPRESS)")
        try:
            if read_only:
                _attach_file(self._connection, path, read_only=True)
            else:
                _attach(self._connection, path)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the connection and release the file: what the log holds is written into it, for
        which little is needed, and DuckDB would take all that it may."""
        if self._allowed.memory is None:
            self._set_limit(CLOSING)
        self._connection.close()

    def commits(self) -> tuple[tuple[int, ...], ...] | None:
        """Another value after every commit, whichever cursor made it; None in memory.

        A commit makes the log longer, or is written into the file by a checkpoint, which ends the
        log; one made meanwhile goes to a log of its own. While there is a log the file itself tells
        nothing: rows of which nobody knows yet whether they will be committed go there, too.
        Neither is opened: to close it again would let go of the lock on it.
        """
        if self.path == ":memory:":
            return None
        logs = tuple(_written(f"{self.path}{ending}") for ending in LOGS)
        has_log = any(size for _, size, _ in filter(None, logs))
        return logs if has_log else (*logs, _written(self.path))

    def check_room(self) -> None:
        """Raise the FullWarehouseError that a write met before:
        each further one would compute in vain."""
        if self._full:
            raise FullWarehouseError(str(self._full))

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """A cursor of its own for the calling thread; DuckDB's errors come out as ours."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(f"USE {FILE}")
            yield cursor
        except duckdb.Error as error:
            ours = our_error(error, self.path)
            if isinstance(ours, FullWarehouseError):
                self._full = ours
            raise ours from error
        finally:
            cursor.close()

    def expect_rows(self) -> None:
        """Let checkpoints put small row groups together from now on, such as a day adds.

        Until then none does: who opens a file to put a verdict on record would wait for that when
        the file is closed.
        """
        with self._entrance:
            if self._expects_rows:
                return
            self._expects_rows = True
            with self._connection.cursor() as cursor:
                cursor.execute(f"SET max_vacuum_tasks = {VACUUM_TASKS}")

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Let DuckDB use all that it may while the block, or another one like it, runs.

        It keeps the blocks of the file that it read until it has no room for more, so that a large
        file would fill whatever it may take; the system keeps them, too, and gives them back in no
        time. A database in memory has no such blocks.
        """
        if self.path == ":memory:":
            yield
            return
        self._count_computing(1)
        try:
            yield
        finally:
            self._count_computing(-1)

    def _count_computing(self, more: int) -> None:
        with self._entrance:
            before, self._computing = self._computing, self._computing + more
            if before and self._computing:
                return
            if self._computing:
                # Not when computing ends: what was freed goes back to the system a little later.
                self._beside_mb = self._measure_beside()
                limit = self._allowed.memory_limit(self._beside_mb)
            else:
                limit = self._allowed.reading_limit(self._beside_mb)
            self._set_limit(limit)

    def _measure_beside(self) -> float:
        """MB that the process holds beside DuckDB; 0 where that is not told."""
        with self._connection.cursor() as cursor:
            ((in_use,),) = cursor.execute(IN_USE).fetchall()
        return max(0, resident_bytes() - int(in_use)) / 1_000_000

    def _set_limit(self, limit: str) -> None:
        """Say what DuckDB may use; it stays as it was where more is in use at the moment."""
        with suppress(duckdb.Error), self._connection.cursor() as cursor:
            cursor.execute(f"SET memory_limit = '{limit}'")

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """A cursor inside a transaction: all of it or nothing."""
        with self.cursor() as cursor, transaction(cursor):
            yield cursor

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """The rows of a statement."""
        with self.cursor() as cursor:
            return fetch_rows(cursor, sql, parameters or {})


@contextmanager
def transaction(
    cursor: Cursor, committing: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Iterator[None]:
    """Commit what the block did on this cursor, or undo it; the commit itself is made in
    `committing`."""
    cursor.execute("BEGIN")
    try:
        yield
        with committing():
            cursor.execute("COMMIT")
    except BaseException:
        # A commit that fails has ended the transaction, and what it failed of is what is to be
        # told.
        with suppress(duckdb.Error):
            cursor.execute("ROLLBACK")
        raise


def _written(path: str) -> tuple[int, ...]:
    """What the system says of the last write to a file; nothing where there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _spill(path: str) -> dict[str, str]:
    """Where rows go that memory has no room for; DuckDB itself would take the working directory."""
    return (
        {}
        if path == ":memory:"
        else {"temp_directory": f"{path}.tmp".replace("'", "''")}
    )


def parameters_of(sql: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a statement names: DuckDB refuses the others."""
    return used_parameters(sql, parameters, "$")


@lru_cache(maxsize=128)
def parsed(sql: str) -> duckdb.Statement:
    """A statement as DuckDB parses it: a query that every batch runs takes it 15 ms each time."""
    (statement,) = duckdb.extract_statements(sql)
    return statement


def fetch_rows(cursor: Cursor, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
    """The rows of a statement, by column name."""
    return list(each_row(cursor, sql, parameters))


def each_row(cursor: Cursor, sql: str, parameters: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of a statement, by column name, one after the other."""
    cursor.execute(parsed(sql), parameters_of(sql, parameters))
    columns = list(map(itemgetter(0), cursor.description or ()))
    while rows := cursor.fetchmany(FETCHED):
        for row in rows:
            yield dict(zip(columns, row, strict=True))


def count(cursor: Cursor, sql: str, parameters: Mapping[str, Any] | None = None) -> int:
    """The one number that a statement gives; for INSERT, UPDATE and DELETE the rows it touched."""
    cursor.execute(sql, parameters_of(sql, parameters or {}))
    return int(cursor.fetchall()[0][0])


def _attach(connection: Cursor, path: str) -> None:
    """Attach the file, made where there is none; errors name it, and the process that holds it."""
    file = Path(path)
    if path == ":memory:":
        _attach_file(connection, path)
        return
    if not may_be_new(file):
        try:
            _attach_file(connection, path)
            return
        except UnusableWarehouseError as error:
            # Only a file that DuckDB does not know is read here: to close another would let go of
            # the lock that this process may hold on it.
            if NOT_DUCKDB not in str(error) or not is_blank(file):
                raise
    _attach_new(connection, file)


def _attach_new(connection: Cursor, file: Path) -> None:
    """Attach a file that is not there, or may never have been finished."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with alone_in(file.parent):
        is_new = not file.exists()
        if is_new and has_log(file):
            # DuckDB would throw the log away: what a process published before it was killed.
            raise log_alone(str(file))
        try:
            _attach_file(connection, str(file), anew=True)
        except FullWarehouseError:
            if is_new:
                # Its first bytes alone would be refused for good.
                file.unlink(missing_ok=True)
            raise


def _attach_file(
    connection: Cursor, path: str, anew: bool = False, read_only: bool = False
) -> None:
    """Attach the file as it is; with `anew`, one that was never finished is made again."""
    quoted = path.replace("'", "''")
    mode = "READ_ONLY" if read_only else f"ROW_GROUP_SIZE {ROW_GROUP}"
    try:
        # By its ending alone DuckDB would take a CSV or parquet file for a database in memory.
        connection.execute(f"ATTACH '{quoted}' AS {FILE} (TYPE duckdb, {mode})")
    except duckdb.Error as error:
        ours = opening_error(error, path)
        if (
            anew
            and isinstance(ours, UnusableWarehouseError)
            and is_unfinished(Path(path))
        ):
            Path(path).unlink()
            _attach_file(connection, path)
            return
        raise ours from error
