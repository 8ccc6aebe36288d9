"""Gather the NULLs of raw columns by month: a statement for each raw table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from processors.contract import RawContract
from reports.page.nulls import MonthOfTable
from runs.page.asking import asking
from warehouse.protocol import Warehouse

READ = ("player_box", "team_box", "shots")
"""The raw tables that are looked at: those that a source sends month by month."""


def collect_nulls(warehouse: Warehouse, dates: Sequence[date]) -> list[MonthOfTable]:
    """The NULLs of each raw table by month.

    Some hundredths of a second for two seasons in a file, and next to none when it holds what it
    held at the page before. BigQuery bills the columns that may be NULL, and at least 10 MB a
    table.
    """
    found: list[MonthOfTable] = []
    for table in READ:
        columns = nullable_columns(warehouse.catalog.raw[table])
        if columns:
            found += _months(warehouse, table, columns, dates)
    return found


def nullable_columns(contract: RawContract) -> list[str]:
    """The columns that may be NULL; a load is refused where another one is."""
    return [column.name for column in contract.columns if column.nullable]


def _months(
    warehouse: Warehouse, table: str, columns: Sequence[str], dates: Sequence[date]
) -> Iterator[MonthOfTable]:
    sql = nulls_by_month(table, columns)
    ask = asking(warehouse, table, dates)
    for row in ask(f"NULLs of {table}", sql):
        nulls = {
            column: int(row[f"nulls_{place}"]) for place, column in enumerate(columns)
        }
        yield MonthOfTable(table, row["season"], row["month"], row["row_count"], nulls)


def nulls_by_month(table: str, columns: Sequence[str]) -> str:
    """One row per season and month: row_count, and of each column its NULLs, `nulls_<place>`."""
    counted = ",\n  ".join(
        f"COUNTIF({column} IS NULL) AS nulls_{place}"
        for place, column in enumerate(columns)
    )
    return f"""SELECT
  season,
  FORMAT_DATE('%Y-%m', game_date) AS month,
  COUNT(*) AS row_count,
  {counted}
FROM {table}
WHERE game_date BETWEEN @first AND @last
GROUP BY 1, 2
ORDER BY 1, 2"""
