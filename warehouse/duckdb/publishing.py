"""Stage, audit, publish: one batch on one cursor, nothing half-made ever visible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from planning.batches import Batch
from planning.cells import CellState
from planning.ledger import Content, Record, Run
from processors.catalog import Processor
from processors.contract import Column
from warehouse import statements
from warehouse.auditing import (
    EVIDENCE_KEYS,
    Breaches,
    Breaking,
    Counts,
    batch_entry,
    broken_keys,
    broken_rows,
    evidence_rows,
    find_breaches,
    require_own_dates,
)
from warehouse.bookkeeping import QUARANTINE
from warehouse.duckdb.contents import table_contents
from warehouse.duckdb.engine import parameters_of, parsed, transaction
from warehouse.duckdb.states import states_by_hash, tells_by_hash
from warehouse.duckdb.store import DuckDBStore
from warehouse.duckdb.texts import stage_name
from warehouse.ledger import Ledger
from warehouse.protocol import BatchResult, cell_states
from warehouse.store import Row, batch_parameters


class Publisher(Protocol):
    """What a publication asks of the warehouse that it is for."""

    def algorithm(self, columns: Sequence[Column]) -> str:
        """The name of the hashing of these columns."""

    def now(self) -> datetime:
        """The ledger's clock, which never runs backwards."""


@dataclass(frozen=True)
class Publication:
    """One batch on its way: the store whose cursor owns its staged rows,
    the warehouse, who asked for it, and what its commit is made in."""

    store: DuckDBStore
    warehouse: Publisher
    batch: Batch
    by: Run
    committing: Callable[[], AbstractContextManager[None]]
    expected: dict[date, int] = field(default_factory=dict, init=False)

    @property
    def processor(self) -> Processor:
        """The recipe of the table."""
        return self.store.texts.catalog[self.batch.table]

    @property
    def stage(self) -> str:
        """The temporary table of the staged rows."""
        return stage_name(self.processor)

    def run(self) -> BatchResult:
        """Publish the dates that keep their contract, quarantine the others."""
        started, cursor = self.warehouse.now(), self.store.cursor
        query = self.store.texts.query(self.batch.table)
        given = parameters_of(query, batch_parameters(self.batch))
        stage = f"CREATE OR REPLACE TEMP TABLE {self.stage} AS {query}"
        cursor.execute(parsed(stage), given)
        try:
            breaches = find_breaches(self.audit(), self._find_keys)
            records = self.publish(breaches, started)
            good = [day for day in self.batch.dates if day not in breaches]
            rows = {day: records[day].content.rows for day in good}
            return BatchResult(rows, breaches, records)
        finally:
            cursor.execute(f"DROP TABLE IF EXISTS {self.stage}")

    def audit(self) -> Counts:
        """Date -> check -> keys or rows that break it."""
        texts, table = self.store.texts, self.batch.table
        counts: dict[date, dict[str, int]] = defaultdict(dict)
        for day, cell in self._staged_states().items():
            self.expected[day] = cell.expected
            counts[day] |= broken_keys(cell)
        screened = self.store.ask("audit", texts.screen(table))
        require_own_dates(self.batch, screened)
        if any(row["broken_rows"] for row in screened):
            for row in self.store.ask("audit", texts.audit(table)):
                counts[row["as_of"]] |= broken_rows(row, self.processor.contract)
        return counts

    def _staged_states(self) -> Mapping[date, CellState]:
        """How the staged cells stand: by hashes where those tell of every one, else key by key."""
        texts, contract = self.store.texts, self.processor.contract
        if tells_by_hash(contract):
            cursor, dates = self.store.cursor, self.batch.dates
            found = states_by_hash(cursor, self.stage, contract, texts.names, dates)
            if not found.unlike:
                return found.told
        sql = texts.staged_state(self.batch.table)
        states = self.store.ask("audit", sql, **batch_parameters(self.batch))
        return cell_states(states)

    def _find_keys(self, breaking: Breaking) -> list[Row]:
        sql = statements.breaking_keys(
            self.processor, self.stage, self.store.name, breaking, EVIDENCE_KEYS
        )
        return self.store.rows("evidence", sql)

    def publish(self, breaches: Breaches, started: datetime) -> dict[date, Record]:
        """Replace the batch's rows by those of its good dates
        and put every date on record, atomically; the records.

        Rows are counted, and their content hashed, as read back from the table.
        """
        good = [day for day in self.batch.dates if day not in breaches]
        with transaction(self.store.cursor, self.committing):
            self._replace(good)
            self._quarantine(breaches)
            published = self._read_back(good)
            return self._record(published, breaches, started)

    def _replace(self, good: Sequence[date]) -> None:
        table, contract = self.store.name(self.batch.table), self.processor.contract
        columns = ", ".join(column.name for column in contract.columns)
        among = f"WHERE {contract.date_column} IN (SELECT UNNEST($dates))"
        cursor = self.store.cursor
        cursor.execute(
            f"DELETE FROM {table} {among}", {"dates": list(self.batch.dates)}
        )
        staged = f"SELECT {columns} FROM {self.stage}"
        given: dict[str, list[date]] = {}
        if len(good) < len(self.batch.dates):
            # Nearly always all are good: looking up each row's date costs a tenth of its insert.
            staged += f" {among}"
            given["dates"] = list(good)
        cursor.execute(f"INSERT INTO {table} ({columns}) {staged}", given)

    def _read_back(self, dates: Sequence[date]) -> Mapping[date | None, Content]:
        name, contract = self.store.name(self.batch.table), self.processor.contract
        columns = contract.columns
        algorithm = self.warehouse.algorithm(columns)
        return table_contents(
            self.store.cursor, name, contract.date_column, columns, algorithm, dates
        )

    def _record(
        self,
        published: Mapping[date | None, Content],
        breaches: Breaches,
        started: datetime,
    ) -> dict[date, Record]:
        """One entry per date, each following the last of its cell; the records then."""
        batch = self.batch
        entries = []
        for day in batch.dates:
            content, expected = published.get(day), self.expected.get(day)
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
