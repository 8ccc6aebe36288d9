"""Bookkeeping and raw rows in a DuckDB file, on one cursor: its transaction is the caller's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from warehouse.duckdb.engine import (
    Cursor,
    count,
    each_row,
    fetch_rows,
    parameters_of,
    parsed,
)
from warehouse.duckdb.schema import TYPES
from warehouse.duckdb.texts import Texts, translated, translated_with_times
from warehouse.schema import ColumnSpec, TableSpec
from warehouse.store import Row

if TYPE_CHECKING:
    import pyarrow as pa

ADDED_AT_ONCE = 1_000
"""Rows that one statement adds: their values are held twice meanwhile."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class DuckDBStore:
    """A store on a cursor; see `warehouse.store.Store`."""

    cursor: Cursor
    texts: Texts

    def name(self, table: str) -> str:
        """A raw, computed or expected table, or one of bookkeeping."""
        return self.texts.names(table)

    def whole(self, table: str) -> str:
        """A table itself: nothing has partitions here."""
        return self.texts.names(table)

    def ask(
        self, step: str, text: str, /, *, about: str = "", **given: Any
    ) -> list[Row]:
        """The rows of a statement in DuckDB's own SQL."""
        return fetch_rows(self.cursor, text, given)

    def rows(
        self, step: str, sql: str, /, *, about: str = "", **given: Any
    ) -> list[Row]:
        """The rows of a statement."""
        return list(self.each_row(step, sql, about=about, **given))

    def each_row(
        self, step: str, sql: str, /, *, about: str = "", **given: Any
    ) -> Iterator[Row]:
        """The rows of a statement, one after the other."""
        text, times = translated_with_times(sql)
        for row in each_row(self.cursor, text, given):
            for name in times:
                row[name] = _time(row[name])
            yield row

    def arrow(
        self, step: str, sql: str, /, *, about: str, schema: Any = None, **given: Any
    ) -> Any:
        """The rows of a statement as a pyarrow Table."""
        text = translated(sql)
        params = parameters_of(text, given)
        found = self.cursor.sql(text, params=params).to_arrow_table()
        return found if schema is None else found.cast(schema)

    def change(self, step: str, table: str, sql: str, /, **given: Any) -> int:
        """Run an UPDATE or a DELETE; rows touched."""
        text = translated(sql)
        return count(self.cursor, text, given)

    def add(self, table: TableSpec, rows: Sequence[Row]) -> None:
        """Append rows to a table of bookkeeping."""
        # As lists: importing Arrow would take an eighth of a second, for some hundred rows.
        columns = table.columns_on("duckdb")
        for start in range(0, len(rows), ADDED_AT_ONCE):
            part = rows[start : start + ADDED_AT_ONCE]
            given = {
                column.name: [row.get(column.name) for row in part]
                for column in columns
            }
            self._add_columns(table.path, columns, given)

    def _add_columns(
        self, path: str, columns: Sequence[ColumnSpec], given: Mapping[str, list[Any]]
    ) -> None:
        """Append rows that are given column by column."""
        varying = {name for name, values in given.items() if not _are_alike(values)}
        # One list at least says how many rows there are.
        listed = varying or {columns[0].name}
        sent: dict[str, Any] = {}
        values: list[str] = []
        for column in columns:
            name, type_name = column.name, TYPES[column.type]
            if name in listed:
                sent[name] = given[name]
                values.append(f"UNNEST(${name}::{type_name}[])")
            else:
                # A value that all have is sent once: most of what a batch puts on record is alike.
                sent[name] = given[name][0]
                values.append(f"${name}::{type_name}")
        sql = f"INSERT INTO {path} ({', '.join(given)}) SELECT {', '.join(values)}"
        self.cursor.execute(parsed(sql), sent)

    def add_arrow(self, table: TableSpec, rows: pa.Table) -> None:
        """Append rows to a table of bookkeeping."""
        columns = ", ".join(rows.column_names)
        self.cursor.register("added", rows)
        self.cursor.execute(
            f"INSERT INTO {table.path} ({columns}) SELECT {columns} FROM added"
        )
        self.cursor.unregister("added")


def _are_alike(values: Sequence[Any]) -> bool:
    """Whether all of some values, of which there are any, are the same."""
    return values.count(values[0]) == len(values)


@lru_cache(maxsize=4096)
def _time(microseconds: int | None) -> datetime | None:
    """A moment; made once for the many rows of one batch or one load."""
    if microseconds is None:
        return None
    return _EPOCH + timedelta(microseconds=microseconds)
