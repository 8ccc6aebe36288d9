"""What a query may not say: one rule, one function; each yields findings with the repair.

The rules keep the SQL portable between BigQuery and DuckDB (same answer on both), deterministic,
and unable to see past its cut. Pure: works on the parsed query and on the names and types of its
inputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

_EXACT = {
    "INT",
    "BIGINT",
    "INT64",
    "DECIMAL",
    "NUMERIC",
    "BIGDECIMAL",
    "BOOLEAN",
    "BOOL",
}
_INEXACT = "derive it from integer sums, which are exact in any order"
_CLOCK = "the date is `as_of`; a clock leaks the day of the run"
_DENIED: dict[type[exp.Expr], str] = {
    exp.Unnest: "keep sets of values in a CTE of SELECTs; UNNEST differs between the warehouses",
    exp.Bracket: "carry an index in the data or use ROW_NUMBER; array subscripts differ by one",
    exp.ArrayAgg: "pick one row with QUALIFY ROW_NUMBER() in a CTE; no arrays in a warehouse row",
    exp.ILike: "use LOWER(x) LIKE …; BigQuery has no ILIKE",
    exp.Filter: "write COUNTIF(…) or SUM(IF(…)); BigQuery has no FILTER (WHERE …)",
    exp.ArgMax: "use QUALIFY ROW_NUMBER(); MAX_BY is not everywhere",
    exp.ArgMin: "use QUALIFY ROW_NUMBER(); MIN_BY is not everywhere",
    exp.AnyValue: "name the value with MIN or MAX; ANY_VALUE may differ from run to run",
    exp.Array: "no arrays in a warehouse row: an array turns NULL into 0",
    exp.Struct: "no records in a warehouse row; name each value",
    exp.GroupConcat: "the order of the parts differs from run to run",
    exp.ApproxQuantiles: "approximate aggregates differ from run to run",
    exp.ApproxDistinct: "approximate aggregates differ from run to run",
    exp.ApproxTopK: "approximate aggregates differ from run to run",
    exp.Stddev: _INEXACT,
    exp.StddevPop: _INEXACT,
    exp.StddevSamp: _INEXACT,
    exp.Variance: _INEXACT,
    exp.VariancePop: _INEXACT,
    exp.CovarPop: _INEXACT,
    exp.CovarSamp: _INEXACT,
    exp.Corr: _INEXACT,
    exp.Limit: "a table has all its rows; pick rows with QUALIFY",
    exp.TableSample: "a table has all its rows",
    exp.CurrentDate: _CLOCK,
    exp.CurrentDatetime: _CLOCK,
    exp.CurrentTime: _CLOCK,
    exp.CurrentTimestamp: _CLOCK,
    exp.Rand: "a table is the same whenever it is computed",
    exp.Uuid: "a table is the same whenever it is computed",
    exp.SessionUser: "a table is the same whoever computes it",
    exp.FarmFingerprint: "missing in DuckDB; fingerprints are the warehouse's business",
    exp.Star: "name the columns; a star hides what is read",
    exp.Parameter: "the only parameters are the dates, and they come as the relation `dates`",
    exp.Placeholder: "the only parameters are the dates, and they come as the relation `dates`",
}
_DATE_ARITHMETIC = (exp.DateAdd, exp.DateSub, exp.DateTrunc)


@dataclass(frozen=True)
class Finding:
    """What is wrong, on which line of query.sql (None where
    a whole file is meant), and the repair."""

    line: int | None
    what: str


@dataclass(frozen=True)
class Query:
    """A parsed query.sql with what its contract says: input name -> column name -> type."""

    tree: exp.Query
    inputs: Mapping[str, Mapping[str, str]]
    outputs: tuple[str, ...]


def line_of(node: exp.Expr) -> int | None:
    """The line on which a node or its first located child stands."""
    for part in node.walk():
        line = part.meta.get("line")
        if line is not None:
            return int(line)
    return None


def _ctes(query: Query) -> set[str]:
    return {cte.alias for cte in query.tree.find_all(exp.CTE)}


def _tables(query: Query) -> Iterator[exp.Table]:
    return query.tree.find_all(exp.Table)


def one_select(query: Query) -> Iterator[Finding]:
    """A query is one SELECT; nothing else, so that it can be staged, dry-run and bound."""
    if not isinstance(query.tree, exp.Select):
        yield Finding(
            1,
            f"is a {type(query.tree).__name__}, not one SELECT; move unions into a CTE",
        )


def inputs_are_declared(query: Query) -> Iterator[Finding]:
    """Every relation read is an input, `dates`, or a CTE of the query."""
    known = {*query.inputs, *_ctes(query)}
    for table in _tables(query):
        if table.name not in known:
            yield Finding(
                line_of(table),
                f"reads {table.name}, which reads does not declare; add it to table.yaml",
            )


def declared_inputs_are_read(query: Query) -> Iterator[Finding]:
    """Every declared input is read: an unused one would order tables and age cells for nothing."""
    read = {table.name for table in _tables(query)}
    for name in query.inputs:
        if name not in read and name != "dates":
            yield Finding(
                None,
                f"declares {name} in reads but never reads it; remove it from table.yaml",
            )


def names_are_unqualified(query: Query) -> Iterator[Finding]:
    """A qualified name reads past the cut."""
    for table in _tables(query):
        if table.db or table.catalog:
            yield Finding(
                line_of(table),
                f"names {table.sql('bigquery')} by its dataset; read it by its input name",
            )


def ctes_do_not_hide_inputs(query: Query) -> Iterator[Finding]:
    """A CTE named like an input would hide the cut, whatever its case:
    SQL reads both as one name."""
    for cte in query.tree.find_all(exp.CTE):
        if cte.alias.lower() in query.inputs:
            yield Finding(
                line_of(cte),
                f"has a CTE named like the input {cte.alias}; name it for what a row is",
            )


def outputs_match_the_contract(query: Query) -> Iterator[Finding]:
    """The SELECT's columns and the contract's are the same set."""
    selected = query.tree.named_selects
    if unnamed := [e for e in query.tree.selects if not e.alias_or_name]:
        yield Finding(
            line_of(unnamed[0]), "has a column without a name; give it one with AS"
        )
    for name in sorted(set(selected) - set(query.outputs)):
        yield Finding(
            None,
            f"selects {name}, which is no column of table.yaml; add it there or drop it",
        )
    for name in sorted(set(query.outputs) - set(selected)):
        yield Finding(None, f"does not select {name}, which table.yaml promises")
    for name in sorted({n for n in selected if selected.count(n) > 1}):
        yield Finding(None, f"selects {name} twice")


def constructs_are_portable(query: Query) -> Iterator[Finding]:
    """Constructs that fail or differ in silence on one of the two warehouses."""
    for node in query.tree.walk():
        if isinstance(node, exp.Star) and isinstance(node.parent, exp.Count):
            continue
        if isinstance(node, tuple(_DENIED)):
            repair = next(
                text for kind, text in _DENIED.items() if isinstance(node, kind)
            )
            yield Finding(
                line_of(node.parent or node),
                f"uses {node.sql('bigquery')[:60]}: {repair}",
            )
        if isinstance(node, exp.Union) and node.args.get("distinct"):
            yield Finding(
                line_of(node),
                "uses UNION DISTINCT: write UNION ALL and GROUP BY what a row is",
            )


def dates_stay_dates(query: Query) -> Iterator[Finding]:
    """DATE_ADD, DATE_SUB and DATE_TRUNC give a TIMESTAMP in DuckDB;
    EXTRACT counts weekdays otherwise."""
    for node in query.tree.find_all(*_DATE_ARITHMETIC):
        parent = node.parent
        if not (isinstance(parent, exp.Cast) and parent.is_type("date")):
            yield Finding(
                line_of(node),
                f"uses {node.sql('bigquery')}: wrap it in CAST(… AS DATE), or d - 1",
            )
    for node in query.tree.find_all(exp.Extract):
        if node.name.upper().startswith("DAYOFWEEK"):
            yield Finding(
                line_of(node),
                "uses EXTRACT(DAYOFWEEK …): CAST(FORMAT_DATE('%u', d) AS INT64)",
            )
    for node in query.tree.find_all(exp.TimeToStr):
        if node.args.get("zone"):
            yield Finding(
                line_of(node),
                f"uses {node.sql('bigquery')}: DuckDB drops the zone; use DATETIME",
            )


def casts_are_portable(query: Query) -> Iterator[Finding]:
    """CAST to INT64 rounds half to even on one side only;
    text of a float differs between the two."""
    for node in query.tree.find_all(exp.Cast):
        if node.is_type("bigint", "int") and not isinstance(
            node.this, exp.Round | exp.TimeToStr | exp.Floor | exp.Null
        ):
            yield Finding(
                line_of(node),
                f"uses {node.sql('bigquery')}: write CAST(ROUND(x) AS INT64)",
            )
        if node.is_type("text", "varchar") and not isinstance(node.this, exp.Null):
            yield Finding(
                line_of(node),
                f"uses {node.sql('bigquery')}: the text of a number differs by warehouse",
            )


def qualify_has_a_where(query: Query) -> Iterator[Finding]:
    """Google's analyzer refuses QUALIFY without WHERE, GROUP BY or HAVING."""
    for select in query.tree.find_all(exp.Select):
        if select.args.get("qualify") and not any(
            map(select.args.get, ("where", "group", "having"))
        ):
            yield Finding(
                line_of(select), "uses QUALIFY alone: write WHERE TRUE QUALIFY …"
            )


