"""BigQuery's SQL gives BigQuery's answers on DuckDB,
where sqlglot alone gives others in silence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.dialect import to_duckdb

Value = Callable[..., object]


def duckdb_text(sql: str) -> str:
    return to_duckdb(sqlglot.parse_one(sql, read="bigquery"))


@pytest.fixture(scope="module")
def value() -> Iterator[Value]:
    """The value of an expression, with `numbers` (n: NULL, 1, 2) to select from."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(
        "CREATE TABLE numbers AS SELECT * FROM (VALUES (NULL), (1), (2)) AS rows (n)"
    )

    def evaluate(expression: str, source: str = "", **parameters: object) -> object:
        return connection.execute(
            duckdb_text(f"SELECT {expression} {source}"), parameters
        ).fetchall()[0][0]

    yield evaluate
    connection.close()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("COUNTIF(n > 1)", 1),
        ("COUNTIF(n > 9)", 0),
        ("COUNTIF(CAST(NULL AS BOOL))", 0),  # DuckDB's COUNT_IF of NULLs alone is NULL
        ("COUNTIF(n > 0) OVER ()", 2),
        ("COUNT(n)", 2),
        ("SUM(IF(n > 9, n, NULL))", None),
        ("AVG(n)", 1.5),
    ],
)
def test_counts_leave_nulls_out(
    value: Value, expression: str, expected: object
) -> None:
    assert value(expression, "FROM numbers") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("JSON_QUERY('{\"a\": [1, 2]}', '$.a')", "[1,2]"),
        ("JSON_QUERY('{\"a\": [1, 2]}', '$.b')", None),
        ('JSON_VALUE(\'{"a": {"b": "c"}}\', \'$.a.b\')', "c"),
        # Of a text BigQuery gives a text, and spells it as one; DuckDB's own gives JSON.
        ("TO_JSON_STRING(JSON_QUERY('{\"a\": [1, 2]}', '$.a'))", '"[1,2]"'),
    ],
)
def test_a_part_of_a_text_that_holds_json_is_a_text(
    value: Value, expression: str, expected: object
) -> None:
    assert value(expression) == expected


def test_a_count_over_no_row_is_0(value: Value) -> None:
    assert value("COUNTIF(n > 0)", "FROM numbers WHERE FALSE") == 0


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("GREATEST(1, 3, 2)", 3),
        ("LEAST(1, 3, 2)", 1),
        ("GREATEST(1, CAST(NULL AS INT64))", None),  # DuckDB's own ignores the NULL
        ("LEAST(CAST(NULL AS INT64), 1)", None),
        ("LEAST(GREATEST(CAST(NULL AS FLOAT64), -3), 3)", None),
        ("LEAST(GREATEST(CAST(4.5 AS FLOAT64), -3), 3)", 3),
    ],
)
def test_a_clamp_of_null_is_null(
    value: Value, expression: str, expected: object
) -> None:
    """Clamped to a bound, an unknown pace becomes the worst pace."""
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("CAST(1 / 3 AS NUMERIC)", Decimal("0.333333333")),
        ("CAST('0.123456789' AS NUMERIC)", Decimal("0.123456789")),
        ("SUM(CAST(n AS NUMERIC) / 3)", 1.0),
    ],
)
def test_numeric_has_nine_places(
    value: Value, expression: str, expected: object
) -> None:
    """sqlglot's own has three, so that a mean of ratings is wrong in the fourth."""
    source = "FROM numbers" if "n AS" in expression else ""
    assert value(expression, source) == expected


@pytest.mark.parametrize("literal", ["0.44", "1.0", ".5", "100.0", "1e3", "1.5e-3"])
def test_a_number_with_a_point_is_a_double(value: Value, literal: str) -> None:
    """As a decimal, 0.44 times a count is rounded to its places."""
    assert value(f"TYPEOF({literal})") == "DOUBLE"


def test_a_whole_number_stays_a_whole_number(value: Value) -> None:
    assert value("TYPEOF(44)") == "INTEGER"


