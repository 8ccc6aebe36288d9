"""Tables of the file against their contracts:
missing ones made, nullable columns added, the rest refused.

Compared at every opening by one read of the catalog; a file that is as it should be is not written
to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.errors import SchemaError
from processors.catalog import Catalog
from processors.contract import Column
from warehouse.duckdb.engine import FILE, Cursor, count, fetched

# As DuckDB spells them in its own catalog, so that they compare.
TYPES = {
    "STRING": "VARCHAR",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP WITH TIME ZONE",
}
ALIASES = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}
INGEST_ANEW = "ingest again into a new file: fullcourt --warehouse duckdb:OTHER.duckdb ingest …"

Held = Mapping[str, Mapping[str, str]]
"""What a file holds: qualified table -> column -> type."""


@dataclass(frozen=True)
class Wanted:
    """A table as it should be: column -> DuckDB's type, and which columns rows may be without."""

    name: str
    types: Mapping[str, str]
    nullable: frozenset[str]
    computed: bool = False

    @property
    def table(self) -> str:
        """Its name without the dataset."""
        return self.name.rpartition(".")[2]


def wanted(catalog: Catalog, bookkeeping: Mapping[str, str]) -> list[Wanted]:
    """Every table that the contracts and these definitions (`name TYPE, name TYPE`) promise."""
    raw = (_contracted(catalog, t, contract.columns) for t, contract in catalog.raw.items())
    computed = (_contracted(catalog, p.name, p.contract.columns) for p in catalog)
    kept = {f"nba_backfill.{table}": _defined(text) for table, text in bookkeeping.items()}
    return [
        *raw,
        *computed,
        *(Wanted(name, types, frozenset(types)) for name, types in kept.items()),
    ]


def _contracted(catalog: Catalog, table: str, columns: Sequence[Column]) -> Wanted:
    return Wanted(
        name=f"{catalog.dataset(table)}.{table}",
        types={column.name: TYPES[column.type] for column in columns},
        nullable=frozenset(column.name for column in columns if column.nullable),
        computed=table not in catalog.raw,
    )


def _defined(text: str) -> dict[str, str]:
    columns = (column.split(maxsplit=1) for column in text.split(", "))
    return {name: ALIASES.get(type_, type_) for name, type_ in columns}


def reconcile(cursor: Cursor, url: str, tables: Sequence[Wanted]) -> None:
    """Make and widen tables inside the caller's transaction.

    SchemaError names every difference of every table that this cannot heal, and the repair; nothing
    was changed then. An added column stands last and is NULL in the rows there are. Tables that
    nobody wants are left alone.
    """
    held = _held(cursor)
    refused = [(table, faults) for table in tables if (faults := list(_faults(table, held)))]
    if refused:
        raise SchemaError(_refusal(url, refused))
    for statement in _statements(tables, held):
        cursor.execute(statement)


def require(cursor: Cursor, url: str, tables: Sequence[Wanted]) -> None:
    """Raise SchemaError unless the file holds every table as it should be; change nothing."""
    held = _held(cursor)
    refused = [(table, faults) for table in tables if (faults := list(_faults(table, held)))]
    if refused:
        raise SchemaError(_refusal(url, refused))
    if lacking := [table.name for table in tables if _is_short(table, held)]:
        raise SchemaError(
            f"{url}: {', '.join(lacking)} not there, or of an older form, and this only reads; "
            "fullcourt status brings the file up to date, then run the same again"
        )


def _is_short(table: Wanted, held: Held) -> bool:
    """Whether the file lacks the table, or columns of it."""
    return bool(table.types.keys() - held.get(table.name, {}).keys())


def _held(cursor: Cursor) -> Held:
    held: dict[str, dict[str, str]] = {}
    for row in fetched(
        cursor,
        "SELECT schema_name || '.' || table_name AS name, column_name, data_type "
        "FROM duckdb_columns() WHERE database_name = $file",
        {"file": FILE},
    ):
        held.setdefault(row["name"], {})[row["column_name"]] = row["data_type"]
    return held


def _faults(table: Wanted, held: Held) -> Iterator[str]:
    """What cannot be healed by adding columns."""
    found = held.get(table.name)
    if found is None:
        return
    for column, type_ in table.types.items():
        if column not in found and column not in table.nullable:
            yield f"column {column} is not in the table and may not be NULL"
        elif found.get(column, type_) != type_:
            yield f"column {column} is {found[column]}, contract {type_}"
    for column in found:
        if column not in table.types:
            yield f"column {column} is not in the contract"


def _refusal(url: str, refused: Sequence[tuple[Wanted, Sequence[str]]]) -> str:
    told = "; ".join(
        f"{table.name} differs from its contract: {', '.join(faults)}" for table, faults in refused
    )
    return f"{url}: {told}; nothing was changed; {_repair([table for table, _ in refused])}"


def _repair(refused: Sequence[Wanted]) -> str:
    """A new file heals every table, so it is named alone
    where one table cannot be computed again."""
    if not all(table.computed for table in refused):
        return INGEST_ANEW
    names = [table.table for table in refused]
    drops = ", ".join(f"fullcourt drop {name} --yes" for name in names)
    return f"{drops}, then fullcourt backfill {' '.join(f'--table {name}' for name in names)}"


def _statements(tables: Sequence[Wanted], held: Held) -> Iterator[str]:
    missing = [table for table in tables if table.name not in held]
    for dataset in dict.fromkeys(table.name.partition(".")[0] for table in missing):
        yield f"CREATE SCHEMA IF NOT EXISTS {dataset}"
    for table in missing:
        columns = ", ".join(f"{column} {type_}" for column, type_ in table.types.items())
        yield f"CREATE TABLE {table.name} ({columns})"
    for table in tables:
        for column, type_ in table.types.items():
            if column not in held.get(table.name, table.types):
                yield f"ALTER TABLE {table.name} ADD COLUMN {column} {type_}"


def rows_held(cursor: Cursor, name: str) -> int:
    """Rows of a table, whatever its columns; 0 when it is not there."""
    return count(cursor, f"SELECT COUNT(*) FROM {name}") if name in _held(cursor) else 0


def drop(cursor: Cursor, name: str) -> None:
    """Take a table away, if it is there."""
    cursor.execute(f"DROP TABLE IF EXISTS {name}")
