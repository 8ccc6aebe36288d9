"""What bookkeeping asks of an engine: statements run, rows added. SQL is BigQuery's here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from planning.batches import Batch
from warehouse.schema import TableSpec

Row = dict[str, Any]
FIRST_DATE = "1900-01-01"
EVERY_DATE = f"game_date >= DATE '{FIRST_DATE}'"
"""The partition filter of a statement that means all dates of a raw table."""


@dataclass(frozen=True)
class Array:
    """A parameter that is an array of scalars of one type; empty ones have a type too."""

    type: str
    values: Sequence[Any]


def texts(values: Sequence[str]) -> Array:
    """A parameter that is an array of texts."""
    return Array("STRING", list(values))


class Store(Protocol):
    """The bookkeeping and the raw tables of one warehouse, inside a transaction where the engine
    has any.

    `step` names a statement in errors and on a bill, `about` the table that it concerns; other
    keywords are parameters of the statement.
    """

    def name(self, table: str) -> str:
        """A raw, computed or expected table, or one of bookkeeping, as SQL names it."""

    def whole(self, table: str) -> str:
        """All of a raw table, in FROM."""

    def ask(
        self, step: str, text: str, /, *, about: str = "", **given: Any
    ) -> list[Row]:
        """The rows of a statement in the engine's own SQL."""

    def rows(
        self, step: str, sql: str, /, *, about: str = "", **given: Any
    ) -> list[Row]:
        """The rows of a statement."""

    def each_row(
        self, step: str, sql: str, /, *, about: str = "", **given: Any
    ) -> Iterator[Row]:
        """The rows of a statement, one after the other: for many, of which little is kept."""

    def arrow(
        self, step: str, sql: str, /, *, about: str, schema: Any = None, **given: Any
    ) -> Any:
        """The rows of a statement over one table, as a pyarrow Table of a schema; without one, of
        the raw table's own."""

    def change(self, step: str, table: str, sql: str, /, **given: Any) -> int:
        """Run an UPDATE or a DELETE on a table; rows touched."""

    def add(self, table: TableSpec, rows: Sequence[Row]) -> None:
        """Append rows to a table of bookkeeping."""


def dates_given(dates: Collection[date]) -> dict[str, Any]:
    """The parameters of a statement on some dates: @dates, from @first to @last."""
    days = sorted(dates)
    return {"dates": Array("DATE", days), "first": days[0], "last": days[-1]}


def batch_parameters(batch: Batch) -> dict[str, Any]:
    """The parameters of a bound statement."""
    return {
        "dates": Array("DATE", batch.dates),
        "seasons": Array("INT64", [season.year for season in batch.seasons]),
        "season_starts": Array("DATE", [season.start for season in batch.seasons]),
        "season_start": batch.season_start,
        "first": batch.dates[0],
        "last": batch.dates[-1],
    }


def used_parameters(sql: str, given: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """The parameters that a statement names, each behind the engine's mark, as plain values."""
    used: dict[str, Any] = {}
    for name, value in given.items():
        if re.search(rf"{re.escape(mark)}{name}\b", sql):
            plain = list(value.values) if isinstance(value, Array) else value
            used[name] = plain
    return used
