"""DuckDB's text of every statement, made once per catalog:
translating takes longer than running some."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from core.kept import keep_text
from processors.catalog import Catalog
from warehouse import bookkeeping, statements
from warehouse.binding import staged
from warehouse.duckdb.engine import WORK

if TYPE_CHECKING:
    from sqlglot import exp

_made: WeakKeyDictionary[Catalog, dict[tuple[str, str], str]] = WeakKeyDictionary()
_lock = threading.RLock()
_KEPT = {table.name: table.path for table in bookkeeping.TABLES}
_GIVEN = "SELECT * FROM UNNEST(@dates)"


class Texts:
    """The statements of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        with _lock:
            self._made = _made.setdefault(catalog, {})

    def names(self, table: str) -> str:
        """Where a raw, computed or expected table, or one of bookkeeping, is on a connection."""
        if table in statements.EXPECTED_RELATIONS:
            return f"{WORK}.main.{table}"
        return _KEPT.get(table) or f"{self.catalog.dataset(table)}.{table}"

    def query(self, table: str) -> str:
        """The SELECT that computes a batch of a table."""
        processor = self.catalog[table]
        return self._once(
            "query",
            table,
            lambda: staged(processor, self.catalog, self.names),
            (table, self._named, self._contracted),
        )

    def derived(self, name: str) -> str:
        """A statement of warehouse/sql over all raw data."""
        sql = statements.text(name)
        return self._once(
            "derived",
            name,
            lambda: statements.qualified(sql, self.names),
            (sql, self._named),
        )

    def check(self, sql: str, table: str) -> str:
        """A check's query for a table."""

        def bound() -> exp.Expr:
            tree = statements.check(sql, self.catalog, table, self.names)
            return tree.transform(_member_of_parameter, copy=False)

        parts = (sql, table, self._named, self._contracted)
        return self._once(sql, table, bound, parts)

    def state(self, table: str, of_dates: bool = False) -> str:
        """How every cell of a table stands; with `of_dates`, those of @dates."""
        processor = self.catalog[table]
        kind, dates = ("state of dates", _GIVEN) if of_dates else ("state", None)
        return self._once(
            kind,
            table,
            lambda: statements.state(processor, self.names, dates=dates),
        )

    def marked(self, table: str) -> str:
        """The rows of a table, and of each whether it breaks any check (is_broken)."""
        processor, schedule = self.catalog[table], self.names("schedule")
        rows = self.names(table)
        return self._once(
            "marked", table, lambda: statements.marked(processor, rows, schedule)
        )

    def audit(self, table: str) -> str:
        """How many rows of each of @dates break each check."""
        processor, schedule = self.catalog[table], self.names("schedule")
        day = processor.contract.date_column
        rows = f"(SELECT * FROM {self.names(table)} WHERE {day} IN ({_GIVEN}))"
        return self._once(
            "audit", table, lambda: statements.audit(processor, rows, schedule)
        )

    def evidence_on_record(self) -> str:
        """What is kept of a cell (@table, @day) that was quarantined when it was last computed."""
        return (
            f"SELECT check_name, breaking, keys FROM {self.names('quarantine')} "
            "WHERE table_name = @table AND cell_date = @day ORDER BY check_name"
        )

    @cached_property
    def _named(self) -> str:
        """Where every table is."""
        tables = [*self.catalog.raw, *self.catalog.processors, *_KEPT]
        tables += statements.EXPECTED_RELATIONS
        return json.dumps({table: self.names(table) for table in tables})

    @cached_property
    def _contracted(self) -> str:
        """Every contract and query: what bound statements are made of."""
        raw = [contract.model_dump_json() for contract in self.catalog.raw.values()]
        computed = [
            f"{processor.name} {processor.contract.model_dump_json()} {processor.sql}"
            for processor in self.catalog
        ]
        return json.dumps([list(self.catalog.raw), raw, computed])

    def _once(
        self,
        kind: str,
        table: str,
        make: Callable[[], str | exp.Expr],
        parts: Sequence[str] = (),
    ) -> str:
        """DuckDB's text of the statement of that kind for a table; `make` gives BigQuery's.

        `parts`: all that a tree is made of; a text says it itself.
        """
        with _lock:
            if (kind, table) not in self._made:
                self._made[kind, table] = (
                    keep_text(f"duckdb {kind}", parts, lambda: _in_duckdb(make()))
                    if parts
                    else _text_in_duckdb(str(make()))
                )
            return self._made[kind, table]


def _text_in_duckdb(sql: str) -> str:
    return keep_text("duckdb", [sql], lambda: _in_duckdb(sql))


def _in_duckdb(statement: str | exp.Expr) -> str:
    """DuckDB's text of a statement of BigQuery's; a tree is spent."""
    # Late, here and below: what was translated before needs no parser.
    import sqlglot

    from warehouse.dialect import made_duckdb

    return made_duckdb(sqlglot.maybe_parse(statement, dialect="bigquery"))


@lru_cache(maxsize=256)
def translated(sql: str) -> str:
    """DuckDB's text of a statement of bookkeeping."""
    return keep_text("bookkeeping", [sql], lambda: _in_duckdb(_tree(sql)))


@lru_cache(maxsize=256)
def translated_with_times(sql: str) -> tuple[str, tuple[str, ...]]:
    """DuckDB's text of a statement of bookkeeping, and which columns it gives as microseconds.

    Times fetched as such cost a tenth of fetched time zones.
    """
    kept = keep_text("with times", [sql], lambda: _with_times_json(sql))
    text, times = json.loads(kept)
    return text, tuple(times)


def _with_times_json(sql: str) -> str:
    """A statement and the names of its times, as JSON."""
    from sqlglot import exp

    tree = _tree(sql)
    times = []
    for column in tree.selects if isinstance(tree, exp.Select) else ():
        name = column.alias_or_name
        if name in bookkeeping.TIMES:
            time = exp.Anonymous(this="EPOCH_US", expressions=[column.unalias().copy()])
            column.replace(exp.alias_(time, name))
            times.append(name)
    return json.dumps((_in_duckdb(tree), times))


def _tree(sql: str) -> exp.Expr:
    import sqlglot

    tree = sqlglot.parse_one(sql, read="bigquery")
    return tree.transform(_member_of_parameter, copy=False)


def _member_of_parameter(node: exp.Expr) -> exp.Expr:
    """`x IN UNNEST(@p)` as a join's condition; sqlglot makes of it a search in a list per row."""
    import sqlglot
    from sqlglot import exp

    listed = node.args.get("unnest") if isinstance(node, exp.In) else None
    if not isinstance(listed, exp.Unnest):
        return node
    (parameter,) = listed.expressions
    values = sqlglot.parse_one(
        f"x IN (SELECT UNNEST(${parameter.name}))", read="duckdb"
    )
    values.set("this", node.this)
    return values
