"""How the cells of a table stand, as far as the numbers and hashes of their keys tell.

Where a date holds as many keys as expected, and the sums of their hashes agree, they are the same
keys. To compare them one by one takes four times as long, and is left for the other dates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from core.dates import same_day
from planning.cells import CellState, cell_state
from processors.contract import Contract
from warehouse.duckdb.contents import digest_of
from warehouse.duckdb.engine import Cursor, fetch_rows
from warehouse.statements import Names, expected_keys, expected_relation, keys
from warehouse.store import Row

WITHOUT_TWINS = ("box_scores", "player_history", "qualified_teams")
"""The relations that hold a key once, whatever the raw tables hold."""


@dataclass(frozen=True)
class StatesByHash:
    """The states that hashes tell of, the dates whose keys are to be compared, and whether there
    are rows without a date."""

    told: dict[date, CellState]
    unlike: list[date]
    has_rows_without_date: bool


def tells_by_hash(contract: Contract) -> bool:
    """Whether hashes can tell how a table's cells stand: two rows of one key would count as one
    that is missing and another that is not expected."""
    return expected_relation(contract.expected) in WITHOUT_TWINS


def states_by_hash(
    cursor: Cursor,
    name: str,
    contract: Contract,
    names: Names,
    dates: Collection[date] | None = None,
) -> StatesByHash:
    """How the cells of a table stand that have rows or should have rows; with `dates`, those
    alone."""
    given = {} if dates is None else {"dates": list(dates)}
    sql = states_sql(name, contract, names, of_dates=dates is not None)
    return states_of(fetch_rows(cursor, sql, given))


def states_of(rows: Iterable[Row]) -> StatesByHash:
    """What the rows of `states_sql` say."""
    told: dict[date, CellState] = {}
    unlike: list[date] = []
    has_rows_without_date = False
    for row in rows:
        expected, present = row["expected"], row["present"]
        day = same_day(row["as_of"])
        if day is None:
            has_rows_without_date = True
        elif not present:
            told[day] = cell_state(expected, 0, missing=expected)
        elif present == expected and row["is_same"]:
            told[day] = cell_state(expected, present)
        else:
            unlike.append(day)
    return StatesByHash(told, unlike, has_rows_without_date)


def states_sql(
    rows: str,
    contract: Contract,
    names: Names,
    of_dates: bool,
    measures: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Per date: keys expected, rows present, and whether the sums of their hashes agree; with
    `of_dates`, of $dates.

    `rows`: a table, or a SELECT in brackets. `measures`: what else is measured of a date's rows,
    column -> expression; NULL where there are no rows.
    """
    day, digest = contract.date_column, digest_of(keys(contract))
    listed = "IN (SELECT UNNEST($dates))"
    among = f"WHERE {day} {listed}" if of_dates else ""
    expected_among = f"AND as_of {listed}" if of_dates else ""
    measured = "".join(f", {sql} AS {name}" for name, sql in measures.items())
    given_on = "".join(f", found.{name}" for name in measures)
    return f"""
WITH wanted AS ({expected_keys(contract, names)} {expected_among}),
expected AS (
  SELECT as_of, COUNT(*) AS number, {digest} AS digest FROM wanted GROUP BY as_of
),
found AS (
  SELECT {day} AS as_of, COUNT(*) AS number, {digest} AS digest{measured}
  FROM {rows} {among} GROUP BY {day}
)
SELECT
  COALESCE(found.as_of, expected.as_of) AS as_of,
  COALESCE(expected.number, 0) AS expected,
  COALESCE(found.number, 0) AS present,
  found.digest = expected.digest AS is_same{given_on}
FROM found FULL OUTER JOIN expected ON found.as_of = expected.as_of
"""
