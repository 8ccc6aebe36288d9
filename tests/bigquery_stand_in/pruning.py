"""What a statement would read: which tables, and which filters choose their partitions.

A model of BigQuery's, good enough to catch a scan without a filter and to add up bytes: only
comparisons of the partition column with what is constant for the statement prune.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

COMPARISONS = (exp.GTE, exp.GT, exp.LTE, exp.LT, exp.EQ, exp.Between, exp.In)


@dataclass(frozen=True, eq=False)
class Scan:
    """A table that a statement reads, under which alias,
    and what must hold of every row that is read."""

    dataset: str
    table: str
    alias: str
    conditions: tuple[exp.Expr, ...]

    @property
    def name(self) -> str:
        """Its dataset and name."""
        return f"{self.dataset}.{self.table}"

    def filters(self, column: str) -> tuple[exp.Expr, ...]:
        """The conditions that choose partitions of a table partitioned by this column."""
        return tuple(
            condition
            for condition in self.conditions
            if _prunes(condition, self.alias, column)
        )


def scans(tree: exp.Expr) -> Iterator[Scan]:
    """Every table that a statement reads, or changes rows of."""
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if not table.db and table.name in own:
            continue
        if isinstance(table.parent, exp.Create | exp.Schema | exp.Insert):
            continue
        yield Scan(
            table.db, table.name, table.alias_or_name, tuple(_conditions(table, tree))
        )


def _conditions(table: exp.Table, tree: exp.Expr) -> list[exp.Expr]:
    if isinstance(tree, exp.Merge) and table is tree.this:
        whens = [
            when.args.get("condition")
            for when in tree.args["whens"].expressions
            if when.args["source"]
        ]
        return [part for condition in whens if condition for part in _parts(condition)]
    select = table.find_ancestor(exp.Select, exp.Update, exp.Delete)
    where = select.args.get("where") if select else None
    return _parts(where.this) if where else []


def _parts(condition: exp.Expr) -> list[exp.Expr]:
    """What a condition demands all of."""
    return (
        list(condition.flatten(unnest=True))
        if isinstance(condition, exp.And)
        else [condition]
    )


def _prunes(condition: exp.Expr, alias: str, column: str) -> bool:
    """Whether a condition compares the partition column alone with constants."""
    if not isinstance(condition, COMPARISONS) or not isinstance(
        condition.this, exp.Column
    ):
        return False
    of = condition.this
    if of.name != column or of.table not in ("", alias):
        return False
    return not any(
        c is not of for c in condition.find_all(exp.Column)
    ) and not condition.find(exp.Select)
