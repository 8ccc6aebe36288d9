"""Tables of the file against their contracts:
missing ones made, nullable columns added, the rest refused.

Compared at every opening by one read of the catalog; a file that is as it should be is not written
to, and is asked about our tables alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import duckdb

from core.errors import SchemaError
from core.remedy import Remedy, Words
from warehouse.duckdb.engine import FILE, Cursor, count, fetch_rows
from warehouse.schema import ColumnSpec, TableSpec, column_faults, refusal
from warehouse.store import Row

# As DuckDB spells them in its own catalog, so that they compare.
TYPES = {
    "STRING": "VARCHAR",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP WITH TIME ZONE",
    "JSON": "JSON",
}
ELSEWHERE = Remedy("ingest", warehouse="duckdb:OTHER.duckdb", goes_on=True)
INGEST_ANEW: Words = ("ingest again into a new file: ", ELSEWHERE)

_ANY_SCHEMA = (
    "SELECT 1 FROM duckdb_schemas() "
    "WHERE database_name = $file AND NOT internal LIMIT 1"
)
_ONE_TABLE = (
    "SELECT table_name FROM duckdb_tables() "
    "WHERE database_name = $file AND schema_name || '.' || table_name = $name"
)
Held = Mapping[str, Mapping[str, str]]
"""What a file holds: qualified table -> column -> type."""


def reconcile(cursor: Cursor, url: str, tables: Sequence[TableSpec]) -> None:
    """Make and widen tables inside the caller's transaction.

    SchemaError names every difference of every table that this cannot heal, and the repair; nothing
    was changed then. An added column stands last and is NULL in the rows there are. Tables that
    nobody wants are left alone.
    """
    held = _types_in_file(cursor)
    _require_healable(url, tables, held)
    for statement in _repairs(tables, held):
        cursor.execute(statement)


def is_whole(cursor: Cursor, tables: Sequence[TableSpec]) -> bool:
    """Whether the file holds every table as it should be.

    Each is asked for by its name: to list all columns there are, DuckDB binds every view of its own
    first, which takes twice as long. Not for use in a transaction: a table that is not there ends
    it.
    """
    try:
        rows = fetch_rows(cursor, " UNION ALL ".join(map(_columns_of, tables)), {})
    except duckdb.CatalogException:
        return False
    held = _held(rows)
    return not any(_is_short(table, held) or _faults(table, held) for table in tables)


def _columns_of(table: TableSpec) -> str:
    return (
        f"SELECT '{table.path}' AS name, name AS column_name, type AS data_type "
        f"FROM pragma_table_info('{FILE}.{table.path}')"
    )


def require(cursor: Cursor, url: str, tables: Sequence[TableSpec]) -> None:
    """Raise SchemaError unless the file holds every table as it should be; change nothing."""
    if is_whole(cursor, tables):
        return
    held = _types_in_file(cursor)
    _require_healable(url, tables, held)
    if lacking := [table.path for table in tables if _is_short(table, held)]:
        named = ", ".join(lacking)
        raise SchemaError(
            f"{url}: {named} not there, or of an older form, and this only reads; ",
            Remedy("status"),
            " brings the file up to date, then run the same again",
        )


def _is_short(table: TableSpec, held: Held) -> bool:
    """Whether the file lacks the table, or columns of it."""
    names = {column.name for column in table.columns_on("duckdb")}
    return not names <= held.get(table.path, {}).keys()


def _require_healable(url: str, tables: Sequence[TableSpec], held: Held) -> None:
    """Raise SchemaError with every difference that adding columns cannot heal."""
    refused: dict[str, tuple[TableSpec, list[str]]] = {}
    for table in tables:
        if faults := _faults(table, held):
            refused[table.path] = table, faults
    if refused:
        raise SchemaError(f"{url}: ", *refusal(refused, INGEST_ANEW))


def _types_in_file(cursor: Cursor) -> Held:
    if not fetch_rows(cursor, _ANY_SCHEMA, {"file": FILE}):
        # To tell columns DuckDB binds every view of its own first, which takes 15 ms.
        return {}
    rows = fetch_rows(
        cursor,
        "SELECT schema_name || '.' || table_name AS name, column_name, data_type "
        "FROM duckdb_columns() WHERE database_name = $file",
        {"file": FILE},
    )
    return _held(rows)


def _held(rows: Iterable[Row]) -> Held:
    """The types of columns, of which each is a row: table, name and type."""
    held: dict[str, dict[str, str]] = {}
    for row in rows:
        held.setdefault(row["name"], {})[row["column_name"]] = row["data_type"]
    return held


def _faults(table: TableSpec, held: Held) -> list[str]:
    """What cannot be healed by adding columns; a table that is not there has none."""
    if table.path not in held:
        return []
    columns, types = table.columns_on("duckdb"), held[table.path]
    return list(column_faults(columns, types, TYPES.__getitem__))


def _repairs(tables: Sequence[TableSpec], held: Held) -> Iterator[str]:
    missing = [table for table in tables if table.path not in held]
    for dataset in dict.fromkeys(table.dataset for table in missing):
        yield f"CREATE SCHEMA IF NOT EXISTS {dataset}"
    for table in missing:
        columns = ", ".join(map(_definition, table.columns_on("duckdb")))
        yield f"CREATE TABLE {table.path} ({columns})"
    for table in tables:
        types = held.get(table.path)
        for column in table.columns_on("duckdb"):
            if types is not None and column.name not in types:
                yield f"ALTER TABLE {table.path} ADD COLUMN {_definition(column)}"


def _definition(column: ColumnSpec) -> str:
    return f"{column.name} {TYPES[column.type]}"


def rows_held(cursor: Cursor, name: str) -> int:
    """Rows of a table, whatever its columns; 0 when it is not there."""
    if not fetch_rows(cursor, _ONE_TABLE, {"file": FILE, "name": name}):
        return 0
    return count(cursor, f"SELECT COUNT(*) FROM {name}")


def drop(cursor: Cursor, name: str) -> None:
    """Take a table away, if it is there."""
    cursor.execute(f"DROP TABLE IF EXISTS {name}")
