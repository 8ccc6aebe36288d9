"""Every rule of a query trips on what it is for, on the right line,
and leaves alone what it is not for."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from processors.sql_rules import RULES, Finding, Query, findings

INPUTS = {
    "dates": {"as_of": "DATE", "season": "INT64"},
    "games": {
        "as_of": "DATE",
        "game_date": "DATE",
        "team": "STRING",
        "pts": "INT64",
        "pace": "FLOAT64",
        "win": "BOOL",
        "seen_at": "TIMESTAMP",
    },
}


def found(sql: str) -> list[Finding]:
    tree = sqlglot.parse_one(sql, read="bigquery")
    assert isinstance(tree, exp.Query)
    return findings(Query(tree, INPUTS, ("as_of", "value")))


def found_in(value: str, tail: str = "") -> list[Finding]:
    """The findings of a query with this expression on line 3,
    and this behind its FROM from line 5 on."""
    return found(f"SELECT\n  as_of,\n  {value} AS value\nFROM games\n{tail}")


def texts(findings: list[Finding]) -> str:
    return "\n".join(f"{finding.line}: {finding.what}" for finding in findings)


def test_a_plain_query_is_accepted() -> None:
    assert found_in("SUM(pts)", "GROUP BY as_of") == []


def test_a_union_is_not_one_select() -> None:
    assert "is a Union, not one SELECT; move unions into a CTE" in texts(
        found(
            "SELECT as_of, pts AS value FROM games UNION ALL SELECT as_of, pts AS value FROM games"
        )
    )


@pytest.mark.parametrize(
    "tail",
    [
        "INNER JOIN secret ON TRUE",
        "WHERE team IN (SELECT team FROM secret)",
        "WHERE EXISTS (SELECT 1 FROM secret)",
        "INNER JOIN (SELECT team FROM secret) AS hidden ON TRUE",
    ],
)
def test_an_undeclared_input_is_refused_wherever_it_stands(tail: str) -> None:
    """What a query reads without saying so is read uncut, and orders and ages nothing."""
    assert (
        texts(found_in("pts", tail))
        == "5: reads secret, which reads does not declare; add it to table.yaml"
    )


def test_a_declared_input_that_is_not_read_is_refused() -> None:
    assert texts(found("SELECT as_of, season AS value FROM dates")) == (
        "None: declares games in reads but never reads it; remove it from table.yaml"
    )


@pytest.mark.parametrize(
    "name", ["nba_raw.games", "p.nba_raw.games", "`nba_raw.games`", "`p.nba_raw`.games"]
)
def test_a_qualified_name_is_refused_even_of_a_declared_input(name: str) -> None:
    """A table read by its dataset is read whole, the date's own result included."""
    assert "2: names " in texts(found(f"SELECT as_of, pts AS value\nFROM {name}"))


@pytest.mark.parametrize("name", ["games", "GAMES", "dates"])
def test_a_cte_named_like_an_input_is_refused(name: str) -> None:
    sql = (
        f"WITH\n{name} AS (\n  SELECT as_of, 1 AS value FROM games\n)\nSELECT as_of, value "
        f"FROM {name}, games"
    )
    assert (
        f"2: has a CTE named like the input {name}; name it for what a row is"
        in texts(found(sql))
    )


def test_a_cte_inside_a_subquery_hides_no_input_either() -> None:
    hiding = "WITH games AS (SELECT as_of, 1 AS value FROM dates) SELECT as_of, value FROM games"
    sql = f"SELECT as_of, value FROM ({hiding})"
    assert "has a CTE named like the input games" in texts(found(sql))


def test_a_cte_with_a_name_of_its_own_and_an_alias_are_accepted() -> None:
    fast = "WITH fast AS (SELECT as_of, pts FROM games)"
    sql = f"{fast} SELECT secret.as_of, secret.pts AS value FROM fast AS secret"
    assert found(sql) == []


@pytest.mark.parametrize(
    ("select", "what"),
    [
        (
            "as_of, pts AS value, team",
            "selects team, which is no column of table.yaml; add it there or drop it",
        ),
        ("as_of", "does not select value, which table.yaml promises"),
        ("as_of, pts AS value, pace AS value", "selects value twice"),
        (
            "as_of, pts AS value, pts + 1",
            "has a column without a name; give it one with AS",
        ),
    ],
)
def test_the_columns_of_query_and_contract_are_the_same(select: str, what: str) -> None:
    assert what in texts(found(f"SELECT {select} FROM games"))


