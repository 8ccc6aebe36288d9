"""Bookkeeping and raw rows in a project: a job per statement, no transactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from processors.raw_schemas import schema as arrow_schema
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.parameters import Structs
from warehouse.bigquery.schema import column_types
from warehouse.bigquery.texts import Texts
from warehouse.bigquery.work import Work
from warehouse.schema import TableSpec
from warehouse.store import Row

ROWS_AT_ONCE = 1000
"""Rows of one statement: of the ledger's some 2 MB of parameters, of the 10 that a request may
have."""


@dataclass(frozen=True)
class BigQueryStore:
    """A store for one run, or for none; see `warehouse.store.Store`."""

    jobs: Jobs
    texts: Texts
    run_id: str = ""

    def name(self, table: str) -> str:
        """A raw, computed or expected table, or one of bookkeeping."""
        return self.texts.names(table)

    def whole(self, table: str) -> str:
        """All of a raw table, in FROM, with the filter on its partitions."""
        return self.texts.whole(table)

    def ask(
        self, step: str, text: str, /, *, about: str = "", **given: Any
    ) -> list[Row]:
        """The rows of a statement."""
        work = Work(step, text, given, table=about, phase=self._phase(about))
        return self.jobs.run(work).rows

    rows = ask

    def each_row(
        self, step: str, sql: str, /, *, about: str = "", **given: Any
    ) -> Iterator[Row]:
        """The rows of a statement, one after the other; a job's come together."""
        return iter(self.ask(step, sql, about=about, **given))

    def arrow(
        self, step: str, sql: str, /, *, about: str, schema: Any = None, **given: Any
    ) -> Any:
        """The rows of a statement over one table, as a pyarrow Table."""
        rows = self.ask(step, sql, about=about, **given)
        return pa.Table.from_pylist(rows, schema=schema or arrow_schema(about))

    def change(self, step: str, table: str, sql: str, /, **given: Any) -> int:
        """Run an UPDATE or a DELETE; rows touched."""
        phase = self._phase(table)
        work = Work(step, sql, given, self.run_id, table, phase, mutates=table)
        return self.jobs.run(work).affected

    def add(self, table: TableSpec, rows: Sequence[Row]) -> None:
        """Append rows to a table of bookkeeping."""
        sql = insertion(self.texts, table)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            about, phase = some[0].get("table_name", ""), some[0].get("phase", "")
            given = {"entries": structs(table, some)}
            self.jobs.run(Work(table.name, sql, given, self.run_id, about, phase))

    def _phase(self, table: str) -> str:
        catalog = self.texts.catalog
        if table in catalog.processors:
            return catalog[table].phase
        return "raw" if table in catalog.raw else ""


def insertion(texts: Texts, table: TableSpec) -> str:
    """The statement that appends @entries, structs of the table's columns."""
    names = table.column_names
    values = ", ".join(f"entry.{name}" for name in names)
    return (
        f"INSERT INTO {texts.names(table.name)} ({', '.join(names)}) "
        f"SELECT {values} FROM UNNEST(@entries) AS entry"
    )


def structs(table: TableSpec, rows: Sequence[Row]) -> Structs:
    """Rows as the parameter of an insertion."""
    types = column_types(table)
    return Structs(types, rows)
