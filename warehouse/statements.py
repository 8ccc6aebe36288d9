"""The statements that every warehouse runs around a query: expected keys, audit, state, evidence.

Built as BigQuery SQL from the contracts; identifiers come from the catalog alone. A relation of
expected keys lives under `expected_name(relation)`, which the warehouse maps to wherever it keeps
it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import sqlglot
from sqlglot import exp

from processors.catalog import Catalog, Processor
from processors.conditions import conditions
from processors.contract import Contract, Expected

SQL = Path(__file__).parent / "sql"
EXPECTED_RELATIONS = (
    "final_games",
    "box_scores",
    "playing_teams",
    "qualified_teams",
    "player_history",
)
_SOURCE = {"roster": "player_history"}

Names = Callable[[str], str]


@cache
def text(name: str) -> str:
    """The SQL of a file under warehouse/sql, without its ending."""
    return (SQL / f"{name}.sql").read_text()


def qualified(sql: str, names: Names) -> exp.Expr:
    """A parsed statement whose tables, other than its own CTEs, carry their warehouse names."""
    tree = sqlglot.parse_one(sql, read="bigquery")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        if table.name not in own and not table.db:
            aliased = exp.to_table(names(table.name), dialect="bigquery")
            table.replace(exp.alias_(aliased, table.alias_or_name, table=True))
    return tree


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


def _limit(expected: Expected) -> str:
    conditions = ["TRUE"]
    if expected.from_ == "roster":
        conditions.append("on_roster")
    if expected.min_games:
        conditions.append(f"games_before >= {expected.min_games}")
    return " AND ".join(conditions)


def state(
    processor: Processor, names: Names, table: str | None = None, dates: str | None = None
) -> str:
    """Per date: keys expected, rows present, keys missing, keys unexpected;
    read from the table itself."""
    contract = processor.contract
    columns = keys(contract)
    date = contract.date_column
    among = f"WHERE {date} IN ({dates})" if dates else ""
    expected_among = f"AND as_of IN ({dates})" if dates else ""
    on = " AND ".join(f"found.{c} = wanted.{c}" for c in columns)
    return f"""
WITH wanted AS ({expected_keys(contract, names)} {expected_among}),
found AS (
  SELECT {date} AS as_of, {", ".join(columns)}, COUNT(*) AS copies
  FROM {table or names(processor.name)} {among}
  GROUP BY {date}, {", ".join(columns)}
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


def screen(processor: Processor, staged: str, schedule: str) -> str:
    """Per date of the staged rows: rows, and how many break any check
    or name a game the schedule lacks.

    One count instead of one per check: nearly all batches need no more.
    """
    broken = " OR ".join(
        f"({condition})" for condition in ["is_orphan", *conditions(processor.contract).values()]
    )
    return _per_date(processor, staged, schedule, [f"COUNTIF({broken}) AS broken_rows"])


def audit(processor: Processor, staged: str, schedule: str) -> str:
    """Per date of the staged rows: rows, rows whose game the schedule does not have on that date
    (orphans), and how many rows break each check (columns check_0, check_1, … in the order of
    `conditions`).
    """
    breaking = enumerate(conditions(processor.contract).values())
    counts = [f"COUNTIF({condition}) AS check_{i}" for i, condition in breaking]
    return _per_date(processor, staged, schedule, ["COUNTIF(is_orphan) AS orphans", *counts])


def _per_date(processor: Processor, staged: str, schedule: str, counts: list[str]) -> str:
    contract = processor.contract
    has_game = any(c.name == "game_id" for c in contract.columns)
    join = (
        f"LEFT JOIN {schedule} AS games ON games.game_id = staged.game_id "
        f"AND games.game_date = staged.{contract.date_column}"
        if has_game
        else ""
    )
    columns = ", ".join(f"staged.{c.name}" for c in contract.columns)
    return f"""
SELECT {contract.date_column} AS as_of, COUNT(*) AS row_count, {", ".join(counts)}
FROM (
  SELECT {columns}, {"games.game_id IS NULL" if has_game else "FALSE"} AS is_orphan
  FROM {staged} AS staged {join}
) AS checked
GROUP BY {contract.date_column}
"""


def rows(
    catalog: Catalog, table: str, name: str, columns: Sequence[str], of_dates: bool = False
) -> str:
    """SELECT of these columns of a table in the order of its keys, the date first; with `of_dates`,
    on @dates.

    Every column follows the keys in the order, so that even repeated keys come in one order.
    """
    day = catalog.date_column(table)
    first = [day] if day else []
    order = dict.fromkeys([*first, *catalog.grain(table), *columns])
    among = f" WHERE {day} IN UNNEST(@dates)" if day and of_dates else ""
    return f"SELECT {', '.join(columns)} FROM {name}{among} ORDER BY {', '.join(order)}"


NULL_KEY = "NULL"
"""How evidence names a part of a key that is not there."""


def evidence(processor: Processor, staged: str, condition: str, limit: int) -> str:
    """Up to `limit` keys of the staged rows of @date that break a condition."""
    contract = processor.contract
    columns = ", ".join(keys(contract))
    return (
        f"SELECT {columns} FROM {staged} WHERE {contract.date_column} = @date AND ({condition}) "
        f"ORDER BY {columns} LIMIT {limit}"
    )


def key_evidence(processor: Processor, staged: str, names: Names, check: str, limit: int) -> str:
    """Up to `limit` keys of @date that are missing,
    unexpected or there more than once in the staged rows."""
    contract = processor.contract
    columns = ", ".join(keys(contract))
    wanted = (
        f"SELECT {columns} FROM ({expected_keys(contract, names)}) AS expected_keys WHERE "
        "as_of = @date"
    )
    found = f"SELECT {columns} FROM {staged} WHERE {contract.date_column} = @date"
    body = {
        "missing_keys": f"{wanted} EXCEPT DISTINCT {found}",
        "unexpected_keys": f"{found} EXCEPT DISTINCT {wanted}",
        "duplicate_keys": f"{found} GROUP BY {columns} HAVING COUNT(*) > 1",
    }[check]
    return f"SELECT {columns} FROM ({body}) AS breaking ORDER BY {columns} LIMIT {limit}"


def check(sql: str, processor: Processor, names: Names) -> exp.Expr:
    """A check's query bound to one table: `judged` is its rows on @dates,
    `expected` its keys due on @due.

    Both carry the date as `as_of`; every other table goes by its warehouse name.
    """
    contract = processor.contract
    columns = ", ".join(["as_of", "season", *keys(contract)])
    relation = names(expected_relation(contract.expected))
    bound = {
        "judged": f"SELECT *, {contract.date_column} AS as_of FROM {names(processor.name)} "
        f"WHERE {contract.date_column} IN UNNEST(@dates)",
        "expected": f"SELECT {columns} FROM {relation} "
        f"WHERE {_limit(contract.expected)} AND as_of IN UNNEST(@due)",
    }
    tree = sqlglot.parse_one(sql, read="bigquery")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        if table.name in bound:
            relation_tree = sqlglot.parse_one(bound[table.name], read="bigquery")
            assert isinstance(relation_tree, exp.Query)
            table.replace(relation_tree.subquery(table.alias_or_name))
        elif table.name not in own and not table.db:
            aliased = exp.to_table(names(table.name), dialect="bigquery")
            table.replace(exp.alias_(aliased, table.alias_or_name, table=True))
    return tree