@pytest.mark.parametrize(
    "value",
    [
        "SUM(pace)",
        "AVG(pts * 0.44)",
        "SUM(pts / 2)",
        "AVG(pace) OVER (PARTITION BY as_of, team)",
        "SUM(IF(win, pace, NULL))",
        "SUM(COALESCE(pace, 0))",
        "SUM(CASE WHEN win THEN pace END)",
        "SUM(CAST(pace AS NUMERIC) * pace)",
        "SUM(SAFE_DIVIDE(pts, 2))",
        "AVG(ROUND(pace))",
    ],
)
def test_a_sum_or_mean_over_floats_is_refused(value: str) -> None:
    """Added in another order, floats give another sum, and the cell another fingerprint."""
    (finding,) = found_in(value)
    assert finding.line == 3
    assert finding.what.startswith("has an inexact aggregate ")
    assert "(CAST(… AS NUMERIC))" in finding.what


@pytest.mark.parametrize(
    "sql",
    [
        "WITH a AS (\n  SELECT as_of, pace AS x FROM games\n)\nSELECT as_of,\n  SUM(b.x) AS "
        "value FROM a b",
        "SELECT as_of,\n\n\n\n  AVG(x) AS value FROM (SELECT as_of, pts * 0.5 AS x FROM games)",
        "WITH a AS (SELECT as_of, AVG(pts) AS x FROM games)\nSELECT as_of,\n\n\n  AVG(x) AS "
        "value FROM a",
    ],
)
def test_a_float_is_one_behind_a_cte_and_an_alias_too(sql: str) -> None:
    (finding,) = found(sql)
    assert (finding.line, "inexact aggregate" in finding.what) == (5, True)


@pytest.mark.parametrize(
    "value",
    [
        "SUM(pts)",
        "AVG(pts)",
        "SUM(pts * pts)",
        "SUM(IF(win, 1, 0))",
        "SUM(IF(win, CAST(pace AS NUMERIC), 0))",
        "AVG(IF(win, CAST(pace AS NUMERIC), NULL))",
        "AVG(CAST(pace * pts AS NUMERIC))",
        "SUM(DATE_DIFF(as_of, game_date, DAY))",
        "SUM(CAST(ROUND(pace) AS INT64))",
        "COUNT(*)",
        "COUNT(pace)",
        "COUNTIF(win)",
        "MAX(pace)",
        "SUM(pts) OVER (PARTITION BY as_of, team ORDER BY game_date)",
    ],
)
def test_what_is_exact_in_any_order_is_accepted(value: str) -> None:
    assert found_in(value) == []


@pytest.mark.parametrize(
    "value",
    [
        "[1, 2]",
        "[pts][OFFSET(0)]",
        "ARRAY(SELECT team FROM games)",
        "ARRAY_AGG(pts)",
        "STRUCT(pts AS a)",
        "STRING_AGG(team)",
        "team ILIKE 'b%'",
        "SUM(pts) FILTER (WHERE win)",
        "MAX_BY(team, pts)",
        "MIN_BY(team, pts)",
        "ANY_VALUE(pts)",
        "APPROX_QUANTILES(pts, 2)",
        "APPROX_COUNT_DISTINCT(team)",
        "APPROX_TOP_COUNT(team, 2)",
        "STDDEV(pts)",
        "STDDEV_POP(pts)",
        "STDDEV_SAMP(pts)",
        "VARIANCE(pts)",
        "VAR_POP(pts)",
        "VAR_SAMP(pts)",
        "CORR(pts, pace)",
        "COVAR_POP(pts, pace)",
        "COVAR_SAMP(pts, pace)",
        "CURRENT_DATE()",
        "CURRENT_DATE",
        "CURRENT_DATETIME()",
        "CURRENT_TIME()",
        "CURRENT_TIMESTAMP()",
        "RAND()",
        "GENERATE_UUID()",
        "SESSION_USER()",
        "FARM_FINGERPRINT(team)",
        "@seasons",
        "?",
        "DATE_ADD(as_of, INTERVAL 1 DAY)",
        "DATE_SUB(as_of, INTERVAL 1 DAY)",
        "DATE_TRUNC(as_of, MONTH)",
        "EXTRACT(DAYOFWEEK FROM as_of)",
        "FORMAT_TIMESTAMP('%H', seen_at, 'America/New_York')",
        "CAST(pace AS INT64)",
        "SAFE_CAST(pace AS INT64)",
        "CAST(pace AS STRING)",
        "CAST(pts AS STRING)",
    ],
)
def test_a_construct_on_the_deny_list_is_refused_on_its_line(value: str) -> None:
    """Each gives an error, or in silence another answer, on one of the two warehouses."""
    refused = found_in(value)
    assert refused
    assert {finding.line for finding in refused} == {3}
    assert all(
        finding.what.startswith("uses ") and ": " in finding.what for finding in refused
    )


