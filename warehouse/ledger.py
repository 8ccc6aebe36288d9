"""The ledger: its rows as entries and back, and what is asked of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from core.dates import same_day
from planning.cells import Outcome
from planning.eta import Finished
from planning.ledger import (
    Content,
    Entry,
    Record,
    Run,
    following,
    next_record,
    records,
)
from warehouse.bookkeeping import LEDGER
from warehouse.store import Array, Row, Store, texts

COLUMNS = ", ".join(column.name for column in LEDGER.columns)
LATEST_FIRST = "ORDER BY finished_at DESC, run_id DESC, attempt DESC"
_SAME_NAME = (
    "expected",
    "changed_at",
    "run_id",
    "attempt",
    "started_at",
    "finished_at",
    "bytes",
    "code_version",
    "error_class",
    "error_message",
)
"""Columns that are called as the field of an entry is."""
_in_order = itemgetter(*(column.name for column in LEDGER.columns))
"""A row's values; those from `changed_at` on are the last fields of an entry, in their order."""
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


@dataclass(frozen=True)
class Ledger:
    """The ledger in one store. Entries are added, never changed or taken away."""

    store: Store

    def append(self, entries: Iterable[Entry]) -> None:
        """Add entries as they are."""
        rows = list(map(entry_row, entries))
        if rows:
            self.store.add(LEDGER, rows)

    def append_next(
        self, table: str, entries: Sequence[Entry], by: Run, at: datetime
    ) -> dict[date | None, Record]:
        """Add entries of one table's cells, each as the next of its cell; date -> record then."""
        days = [entry.day for entry in entries if entry.day]
        known = self.last([table], days)[table]
        found: dict[date | None, Record] = {}
        for entry in entries:
            before = known.get(entry.day)
            found[entry.day] = next_record(following(entry, before, by, at), before)
        self.append(record.last for record in found.values())
        return found

    def last(
        self, tables: Collection[str], dates: Collection[date] | None = None
    ) -> dict[str, dict[date | None, Record]]:
        """Table -> date -> record, of all cells of these tables or those of some dates;
        a table never heard of has none."""
        given = {"tables": texts([*tables])}
        if dates is not None:
            given["dates"] = Array("DATE", list(dates))
        sql = self._last_sql(of_dates=dates is not None)
        (about,) = tables if len(tables) == 1 else ("",)
        rows = self.store.each_row("records", sql, about=about, **given)
        once = Once()
        found = records(entry_of(row, once) for row in rows)
        return {table: found.get(table, {}) for table in tables}

    def _last_sql(self, of_dates: bool) -> str:
        """The last entry of every cell, and the last that did not fail."""
        among = "AND cell_date IN UNNEST(@dates) " if of_dates else ""
        return (
            f"SELECT {COLUMNS} FROM {self.store.name('ledger')} WHERE table_name IN "
            f"UNNEST(@tables) {among}QUALIFY ROW_NUMBER() OVER (PARTITION BY table_name, "
            f"cell_date, outcome = 'failed' {LATEST_FIRST}) = 1"
        )

    def of_cell(self, table: str, day: date | None) -> list[Entry]:
        """Every entry of one cell, the earliest first."""
        same_day = "cell_date = @day" if day else "cell_date IS NULL"
        sql = (
            f"SELECT {COLUMNS} FROM {self.store.name('ledger')} WHERE table_name = @table "
            f"AND {same_day} ORDER BY finished_at, run_id, attempt"
        )
        given: dict[str, Any] = {"table": table}
        if day:
            given["day"] = day
        once = Once()
        rows = self.store.rows("entries", sql, about=table, **given)
        return [entry_of(row, once) for row in rows]

    def finished_batches(self, tables: Sequence[str], limit: int) -> list[Finished]:
        """The last batches of these tables of which cells were published, the latest first."""
        sql = (
            "SELECT table_name, SUM(row_count) AS row_count, run_id, started_at, MAX(finished_at) "
            f"AS finished_at FROM {self.store.name('ledger')} WHERE outcome = 'done' AND "
            "table_name IN UNNEST(@tables) GROUP BY table_name, run_id, started_at "
            f"ORDER BY finished_at DESC, table_name LIMIT {int(limit)}"
        )
        rows = self.store.rows("history", sql, tables=texts(tables))
        return list(map(_batch_of, rows))


def entry_row(entry: Entry) -> Row:
    """An entry as a row of the ledger."""
    row = {name: getattr(entry, name) for name in _SAME_NAME}
    return row | {
        "table_name": entry.table,
        "cell_date": entry.day,
        "outcome": entry.outcome.value,
        "row_count": entry.content.rows,
        "input_fingerprint": entry.inputs,
        "code_fingerprint": entry.code,
        "output_fingerprint": entry.content.fingerprint or None,
        "digest": entry.digest or None,
    }


class Once(dict[Any, Any]):
    """Values that many entries share (times, runs, codes), of which each is held once: a row's own
    are twice the memory of its entry."""

    def __missing__(self, value: Any) -> Any:
        self[value] = value
        return value


def entry_of(row: Mapping[str, Any], once: Once) -> Entry:
    """An entry from its row of the ledger."""
    table, day, outcome, rows, expected, inputs, code, output, digest, *rest = (
        _in_order(row)
    )
    content = Content(rows, output or "")
    named = content.fingerprint if digest == output else digest
    shared = map(once.__getitem__, rest)
    return Entry(
        once[table],
        same_day(day),
        _OUTCOMES[outcome],
        content,
        expected,
        inputs,
        once[code],
        named or "",
        *shared,
    )


def _batch_of(row: Mapping[str, Any]) -> Finished:
    return Finished(
        table=row["table_name"],
        rows=int(row["row_count"]),
        run_id=row["run_id"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )
