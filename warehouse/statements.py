"""The statements that every warehouse runs around a query: expected keys, audit, state, evidence.

Built as BigQuery SQL from the contracts; identifiers come from the catalog alone. A relation of
expected keys lives under `expected_name(relation)`, which the warehouse maps to wherever it keeps
it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from processors.catalog import Catalog, Processor
from processors.conditions import conditions
from processors.contract import Column, ColumnType, Contract, Expected
from validation.checks import HELD_DATES

if TYPE_CHECKING:
    from sqlglot import exp

SQL = Path(__file__).parent / "sql"
_KEYED: Mapping[str, ColumnType] = {"as_of": "DATE", "season": "INT64"}
_TEAM_GAMES: Mapping[str, ColumnType] = {
    **_KEYED,
    "game_id": "STRING",
    "team": "STRING",
}
EXPECTED_COLUMNS: Mapping[str, Mapping[str, ColumnType]] = {
    "final_games": _TEAM_GAMES,
    "box_scores": {**_TEAM_GAMES, "player_id": "INT64"},
    "playing_teams": {**_TEAM_GAMES, "covered": "BOOL"},
    "qualified_teams": {**_KEYED, "team": "STRING", "games_before": "INT64"},
    "player_history": {
        **_KEYED,
        "player_id": "INT64",
        "team": "STRING",
        "last_game_date": "DATE",
        "games_before": "INT64",
        "on_roster": "BOOL",
    },
}
"""Relation of expected keys -> its columns and their types; in the order in which they derive."""
EXPECTED_RELATIONS = tuple(EXPECTED_COLUMNS)
_SOURCE = {"roster": "player_history"}

Names = Callable[[str], str]


@cache
def text(name: str) -> str:
    """The SQL of a file under warehouse/sql, without its ending."""
    return (SQL / f"{name}.sql").read_text()


def qualified(sql: str, names: Names) -> exp.Expr:
    """A parsed statement whose tables, other than its own CTEs, carry their warehouse names."""
    # Late, here and below: a statement that was made before needs no parser.
    import sqlglot

    tree = sqlglot.parse_one(sql, read="bigquery")
    _qualify(tree, names)
    return tree


def _qualify(tree: exp.Expr, names: Names) -> None:
    from sqlglot import exp

    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        if table.name not in own and not table.db:
            aliased = exp.to_table(names(table.name), dialect="bigquery")
            table.replace(exp.alias_(aliased, table.alias_or_name, table=True))


def keys(contract: Contract) -> tuple[str, ...]:
    """The grain without the date column: what identifies a row within a cell."""
    return tuple(g for g in contract.grain if g != contract.date_column)


def expected_keys(contract: Contract, names: Names) -> str:
    """SELECT of (as_of, keys) that the table must hold, for all dates."""
    expected = contract.expected
    columns = ", ".join(["as_of", *keys(contract)])
    return f"SELECT {columns} FROM {names(expected_relation(expected))} WHERE {_limit(expected)}"


def expected_relation(expected: Expected) -> str:
    """The relation derived from raw data that holds the expected keys."""
    return _SOURCE.get(expected.from_, expected.from_)


def expected_columns(relation: str) -> tuple[Column, ...]:
    """The columns of a relation of expected keys."""
    columns: list[Column] = []
    for name, type_ in EXPECTED_COLUMNS[relation].items():
        columns.append(Column(name=name, type=type_, description=f"of {relation}"))
    return tuple(columns)


def _limit(expected: Expected) -> str:
    conditions = ["TRUE"]
    if expected.from_ == "roster":
        conditions.append("on_roster")
    if expected.min_games:
        conditions.append(f"games_before >= {expected.min_games}")
    return " AND ".join(conditions)


def state(
    processor: Processor,
    names: Names,
    table: str | None = None,
    dates: str | None = None,
) -> str:
    """Per date: keys expected, rows present, keys missing, keys unexpected;
    read from the table itself."""
    contract = processor.contract
    columns = keys(contract)
    day = contract.date_column
    among = f"WHERE {day} IN ({dates})" if dates else ""
    expected_among = f"AND as_of IN ({dates})" if dates else ""
    on = " AND ".join(f"found.{c} = wanted.{c}" for c in columns)
    return f"""
WITH wanted AS ({expected_keys(contract, names)} {expected_among}),
found AS (
  SELECT {day} AS as_of, {", ".join(columns)}, COUNT(*) AS copies
  FROM {table or names(processor.name)} {among}
  GROUP BY {day}, {", ".join(columns)}
)
SELECT
  COALESCE(found.as_of, wanted.as_of) AS as_of,
  COUNT(wanted.as_of) AS expected,
  COALESCE(SUM(found.copies), 0) AS present,
  COUNTIF(found.as_of IS NULL) AS missing,
  COUNTIF(wanted.as_of IS NULL) AS unexpected
FROM found FULL OUTER JOIN wanted ON found.as_of = wanted.as_of AND {on}
GROUP BY 1
"""


def marked(processor: Processor, rows: str, schedule: str) -> str:
    """Rows of a table, and of each whether it breaks any check or names a game that the schedule
    lacks (is_broken)."""
    conditions_of_rows = conditions(processor.contract).values()
    broken = " OR ".join(f"({c})" for c in ["is_orphan", *conditions_of_rows])
    checked = _with_orphans(processor, rows, schedule)
    return f"SELECT *, {broken} AS is_broken FROM ({checked}) AS checked"


def audit(processor: Processor, rows: str, schedule: str) -> str:
    """Per date of a table's rows: how many there are, how many are of a game that the schedule does
    not have on that date (orphans), and how many break each check (columns check_0, check_1, … in
    the order of `conditions`).
    """
    counts = ["COUNT(*) AS row_count", "COUNTIF(is_orphan) AS orphans"]
    for i, condition in enumerate(conditions(processor.contract).values()):
        counts.append(f"COUNTIF({condition}) AS check_{i}")
    day = processor.contract.date_column
    return f"""
SELECT {day} AS as_of, {", ".join(counts)}
FROM ({_with_orphans(processor, rows, schedule)}) AS checked
GROUP BY {day}
"""


def _with_orphans(processor: Processor, rows: str, schedule: str) -> str:
    """Rows of a table, each once, and of each whether its game is not on the schedule
    (is_orphan)."""
    contract = processor.contract
    columns = ", ".join(f"audited.{column.name}" for column in contract.columns)
    if not any(column.name == "game_id" for column in contract.columns):
        return f"SELECT {columns}, FALSE AS is_orphan FROM {rows} AS audited"
    games = f"SELECT DISTINCT game_id, game_date FROM {schedule}"
    return (
        f"SELECT {columns}, games.game_id IS NULL AS is_orphan FROM {rows} AS audited "
        f"LEFT JOIN ({games}) AS games ON games.game_id = audited.game_id "
        f"AND games.game_date = audited.{contract.date_column}"
    )


def rows(
    catalog: Catalog,
    table: str,
    name: str,
    columns: Sequence[str],
    of_dates: bool = False,
) -> str:
    """SELECT of these columns of a table in the order of its keys, the date first; with `of_dates`,
    on @dates from @first to @last.

    Every column follows the keys in the order, so that even repeated keys come in one order.
    """
    day = catalog.date_column(table)
    first = [day] if day else []
    order = dict.fromkeys([*first, *catalog.grain(table), *columns])
    chosen = f"{day} BETWEEN @first AND @last AND {day} IN UNNEST(@dates)"
    among = f" WHERE {chosen}" if day and of_dates else ""
    return f"SELECT {', '.join(columns)} FROM {name}{among} ORDER BY {', '.join(order)}"


NULL_KEY = "NULL"
"""How evidence names a part of a key that is not there."""
KEY_CHECKS = ("missing_keys", "unexpected_keys", "duplicate_keys")


def breaking_keys(
    processor: Processor,
    rows: str,
    names: Names,
    breaking: Sequence[tuple[date, str]],
    limit: int,
) -> str:
    """Up to `limit` keys of each (date, check) among rows: as_of, check_name, breaking_key."""
    selects = [
        _keys_of(processor, rows, names, day, check, limit) for day, check in breaking
    ]
    return "\nUNION ALL\n".join(selects)


def _keys_of(
    processor: Processor, rows: str, names: Names, day: date, check: str, limit: int
) -> str:
    if check in KEY_CHECKS:
        body = _keys_by_presence(processor, rows, names, day, check)
    else:
        body = _keys_by_condition(processor, rows, names, day, check)
    columns = keys(processor.contract)
    listed = ", ".join(columns)
    spelled = [
        f"COALESCE(CAST({column} AS STRING), '{NULL_KEY}')" for column in columns
    ]
    joined = ", '/', ".join(spelled)
    return (
        f"SELECT DATE '{day}' AS as_of, '{check}' AS check_name, CONCAT({joined}, '') AS "
        f"breaking_key FROM (SELECT {listed} FROM ({body}) AS breaking ORDER BY {listed} "
        f"LIMIT {limit}) AS breaking_rows"
    )


def _keys_by_presence(
    processor: Processor, rows: str, names: Names, day: date, check: str
) -> str:
    """The keys of a date that are missing, unexpected or there more than once."""
    contract = processor.contract
    columns = ", ".join(keys(contract))
    wanted = (
        f"SELECT {columns} FROM ({expected_keys(contract, names)}) AS expected_keys "
        f"WHERE as_of = DATE '{day}'"
    )
    found = f"SELECT {columns} FROM {rows} WHERE {contract.date_column} = DATE '{day}'"
    if check == "missing_keys":
        return f"{wanted} EXCEPT DISTINCT {found}"
    if check == "unexpected_keys":
        return f"{found} EXCEPT DISTINCT {wanted}"
    return f"{found} GROUP BY {columns} HAVING COUNT(*) > 1"


def _keys_by_condition(
    processor: Processor, rows: str, names: Names, day: date, check: str
) -> str:
    """The keys of a date whose rows break a condition, or are of a game that it does not have."""
    contract = processor.contract
    if check == "orphans":
        games = (
            f"SELECT game_id FROM {names('schedule')} WHERE game_date = DATE '{day}'"
        )
        condition = f"game_id NOT IN ({games})"
    else:
        condition = conditions(contract)[check]
    return (
        f"SELECT {', '.join(keys(contract))} FROM {rows} "
        f"WHERE {contract.date_column} = DATE '{day}' AND ({condition})"
    )


def check(sql: str, catalog: Catalog, table: str, names: Names) -> exp.Expr:
    """A check's query bound to one table: the relations of `check_relations`, and every other
    table by its warehouse name.
    """
    import sqlglot
    from sqlglot import exp

    bound = check_relations(catalog, table, names)
    tree = sqlglot.parse_one(sql, read="bigquery")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for source in list(tree.find_all(exp.Table)):
        if source.name in own or source.db:
            continue
        if source.name in bound:
            relation = sqlglot.parse_one(bound[source.name], read="bigquery")
            assert isinstance(relation, exp.Query)
            source.replace(relation.subquery(source.alias_or_name, copy=False))
        else:
            aliased = exp.to_table(names(source.name), dialect="bigquery")
            source.replace(exp.alias_(aliased, source.alias_or_name, table=True))
    return tree


def check_relations(catalog: Catalog, table: str, names: Names) -> dict[str, str]:
    """What a check may read beside the tables (see validation/checks.py): name -> its SELECT."""
    contract = catalog[table].contract
    columns = ", ".join(["as_of", "season", *keys(contract)])
    relation = names(expected_relation(contract.expected))
    expected = (
        f"SELECT {columns} FROM {relation} "
        f"WHERE {_limit(contract.expected)} AND as_of IN UNNEST(@due)"
    )
    judged = f"SELECT *, {contract.date_column} AS as_of {_rows_on_dates(catalog, table, names)}"
    held = [
        f"SELECT {p.contract.date_column} AS as_of {_rows_on_dates(catalog, p.name, names)}"
        for p in catalog.of_phase(catalog[table].phase)
    ]
    return {
        "judged": judged,
        "expected": expected,
        "due": f"SELECT season, as_of, COUNT(*) AS row_count FROM ({expected}) AS expected_keys "
        "GROUP BY season, as_of",
        HELD_DATES: f"SELECT as_of FROM ({' UNION ALL '.join(held)}) AS held GROUP BY as_of",
        "seasons": f"SELECT season, MIN(game_date) AS first_regular_date FROM {names('schedule')} "
        "WHERE game_type = '2' GROUP BY season",
    }


def _rows_on_dates(catalog: Catalog, table: str, names: Names) -> str:
    return f"FROM {names(table)} WHERE {catalog[table].contract.date_column} IN UNNEST(@dates)"