@pytest.mark.parametrize(
    ("tail", "what"),
    [
        ("CROSS JOIN UNNEST([1]) AS number", "5: uses UNNEST([1]) AS number: "),
        ("LIMIT 5", "uses LIMIT 5: a table has all its rows"),
        (
            "INNER JOIN (\n  SELECT *\n  FROM dates\n) AS all_dates ON TRUE",
            "6: uses *: name the columns",
        ),
        (
            "TABLESAMPLE SYSTEM (10 PERCENT)",
            "uses TABLESAMPLE SYSTEM (10 PERCENT): a table has all its rows",
        ),
        (
            "QUALIFY ROW_NUMBER() OVER (PARTITION BY as_of, team ORDER BY pts) = 1",
            "uses QUALIFY alone: write WHERE TRUE",
        ),
    ],
)
def test_a_clause_on_the_deny_list_is_refused(tail: str, what: str) -> None:
    assert what in texts(found_in("pts", tail))


def test_a_union_that_drops_duplicates_is_refused_in_a_cte_too() -> None:
    sql = (
        "WITH both AS (SELECT as_of, pts FROM games UNION DISTINCT SELECT as_of, pts FROM games)\n"
        "SELECT as_of, pts AS value FROM both"
    )
    assert "uses UNION DISTINCT: write UNION ALL and GROUP BY what a row is" in texts(
        found(sql)
    )


def test_the_difference_of_two_dates_is_refused() -> None:
    assert texts(found_in("as_of - game_date")) == (
        "3: subtracts dates, games.as_of - games.game_date: an INTERVAL in BigQuery; "
        "write DATE_DIFF(a, b, DAY)"
    )


@pytest.mark.parametrize(
    "value",
    [
        "as_of - 7",
        "CAST(DATE_SUB(as_of, INTERVAL 3 YEAR) AS DATE)",
        "DATE_DIFF(as_of, game_date, DAY)",
        "EXTRACT(YEAR FROM as_of)",
        "CAST(FORMAT_DATE('%u', as_of) AS INT64)",
        "FORMAT_TIMESTAMP('%H', seen_at)",
        "CAST(ROUND(pace) AS INT64)",
        "CAST(NULL AS STRING)",
        "CAST(pts AS FLOAT64)",
    ],
)
def test_the_portable_spelling_is_accepted(value: str) -> None:
    assert found_in(value) == []


def test_a_qualify_behind_a_where_is_accepted() -> None:
    assert (
        found_in(
            "pts",
            "WHERE TRUE\nQUALIFY ROW_NUMBER() OVER (PARTITION BY as_of, team ORDER BY pts) = 1",
        )
        == []
    )


@pytest.mark.parametrize("value", ["nothing", "games.nothing", "elsewhere.pts"])
def test_a_column_that_its_input_does_not_have_is_refused_on_its_line(
    value: str,
) -> None:
    (finding,) = found_in(value)
    assert finding.line == 3
    assert finding.what.startswith("does not fit its inputs: ")


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        (
            "SELECT games.as_of, other.pts AS value\nFROM games\n"
            "INNER JOIN games AS other\n  ON games.team = other.team",
            "joins games without its date: add a.as_of = b.as_of",
        ),
        (
            "SELECT as_of, SUM(pts) AS value\nFROM games\nGROUP BY team",
            "groups over dates: add as_of to GROUP BY",
        ),
        (
            "SELECT as_of,\n  SUM(pts) OVER (PARTITION BY team) AS value\nFROM games",
            "has a window over dates: add as_of to PARTITION BY",
        ),
        (
            "SELECT as_of,\n  (SELECT COUNT(*) FROM games) AS value\nFROM games",
            "aggregates over dates: GROUP BY as_of",
        ),
    ],
)
def test_what_mixes_the_dates_of_a_batch_is_refused(sql: str, what: str) -> None:
    """A date's rows would be others in another batch."""
    assert what in texts(found(sql))


def test_an_input_without_dates_is_joined_freely() -> None:
    tree = sqlglot.parse_one(
        "SELECT games.as_of, games.pts AS value FROM games LEFT JOIN players ON games.team = "
        "players.team",
        read="bigquery",
    )
    assert isinstance(tree, exp.Query)
    inputs = {"games": INPUTS["games"], "players": {"team": "STRING"}}
    assert findings(Query(tree, inputs, ("as_of", "value"))) == []


def test_every_rule_says_in_a_line_what_it_keeps() -> None:
    assert all(rule.__doc__ for rule in RULES)