def dates_stay_apart(query: Query) -> Iterator[Finding]:
    """Joins, groups and windows hold each date by itself, or a date's rows depend on its batch:
    rows of one game may lie on two dates. Inputs without dates may be joined freely.
    """
    yield from _joins_of_dates(query)
    for group in query.tree.find_all(exp.Group):
        if not _name_a_date(group.expressions):
            yield Finding(line_of(group), "groups over dates: add as_of to GROUP BY")
    for select in query.tree.find_all(exp.Select):
        if not select.args.get("group") and all(map(_is_aggregate, select.selects)):
            yield Finding(line_of(select), "aggregates over dates: GROUP BY as_of")
    for window in query.tree.find_all(exp.Window):
        if not _name_a_date(window.args.get("partition_by") or ()):
            told = "has a window over dates: add as_of to PARTITION BY"
            yield Finding(line_of(window), told)


def _joins_of_dates(query: Query) -> Iterator[Finding]:
    """Joins of a dated input that do not hold its date to another's."""
    dated = _ctes(query)
    for name, columns in query.inputs.items():
        if "as_of" in columns:
            dated.add(name)
    for join in query.tree.find_all(exp.Join):
        name = join.this.name
        if name in dated and not _joins_dates(join):
            told = f"joins {name} without its date: add a.as_of = b.as_of"
            yield Finding(line_of(join), told)


