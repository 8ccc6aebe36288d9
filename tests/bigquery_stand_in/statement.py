"""One statement of BigQuery's, taken apart and translated for DuckDB once,
however often it is used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import sqlglot
from sqlglot import exp

from tests.bigquery_stand_in.pruning import Scan, scans
from tests.bigquery_stand_in.refusals import Refusal
from warehouse.dialect import made_duckdb

KINDS: dict[type[exp.Expr], str] = {
    exp.Create: "CREATE_TABLE_AS_SELECT",
    exp.Merge: "MERGE",
    exp.Insert: "INSERT",
    exp.Update: "UPDATE",
    exp.Delete: "DELETE",
}
QUEUED = ("MERGE", "UPDATE", "DELETE")
Types = tuple[tuple[str, str], ...]
"""Parameters with their types in SQL."""


@dataclass(frozen=True)
class Statement:
    """A statement and the types of its parameters."""

    sql: str
    types: Types

    @cached_property
    def tree(self) -> exp.Expr:
        """Its tree, without the project in its names; invalidQuery when it is none."""
        try:
            tree = sqlglot.parse_one(self.sql, read="bigquery")
        except sqlglot.ParseError as error:
            raise Refusal("invalidQuery", f"Syntax error: {error}") from error
        for table in tree.find_all(exp.Table):
            table.set("catalog", None)
        return tree

    @property
    def kind(self) -> str:
        """BigQuery's word for what it is."""
        return next(
            (name for kind, name in KINDS.items() if isinstance(self.tree, kind)),
            "SELECT",
        )

    @property
    def target(self) -> str | None:
        """The table whose queue of mutating statements it joins."""
        if self.kind not in QUEUED:
            return None
        table = (
            self.tree.this
            if isinstance(self.tree.this, exp.Table)
            else self.tree.find(exp.Table)
        )
        return f"{table.db}.{table.name}" if table else None

    @cached_property
    def replacement(self) -> tuple[str, str, str] | None:
        """Of a MERGE … ON FALSE, which replaces rows: what makes its source, deletes and inserts.

        As one statement DuckDB joins every row with every other.
        """
        if (
            not isinstance(self.tree, exp.Merge)
            or self.tree.args["on"].sql() != "FALSE"
        ):
            return None
        merge = self.tree.copy()
        target, source = merge.this, merge.args["using"]
        whens = {
            when.args["then"].key: when for when in merge.args["whens"].expressions
        }
        assert list(whens) == ["var", "insert"], (
            f"another merge than that of the product: {self.sql}"
        )
        insert = whens["insert"].args["then"]
        name = f'"{target.db}"."{target.name}"'
        columns, values = (
            ", ".join(c.sql("duckdb") for c in insert.args[of].expressions)
            for of in ("this", "expression")
        )
        rows = source if isinstance(source, exp.Table) else source.this
        body = exp.select("*").from_(rows) if isinstance(rows, exp.Table) else rows
        return (
            f"CREATE OR REPLACE TEMP TABLE merged AS {self.translated(body)}",
            f'DELETE FROM {name} AS "{target.alias}" WHERE '
            f"{self.translated(whens['var'].args['condition'])}",
            f"INSERT INTO {name} ({columns}) SELECT {values} FROM merged",
        )

    @cached_property
    def text(self) -> str:
        """DuckDB's text of it."""
        if isinstance(self.tree, exp.Create):
            name = self.tree.this.sql(dialect="duckdb")
            return f"CREATE OR REPLACE TABLE {name} AS {self.translated(self.tree.expression)}"
        returning = " RETURNING merge_action" if self.kind == "MERGE" else ""
        return self.translated(self.tree) + returning

    def translated(self, tree: exp.Expr) -> str:
        """DuckDB's text of it or of a part, its parameters cast to their types."""
        types = dict(self.types)

        def typed(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Parameter):
                return node
            if node.name not in types:
                raise Refusal(
                    "invalidQuery", f"Query parameter '{node.name}' not found"
                )
            kind = exp.DataType.build(types[node.name], dialect="bigquery")
            return exp.Cast(this=exp.Parameter(this=exp.var(node.name)), to=kind)

        return made_duckdb(tree.transform(typed))

    @cached_property
    def columns_named(self) -> frozenset[str]:
        """The columns that it names, of whatever table."""
        return frozenset(column.name for column in self.tree.find_all(exp.Column))

    @cached_property
    def scans(self) -> tuple[Scan, ...]:
        """The tables that it reads, or changes rows of."""
        return tuple(scans(self.tree))

    def counting(self, scan: Scan, column: str | None) -> tuple[str, bool]:
        """How many rows a scan reads, as DuckDB's text, and whether its partitions are chosen."""
        return _counting(self, self.scans.index(scan), column)


@lru_cache(maxsize=2000)
def statement(sql: str, types: Types) -> Statement:
    """The statement of that text."""
    return Statement(sql, types)


@lru_cache(maxsize=5000)
def _counting(of: Statement, place: int, column: str | None) -> tuple[str, bool]:
    scan = of.scans[place]
    filters = scan.filters(column) if column else ()
    where = " AND ".join(f"({of.translated(condition)})" for condition in filters)
    name = f'"{scan.dataset}"."{scan.table}" AS "{scan.alias}"'
    return f"SELECT COUNT(*) FROM {name}" + (f" WHERE {where}" if where else ""), bool(
        filters
    )
