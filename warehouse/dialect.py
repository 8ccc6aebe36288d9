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
        _numeric_with_nine_places,
        _float_literals,
        _counts_of_true,
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


def _counts_of_true(node: exp.Expr) -> exp.Expr:
    """COUNTIF of nothing but NULLs is 0 in BigQuery and NULL in DuckDB."""
    if isinstance(node, exp.CountIf):
        return exp.Count(this=exp.If(this=node.this, true=exp.Literal.number(1)))
    return node


def _parameters(node: exp.Expr) -> exp.Expr:
    """@dates becomes $dates."""
    if isinstance(node, exp.Parameter):
        return exp.Placeholder(this=node.name)
    return node