def _joins_dates(join: exp.Join) -> bool:
    on = join.args.get("on")
    for pair in on.find_all(exp.EQ) if on else ():
        if pair.left.name == pair.right.name == "as_of":
            return True
    return False


def _name_a_date(columns: Iterable[exp.Expr]) -> bool:
    return any(column.name == "as_of" for column in columns)


def _is_aggregate(selected: exp.Expr) -> bool:
    return bool(selected.find(exp.AggFunc)) and not selected.find(exp.Window)


def columns_exist_and_sums_are_exact(query: Query) -> Iterator[Finding]:
    """Every column exists in its input, no SUM or AVG runs over floats in an undefined order, and
    what is subtracted is no date.
    """
    try:
        tree = _typed(query)
    except SqlglotError as error:
        line = _first_line_named(query, str(error))
        yield Finding(line, f"does not fit its inputs: {error}")
        return
    for difference in tree.find_all(exp.Sub):
        if difference.left.is_type("date") and difference.right.is_type("date"):
            what = f"subtracts dates, {difference.sql('bigquery')}: an INTERVAL in BigQuery"
            yield Finding(line_of(difference), f"{what}; write DATE_DIFF(a, b, DAY)")
    for node in tree.find_all(exp.Avg, exp.Sum):
        kind = node.this.type.this.name if node.this.type else "UNKNOWN"
        if kind not in _EXACT:
            what = f"has an inexact aggregate {node.sql('bigquery')[:80]} over {kind}"
            repair = f"write {node.sql_name()}(CAST(… AS NUMERIC))"
            yield Finding(line_of(node), f"{what}: {repair}")


def _typed(query: Query) -> exp.Expr:
    """The query with the type of every expression; SqlglotError where a column is not there."""
    columns: dict[str, object] = {}
    for name, types in query.inputs.items():
        columns[name] = dict(types)
    schema = MappingSchema(columns, dialect="bigquery")
    tree = query.tree.copy()
    qualified = qualify(tree, schema=schema, dialect="bigquery", identify=False)
    return annotate_types(qualified, schema, dialect="bigquery")


def _first_line_named(query: Query, message: str) -> int | None:
    """The line of the first column that an error names."""
    for column in query.tree.find_all(exp.Column):
        if re.search(rf"\b{column.name}\b", message):
            return line_of(column)
    return None


RULES: tuple[Callable[[Query], Iterator[Finding]], ...] = (
    one_select,
    inputs_are_declared,
    declared_inputs_are_read,
    names_are_unqualified,
    ctes_do_not_hide_inputs,
    outputs_match_the_contract,
    constructs_are_portable,
    dates_stay_dates,
    casts_are_portable,
    qualify_has_a_where,
    dates_stay_apart,
    columns_exist_and_sums_are_exact,
)


def findings(query: Query) -> list[Finding]:
    """All findings of all rules; the last rule needs a query that the others accept."""
    found: list[Finding] = []
    for rule in RULES:
        if rule is columns_exist_and_sums_are_exact and found:
            break
        found.extend(rule(query))
    return found
