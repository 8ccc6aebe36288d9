"""BigQuery's SQL into DuckDB's: sqlglot plus the fix-ups without which answers differ in silence.

Works on the parsed tree, never on text. What the fix-ups cannot mend, processors/sql_rules.py
refuses.
"""

from __future__ import annotations

from sqlglot import exp

NUMERIC_DIGITS, NUMERIC_PLACES = 18, 9
"""Eight bytes: a fifth faster than 38 digits;
beyond 999,999,999 DuckDB raises, sums have 38 digits."""


def to_duckdb(tree: exp.Expr) -> str:
    """DuckDB's text of a BigQuery tree; the tree is left as it is."""
    own = tree.copy()
    return made_duckdb(own)


def made_duckdb(tree: exp.Expr) -> str:
    """DuckDB's text of a BigQuery tree, which is spent: copying takes as long as parsing."""
    fixed = _fixed(tree)
    return fixed.sql(dialect="duckdb", pretty=True, copy=False)


def _fixed(tree: exp.Expr) -> exp.Expr:
    for rule in (
        _first_of_each_group,
        _unnested_apart,
        _numeric_with_nine_places,
        _float_literals,
        _rounded_by_constant,
        _counts_of_true,
        _json_as_text,
        _parameters,
    ):
        tree = tree.transform(rule, copy=False)
    return tree


def _numeric_with_nine_places(node: exp.Expr) -> exp.Expr:
    """BigQuery's NUMERIC has 9 places; a bare DECIMAL has 3 in DuckDB."""
    if (
        isinstance(node, exp.DataType)
        and node.this == exp.DType.DECIMAL
        and not node.expressions
    ):
        return exp.DataType.build(
            f"DECIMAL({NUMERIC_DIGITS}, {NUMERIC_PLACES})", dialect="duckdb"
        )
    return node


def _float_literals(node: exp.Expr) -> exp.Expr:
    """0.44 is FLOAT64 in BigQuery and DECIMAL in DuckDB; an exponent makes it DOUBLE."""
    if (
        isinstance(node, exp.Literal)
        and not node.is_string
        and "." in node.this
        and "e" not in node.this.lower()
    ):
        return exp.Literal.number(f"{node.this}e0")
    return node


def _rounded_by_constant(node: exp.Expr) -> exp.Expr:
    """Rounding a FLOAT64 to places, with the power of ten as a literal: DuckDB itself raises ten
    to the places anew for every row, which takes four times as long as all the rest.

    The same number, but for one so large (10^299 and more) that the product is infinite.
    """
    if not isinstance(node, exp.Round) or not _is_double(node.this):
        return node
    places = node.args.get("decimals")
    if not isinstance(places, exp.Literal) or not places.is_int:
        return node
    power = exp.Literal.number(f"1e{places.this}")
    whole = exp.Round(this=exp.Mul(this=node.this, expression=power))
    return exp.Paren(this=exp.Div(this=whole, expression=power.copy()))


def _is_double(value: exp.Expr) -> bool:
    """Whether a value is cast to FLOAT64: others are rounded as what they are."""
    return isinstance(value, exp.Cast) and value.to.this == exp.DType.DOUBLE


def _counts_of_true(node: exp.Expr) -> exp.Expr:
    """COUNTIF of nothing but NULLs is 0 in BigQuery and NULL in DuckDB."""
    if isinstance(node, exp.CountIf):
        return exp.Count(this=exp.If(this=node.this, true=exp.Literal.number(1)))
    return node


def _json_as_text(node: exp.Expr) -> exp.Expr:
    """JSON_QUERY of a text gives a text in BigQuery, which TO_JSON_STRING would quote; in DuckDB
    it gives JSON."""
    if isinstance(node, exp.JSONExtract):
        return exp.cast(node, "TEXT", copy=False)
    return node


def _first_of_each_group(node: exp.Expr) -> exp.Expr:
    """QUALIFY of the first row of each group as an aggregate: ranking would sort every row."""
    ranking = _ranking_for_first(node)
    if ranking is None:
        return node
    keys, order = ranking.args["partition_by"], ranking.args["order"]
    columns: list[exp.Expr] = []
    for column in node.expressions:
        first = exp.Order(this=column, expressions=order.expressions)
        is_key = column in keys
        columns.append(column if is_key else _first(first.copy(), column.name))
    node.set("qualify", None)
    node.set("expressions", columns)
    node.set("group", exp.Group(expressions=[key.copy() for key in keys]))
    return node


def _first(ordered: exp.Order, name: str) -> exp.Expr:
    return exp.alias_(exp.Anonymous(this="FIRST", expressions=[ordered]), name)


def _ranking_for_first(node: exp.Expr) -> exp.Window | None:
    """The ROW_NUMBER by which a SELECT of plain columns keeps the first row of each group."""
    qualify = node.args.get("qualify") if isinstance(node, exp.Select) else None
    kept = qualify.this if qualify else None
    if not isinstance(kept, exp.EQ) or not isinstance(kept.this, exp.Window):
        return None
    is_first = isinstance(kept.this.this, exp.RowNumber) and kept.expression.name == "1"
    columns = [*node.expressions, *(kept.this.args.get("partition_by") or ())]
    is_plain = all(_is_plain_column(column) for column in columns)
    others = ("distinct", "group", "having", "order", "limit")
    if not is_first or not is_plain or any(node.args.get(name) for name in others):
        return None
    has_order = kept.this.args.get("partition_by") and kept.this.args.get("order")
    return kept.this if has_order else None


def _is_plain_column(column: exp.Expr) -> bool:
    return isinstance(column, exp.Column) and not column.is_star


def _unnested_apart(node: exp.Expr) -> exp.Expr:
    """A CTE that unnests a list per row is computed apart: DuckDB may join others to its rows
    before it unnests them, which took four times as long and half a gigabyte."""
    joins = node.this.args.get("joins") if isinstance(node, exp.CTE) else None
    if any(isinstance(join.this, exp.Unnest) for join in joins or ()):
        node.set("materialized", True)
    return node


def _parameters(node: exp.Expr) -> exp.Expr:
    """@dates becomes $dates."""
    if isinstance(node, exp.Parameter):
        return exp.Placeholder(this=node.name)
    return node
