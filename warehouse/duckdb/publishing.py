"""Compute, audit, publish: one batch in one transaction, nothing half-made ever visible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import NoReturn, Protocol

from core.counted import counted
from core.errors import PermanentWarehouseError
from planning.batches import Batch
from planning.cells import cell_state
from planning.ledger import Record, Run
from processors.catalog import Processor
from processors.contract import Column
from warehouse import statements
from warehouse.auditing import (
    EVIDENCE_KEYS,
    Breaches,
    Breaking,
    batch_entry,
    evidence_rows,
    find_breaches,
    require_own_dates,
)
from warehouse.bookkeeping import QUARANTINE
from warehouse.duckdb.auditing import Audit, Audited
from warehouse.duckdb.engine import parameters_of, parsed, transaction
from warehouse.duckdb.store import DuckDBStore
from warehouse.ledger import Ledger
from warehouse.protocol import BatchResult, Told
from warehouse.store import Row, batch_parameters


class Publisher(Protocol):
    """What a publication asks of the warehouse that it is for."""

    def algorithm(self, columns: Sequence[Column]) -> str:
        """The name of the hashing of these columns."""

    def now(self) -> datetime:
        """The ledger's clock, which never runs backwards."""


@dataclass(frozen=True)
class Publication:
    """One batch on its way: the store whose cursor holds its transaction,
    the warehouse, who asked for it, and what its commit is made in."""

    store: DuckDBStore
    warehouse: Publisher
    batch: Batch
    by: Run
    committing: Callable[[], AbstractContextManager[None]]

    @property
    def processor(self) -> Processor:
        """The recipe of the table."""
        return self.store.texts.catalog[self.batch.table]

    def run(self) -> BatchResult:
        """Publish the dates that keep their contract, quarantine the others.

        The rows are computed in their place and audited there, where nobody else sees them before
        the commit; rows are counted, and their content hashed, as the table holds them.
        """
        started = self.warehouse.now()
        with transaction(self.store.cursor, self.committing):
            inserted = self._replace()
            audited = self.audit()
            if audited.rows != inserted:
                self._refuse_other_dates(inserted - audited.rows)
            breaches = find_breaches(audited.counts, self._find_keys)
            self._take_back(list(breaches))
            self._quarantine(breaches)
            records = self._record(audited, breaches, started)
        good = [day for day in self.batch.dates if day not in breaches]
        rows = {day: records[day].content.rows for day in good}
        return BatchResult(rows, breaches, self._told(audited, breaches, records))

    def audit(self) -> Audited:
        """What the table holds on the dates of the batch, and what breaks its contract."""
        algorithm = self.warehouse.algorithm(self.processor.contract.columns)
        audit = Audit(self.store, self.processor, self.batch.dates, algorithm)
        return audit.run()

    def _replace(self) -> int:
        """Put what the query gives in the place of the batch's rows; how many those are."""
        self._delete(self.batch.dates)
        query = self.store.texts.query(self.batch.table)
        columns = ", ".join(self.processor.contract.column_names)
        sql = f"INSERT INTO {self._table} ({columns}) SELECT {columns} FROM ({query})"
        given = parameters_of(query, batch_parameters(self.batch))
        self.store.cursor.execute(parsed(sql), given)
        ((inserted,),) = self.store.cursor.fetchall()
        return int(inserted)

    @property
    def _table(self) -> str:
        return self.store.name(self.batch.table)

    def _delete(self, dates: Sequence[date]) -> None:
        among = f"{self.processor.contract.date_column} IN (SELECT UNNEST($dates))"
        sql = f"DELETE FROM {self._table} WHERE {among}"
        self.store.cursor.execute(sql, {"dates": list(dates)})

    def _refuse_other_dates(self, strays: int) -> NoReturn:
        """Raise PermanentWarehouseError for rows that the query gave of dates outside its batch."""
        query = self.store.texts.query(self.batch.table)
        day = self.processor.contract.date_column
        sql = (
            f"SELECT {day} AS as_of, COUNT(*) AS row_count FROM ({query}) GROUP BY ALL"
        )
        given = batch_parameters(self.batch)
        require_own_dates(self.batch, self.store.ask("audit", sql, **given))
        raise PermanentWarehouseError(
            f"{self.batch.table}: the query gave {counted(strays, 'row')} more than the table "
            "holds on the dates of its batch, and none of another date when it ran again"
        )

    def _find_keys(self, breaking: Breaking) -> list[Row]:
        sql = statements.breaking_keys(
            self.processor, self._table, self.store.name, breaking, EVIDENCE_KEYS
        )
        return self.store.rows("evidence", sql)

    def _told(
        self, audited: Audited, breaches: Breaches, records: Mapping[date, Record]
    ) -> dict[date, Told]:
        """What is known of each cell now; one that was held back lacks every key."""
        told: dict[date, Told] = {}
        for day, record in records.items():
            state = audited.states.get(day)
            if state and day in breaches:
                lacking = cell_state(state.expected, 0, missing=state.expected)
                state = lacking if state.expected else None
            told[day] = Told(record, state)
        return told

    def _take_back(self, dates: Sequence[date]) -> None:
        """Remove the rows of dates that break their contract."""
        if dates:
            self._delete(dates)

    def _record(
        self, audited: Audited, breaches: Breaches, started: datetime
    ) -> dict[date, Record]:
        """One entry per date, each following the last of its cell; the records then."""
        batch = self.batch
        entries = []
        for day in batch.dates:
            content, state = audited.contents.get(day), audited.states.get(day)
            expected = state.expected if state else None
            broken = breaches.get(day, ())
            entry = batch_entry(batch, day, content, expected, broken, started)
            entries.append(entry)
        ledger, at = Ledger(self.store), self.warehouse.now()
        records = ledger.append_next(batch.table, entries, self.by, at)
        return {day: record for day, record in records.items() if day}

    def _quarantine(self, breaches: Breaches) -> None:
        """The evidence of the batch's dates is that of their last computation."""
        table = self.batch.table
        self.store.cursor.execute(
            f"DELETE FROM {QUARANTINE.path} WHERE table_name = $table AND cell_date IN "
            "(SELECT UNNEST($dates))",
            {"table": table, "dates": list(self.batch.dates)},
        )
        rows = evidence_rows(table, breaches, self.by.run_id, self.warehouse.now())
        self.store.add(QUARANTINE, rows)
