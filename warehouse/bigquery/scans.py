"""Relations with the partition filter that every scan of a dated table needs."""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp

from warehouse.bigquery.names import quoted
from warehouse.store import FIRST_DATE


def whole(name: str, date_column: str | None) -> str:
    """All of a table, in FROM: where all its dates are meant,
    it is said with a filter all the same."""
    if date_column is None:
        return name
    dates = f"{date_column} >= DATE '{FIRST_DATE}'"
    return f"(SELECT * FROM {name} WHERE {dates})"


def between(name: str, date_column: str) -> str:
    """The rows of a table from @first to @last, in FROM."""
    return f"(SELECT * FROM {name} WHERE {date_column} BETWEEN @first AND @last)"


def among(name: str, date_column: str) -> str:
    """The rows of a table on @dates, from @first to @last, in FROM."""
    dates = f"BETWEEN @first AND @last AND {date_column} IN UNNEST(@dates)"
    return f"(SELECT * FROM {name} WHERE {date_column} {dates})"


def bounded(tree: exp.Expr, dated: Mapping[str, str]) -> exp.Expr:
    """A statement whose every scan of these tables (path -> date column) says
    which partitions it needs.

    Where it chooses among @dates, from @first to @last; else all of them.
    """
    for table in list(tree.find_all(exp.Table)):
        path = ".".join(part.name for part in table.parts)
        column = dated.get(path)
        if column is None:
            continue
        if chosen := _choice_of_dates(table, column):
            limits = exp.Between(
                this=chosen.this.copy(),
                low=_parameter("first"),
                high=_parameter("last"),
            )
            chosen.replace(exp.and_(chosen.copy(), limits))
        else:
            scan = sqlglot.parse_one(whole(quoted(path), column), read="bigquery")
            scan.set(
                "alias", exp.TableAlias(this=exp.to_identifier(table.alias_or_name))
            )
            table.replace(scan)
    return tree


def _choice_of_dates(table: exp.Table, column: str) -> exp.Expr | None:
    """The condition `column IN UNNEST(@dates)` that a table is read under, if there is one."""
    select = table.find_ancestor(exp.Select)
    where = select.args.get("where") if select else None
    conditions: list[exp.Expr] = list(where.find_all(exp.In)) if where else []
    for condition in conditions:
        of = condition.this
        names_it = (
            isinstance(of, exp.Column)
            and of.name == column
            and of.table in ("", table.alias_or_name)
        )
        if names_it and condition.args.get("unnest"):
            return condition
    return None


def _parameter(name: str) -> exp.Parameter:
    return exp.Parameter(this=exp.var(name))
