"""Statements of a read, which DuckDB parses once in a process however many folders are read."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import duckdb


def execute(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Any = None
) -> duckdb.DuckDBPyConnection:
    """Run one statement; its rows are fetched from what comes back."""
    return connection.execute(parsed(sql), parameters)


@lru_cache(maxsize=512)
def parsed(sql: str) -> duckdb.Statement:
    """A statement as DuckDB parses it: with a few small files, parsing is a sixth of a read."""
    (statement,) = duckdb.extract_statements(sql)
    return statement
