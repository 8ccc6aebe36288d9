"""DuckDB's text of every statement, made once per catalog:
translating takes longer than running some."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from weakref import WeakKeyDictionary

import sqlglot
from sqlglot import exp

from processors.catalog import Catalog, Processor
from warehouse import bookkeeping, statements
from warehouse.binding import staged
from warehouse.dialect import made_duckdb, to_duckdb
from warehouse.duckdb.engine import WORK

_made: WeakKeyDictionary[Catalog, dict[tuple[str, str], str]] = WeakKeyDictionary()
_lock = threading.RLock()
_KEPT = {table.name: table.path for table in bookkeeping.TABLES}


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
            "query", table, lambda: staged(processor, self.catalog, self.names)
        )

    def derived(self, name: str) -> str:
        """A statement of warehouse/sql over all raw data."""
        sql = statements.text(name)
        return self._once(
            "derived", name, lambda: statements.qualified(sql, self.names)
        )

    def check(self, sql: str, table: str) -> str:
        """A check's query for a table."""

        def bound() -> exp.Expr:
            tree = statements.check(sql, self.catalog, table, self.names)
            return tree.transform(_member_of_parameter, copy=False)

        return self._once(sql, table, bound, is_spent=True)

    def state(self, table: str) -> str:
        """How every cell of a table stands."""
        processor = self.catalog[table]
        return self._once(
            "state", table, lambda: statements.state(processor, self.names)
        )

    def staged_state(self, table: str) -> str:
        """How the cells of a staged batch stand."""
        processor = self.catalog[table]
        stage, dates = stage_name(processor), "SELECT * FROM UNNEST(@dates)"
        return self._once(
            "staged_state",
            table,
            lambda: statements.state(processor, self.names, stage, dates),
        )

    def screen(self, table: str) -> str:
        """How many staged rows of each date break any check."""
        processor, schedule = self.catalog[table], self.names("schedule")
        stage = stage_name(processor)
        return self._once(
            "screen", table, lambda: statements.screen(processor, stage, schedule)
        )

    def audit(self, table: str) -> str:
        """How many staged rows of each date break each check."""
        processor, schedule = self.catalog[table], self.names("schedule")
        stage = stage_name(processor)
        return self._once(
            "audit", table, lambda: statements.audit(processor, stage, schedule)
        )

    def evidence_on_record(self) -> str:
        """What is kept of a cell (@table, @day) that was quarantined when it was last computed."""
        return (
            f"SELECT check_name, breaking, keys FROM {self.names('quarantine')} "
            "WHERE table_name = @table AND cell_date = @day ORDER BY check_name"
        )

    def _once(
        self,
        kind: str,
        table: str,
        make: Callable[[], str | exp.Expr],
        is_spent: bool = False,
    ) -> str:
        """DuckDB's text of the statement of that kind for a table; `make` gives BigQuery's, and
        with `is_spent` a tree that nobody else has."""
        with _lock:
            if (kind, table) not in self._made:
                tree = sqlglot.maybe_parse(make(), dialect="bigquery")
                translate = made_duckdb if is_spent else to_duckdb
                self._made[kind, table] = translate(tree)
            return self._made[kind, table]


def stage_name(processor: Processor) -> str:
    """The temporary table that holds a processor's staged rows on its cursor."""
    return f"stage_{processor.name}"


@lru_cache(maxsize=256)
def translated(sql: str) -> str:
    """DuckDB's text of a statement of bookkeeping."""
    tree = _tree(sql)
    return to_duckdb(tree)


@lru_cache(maxsize=256)
def translated_with_times(sql: str) -> tuple[str, tuple[str, ...]]:
    """DuckDB's text of a statement of bookkeeping, and which columns it gives as microseconds.

    Times fetched as such cost a tenth of fetched time zones.
    """
    tree = _tree(sql)
    times = []
    for column in tree.selects if isinstance(tree, exp.Select) else ():
        name = column.alias_or_name
        if name in bookkeeping.TIMES:
            time = exp.Anonymous(this="EPOCH_US", expressions=[column.unalias().copy()])
            column.replace(exp.alias_(time, name))
            times.append(name)
    return to_duckdb(tree), tuple(times)


def _tree(sql: str) -> exp.Expr:
    tree = sqlglot.parse_one(sql, read="bigquery")
    return tree.transform(_member_of_parameter)


def _member_of_parameter(node: exp.Expr) -> exp.Expr:
    """`x IN UNNEST(@p)` as a join's condition; sqlglot makes of it a search in a list per row."""
    listed = node.args.get("unnest") if isinstance(node, exp.In) else None
    if not isinstance(listed, exp.Unnest):
        return node
    (parameter,) = listed.expressions
    values = sqlglot.parse_one(
        f"x IN (SELECT UNNEST(${parameter.name}))", read="duckdb"
    )
    values.set("this", node.this)
    return values