def test_possessions_are_computed_in_doubles(value: Value) -> None:
    assert value("90 + 0.44 * 25 + 15 - 10") == 90 + 0.44 * 25 + 15 - 10


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("SAFE_DIVIDE(1, 0)", None),
        ("SAFE_DIVIDE(0, 0)", None),
        ("SAFE_DIVIDE(0.0, 0.0)", None),
        ("SAFE_DIVIDE(CAST(NULL AS INT64), 2)", None),
        ("SAFE_DIVIDE(1, CAST(NULL AS INT64))", None),
        ("SAFE_DIVIDE(1, 4)", 0.25),
        ("7 / 2", 3.5),
        ("100 * 1 / 3", 100 / 3),
    ],
)
def test_a_rate_without_denominator_is_null(
    value: Value, expression: str, expected: object
) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0.5, 1), (1.5, 2), (2.5, 3), (-0.5, -1), (-2.5, -3), (0.4, 0), (0.48, 0)],
)
def test_a_half_is_rounded_away_from_zero(
    value: Value, number: float, expected: int
) -> None:
    assert value(f"CAST(ROUND(CAST({number} AS FLOAT64)) AS INT64)") == expected


@settings(max_examples=300, deadline=None)
@given(
    number=st.none() | st.floats(min_value=-1e290, max_value=1e290) | st.just(math.inf),
    places=st.integers(min_value=0, max_value=9),
)
def test_rounding_by_a_constant_gives_what_duckdb_gives_for_the_places(
    value: Value, number: float | None, places: int
) -> None:
    own = "SELECT ROUND($number::DOUBLE, $places::INTEGER)"
    given = {"number": number, "places": places}
    ((expected,),) = duckdb.execute(own, given).fetchall()
    rounded = f"ROUND(CAST(@number AS FLOAT64), {places})"
    assert value(rounded, number=number) == expected
    assert "/ 1e" in duckdb_text(f"SELECT {rounded}")


def test_what_was_rounded_is_divided_by_as_a_whole(value: Value) -> None:
    assert value("1 / ROUND(CAST(0.26 AS FLOAT64), 1)") == 1 / 0.3


@pytest.mark.parametrize(
    "rounded", ["ROUND(CAST(n AS NUMERIC), 2)", "ROUND(CAST(n AS FLOAT64))"]
)
def test_other_rounding_stays(rounded: str) -> None:
    assert "/" not in duckdb_text(f"SELECT {rounded} FROM numbers")


@pytest.mark.parametrize(
    ("day", "expected"), [(4, 1), (5, 2), (9, 6), (10, 7), (11, 1)]
)
def test_the_week_begins_on_monday_with_1(
    value: Value, day: int, expected: int
) -> None:
    assert (
        value(f"CAST(FORMAT_DATE('%u', DATE '2024-11-{day:02}') AS INT64)") == expected
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("DATE '2024-03-01' - 1", date(2024, 2, 29)),
        ("DATE '2024-12-31' + 1", date(2025, 1, 1)),
        (
            "CAST(DATE_SUB(DATE '2024-02-29', INTERVAL 3 YEAR) AS DATE)",
            date(2021, 2, 28),
        ),
        ("DATE_DIFF(DATE '2024-11-05', DATE '2024-11-03', DAY)", 2),
        ("DATE_DIFF(DATE '2025-01-01', DATE '2024-12-31', YEAR)", 1),
        ("FORMAT_DATE('%m%d', DATE '2024-02-09')", "0209"),
        ("DATE '2024-11-05' >= DATE '2024-11-12' - 7", True),
        ("TIMESTAMP(DATE '2024-11-05') = TIMESTAMP '2024-11-05 00:00:00+00'", True),
    ],
)
def test_dates_stay_dates(value: Value, expression: str, expected: object) -> None:
    found = value(expression)
    assert (found, type(found)) == (expected, type(expected))


