"""BigQuery's statements on DuckDB: run, with their rows
in BigQuery's types and the bytes that they read."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
from sqlglot import exp

from tests.bigquery_stand_in import values
from tests.bigquery_stand_in.refusals import Refusal
from tests.bigquery_stand_in.statement import Statement
from warehouse.duckdb.engine import count, parameters_of, parsed, transaction

FINGERPRINT = (
    "CREATE OR REPLACE MACRO farm_fingerprint(text) AS "
    "CAST(CAST(HASH(text) AS HUGEINT) - 9223372036854775808 AS BIGINT)"
)
WIDTHS = {"BOOL": 1, "BOOLEAN": 1, "STRING": 12}


@dataclass(frozen=True)
class Answer:
    """What a statement gave: columns (name, BigQuery type),
    rows, rows inserted, deleted and updated."""

    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    inserted: int = 0
    deleted: int = 0
    updated: int = 0


@dataclass
class TableInfo:
    """What the stand-in keeps of a table beside its rows."""

    resource: dict[str, Any] = field(default_factory=dict)

    @property
    def partition_column(self) -> str | None:
        """The column that it is partitioned by."""
        column = self.resource.get("timePartitioning", {}).get("field")
        return str(column) if column else None

    @property
    def needs_filter(self) -> bool:
        """Whether a scan must choose partitions."""
        partitioning = self.resource.get("timePartitioning", {})
        return bool(
            self.resource.get("requirePartitionFilter")
            or partitioning.get("requirePartitionFilter")
        )

    @property
    def fields(self) -> list[dict[str, Any]]:
        """Its columns as the API tells them."""
        found: list[dict[str, Any]] = self.resource.get("schema", {}).get("fields", [])
        return found

    @property
    def row_bytes(self) -> int:
        """Bytes of a whole row."""
        return self.width(frozenset(field["name"] for field in self.fields))

    def width(self, columns: frozenset[str]) -> int:
        """Bytes of a row's columns of these names."""
        return sum(
            WIDTHS.get(f["type"], 8) for f in self.fields if f["name"] in columns
        )


class Engine:
    """One DuckDB in memory for all projects; `tables` by dataset and name."""

    def __init__(
        self, path: str = ":memory:", tables: Mapping[str, TableInfo] | None = None
    ) -> None:
        self.connection = duckdb.connect(path)
        self.connection.execute("SET TimeZone = 'UTC'")
        self.connection.execute("SET enable_progress_bar = false")
        self.connection.execute(FINGERPRINT)
        # What a resource holds is replaced and never changed: a copy need not go deeper.
        self.tables = {
            name: TableInfo(dict(info.resource))
            for name, info in (tables or {}).items()
        }
        self.lock = threading.RLock()

    def copied(self, path: str) -> None:
        """Write all rows to a file, of which another engine may be made."""
        with self.lock:
            self.connection.execute(f"ATTACH '{path}' AS saved")
            self.connection.execute("COPY FROM DATABASE memory TO saved")
            self.connection.execute("DETACH saved")

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """What a statement in DuckDB's SQL gives;
        for tests that look, or do damage, behind the API."""
        with self.lock:
            cursor = self.connection.execute(sql)
            columns = [d[0] for d in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def run(self, statement: Statement, given: Mapping[str, Any]) -> Answer:
        """Run a statement; DuckDB's complaints come out as BigQuery's invalidQuery or notFound."""
        with self.lock:
            try:
                if statement.replacement:
                    return self._replaced(*statement.replacement, given)
                cursor = self.connection.execute(
                    parsed(statement.text), parameters_of(statement.text, given)
                )
                return self._answer(statement, cursor)
            except duckdb.CatalogException as error:
                raise Refusal("notFound", f"Not found: {error}") from error
            except duckdb.Error as error:
                raise Refusal(
                    "invalidQuery", f"{type(error).__name__}: {error}"
                ) from error

    def _replaced(
        self, make: str, delete: str, insert: str, given: Mapping[str, Any]
    ) -> Answer:
        """All three or nothing."""
        with transaction(self.connection):
            self.connection.execute(make, parameters_of(make, given))
            deleted, inserted = (
                count(self.connection, sql, given) for sql in (delete, insert)
            )
        return Answer(inserted=inserted, deleted=deleted)

    def _answer(
        self, statement: Statement, cursor: duckdb.DuckDBPyConnection
    ) -> Answer:
        if isinstance(statement.tree, exp.Create):
            self._created(statement.tree.this.db, statement.tree.this.name)
            return Answer()
        found = tuple(cursor.fetchall())
        if statement.kind == "MERGE":
            count = [row[0] for row in found].count
            return Answer(
                inserted=count("INSERT"),
                deleted=count("DELETE"),
                updated=count("UPDATE"),
            )
        if word := {"INSERT": "inserted", "DELETE": "deleted", "UPDATE": "updated"}.get(
            statement.kind
        ):
            return Answer(**{word: found[0][0]})
        columns = tuple(
            (d[0], self._bigquery_type(str(d[1]))) for d in cursor.description or ()
        )
        return Answer(columns, found)

    def _bigquery_type(self, kind: str) -> str:
        if kind not in values.FROM_DUCKDB:
            raise Refusal(
                "notImplemented", f"the stand-in has no column type for DuckDB's {kind}"
            )
        return values.FROM_DUCKDB[kind]

    def _created(self, dataset: str, table: str) -> None:
        """What a table made by a statement looks like from outside."""
        columns = self.connection.execute(f'DESCRIBE "{dataset}"."{table}"').fetchall()
        fields = [
            {"name": c[0], "type": self._bigquery_type(c[1]), "mode": "NULLABLE"}
            for c in columns
        ]
        self.tables[f"{dataset}.{table}"] = TableInfo({"schema": {"fields": fields}})

    def bytes_read(
        self, statement: Statement, given: Mapping[str, Any]
    ) -> dict[str, int]:
        """Table -> bytes that a statement would read of it;
        refused when a required filter is missing."""
        read: dict[str, int] = {}
        for scan in statement.scans:
            info = self.tables.get(scan.name)
            if info is None:
                raise Refusal("notFound", f"Not found: Table {scan.name}")
            counting, chosen = statement.counting(scan, info.partition_column)
            if info.needs_filter and not chosen:
                raise Refusal(
                    "invalidQuery",
                    f"Cannot query over table '{scan.name}' without a filter over column(s) "
                    f"'{info.partition_column}' that can be used for partition elimination",
                )
            with self.lock:
                ((rows,),) = self.connection.execute(
                    parsed(counting), parameters_of(counting, given)
                ).fetchall()
            read[scan.name] = read.get(scan.name, 0) + rows * info.width(
                statement.columns_named
            )
        return read