def test_a_parameter_is_bound_by_its_name(value: Value) -> None:
    days = [date(2024, 11, 5), date(2024, 11, 7)]
    assert value("MAX(as_of)", "FROM UNNEST(@dates) AS as_of", dates=days) == days[1]


QUOTES = [
    ("a", 1, "x", 10.5),
    ("a", 2, "y", None),
    ("a", 2, "x", 11.0),
    ("b", 1, "y", None),
    ("b", None, "x", 9.0),
    (None, 3, None, 8.0),
    (None, 3, "x", 7.0),
    ("c", None, "x", 6.0),
]


@pytest.mark.parametrize("order", ["seen DESC, house", "seen, house DESC", "line"])
def test_the_first_row_of_a_group_is_the_same_whether_ranked_or_aggregated(
    order: str,
) -> None:
    """A NULL is a value of the first row like any other: no other row's stands in for it."""
    sql = (
        "SELECT game, seen, house, line FROM quotes WHERE TRUE QUALIFY "
        f"ROW_NUMBER() OVER (PARTITION BY game ORDER BY {order}) = 1"
    )
    text = duckdb_text(sql)
    assert "ROW_NUMBER" not in text
    ranked = sqlglot.transpile(sql, read="bigquery", write="duckdb")[0]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE quotes (game TEXT, seen INT, house TEXT, line DOUBLE)"
        )
        connection.executemany("INSERT INTO quotes VALUES (?, ?, ?, ?)", QUOTES)
        found = [set(connection.execute(q).fetchall()) for q in (text, ranked)]
    assert found[0] == found[1]
    assert len(found[0]) == 4


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) = 2",
        "SELECT a FROM t WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) <= 1",
        "SELECT a FROM t WHERE TRUE QUALIFY RANK() OVER (PARTITION BY a ORDER BY b) = 1",
        "SELECT a FROM t WHERE TRUE QUALIFY ROW_NUMBER() OVER (ORDER BY b) = 1",
        "SELECT a + 1 FROM t WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) = 1",
        "SELECT a FROM t GROUP BY a, b QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) = 1",
        "SELECT t.* FROM t WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) = 1",
        "SELECT * FROM t WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) = 1",
    ],
)
def test_other_rankings_stay(sql: str) -> None:
    assert "QUALIFY" in duckdb_text(sql)


def test_what_is_unnested_per_row_is_computed_apart() -> None:
    """Else it may be unnested after a join that has many rows for each: a season's games of a
    player for every date."""
    per_row = (
        "SELECT day FROM t CROSS JOIN UNNEST(GENERATE_DATE_ARRAY(t.a, t.b)) AS day"
    )
    of_batch = "SELECT day FROM UNNEST(@dates) AS day"
    text = duckdb_text(
        f"WITH games AS ({per_row}), dates AS ({of_batch}) SELECT * FROM games, dates"
    )
    assert text.count("AS MATERIALIZED (") == 1
    assert "games AS MATERIALIZED (" in text


def test_the_statement_that_is_translated_stays_as_it_was() -> None:
    tree = sqlglot.parse_one(
        "SELECT COUNTIF(a > 0.44), CAST(b AS NUMERIC), @c FROM t", read="bigquery"
    )
    before = tree.sql("bigquery")
    to_duckdb(tree)
    assert tree.sql("bigquery") == before


PACES = st.lists(st.floats(min_value=60, max_value=140), min_size=2, max_size=30)


@settings(max_examples=50, deadline=None)
@given(
    orders=PACES.flatmap(
        lambda paces: st.tuples(st.just(paces), st.permutations(paces))
    )
)
def test_a_mean_over_numeric_is_the_same_in_any_order(
    value: Value, orders: tuple[list[float], ...]
) -> None:
    """A mean over doubles is not: added in another order, the last digits differ."""
    means = {
        value("AVG(CAST(n AS NUMERIC))", "FROM UNNEST(@paces) AS n", paces=paces)
        for paces in orders
    }
    assert len(means) == 1
