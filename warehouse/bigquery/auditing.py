"""The audit of a staged batch on BigQuery: one statement says what breaks its contract, what its
cells hold, and what was known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planning.batches import Batch
from planning.ledger import Content, Record
from warehouse import statements
from warehouse.auditing import (
    EVIDENCE_KEYS,
    Breaches,
    Breaking,
    broken_keys,
    broken_rows,
    find_breaches,
    require_own_dates,
)
from warehouse.bigquery import fingerprint, ledger
from warehouse.bigquery.names import quoted
from warehouse.bigquery.texts import Texts
from warehouse.protocol import cell_states
from warehouse.store import Row

Ask = Callable[[str, str, Mapping[str, Any]], list[Row]]
"""Step, statement and parameters -> rows; asked anew each time."""
STATE = ("expected", "present", "missing", "unexpected")


@dataclass
class Audited:
    """What the audit said of a batch, by date."""

    breaches: Breaches
    contents: dict[date, Content] = field(default_factory=dict)
    expected: dict[date, int] = field(default_factory=dict)
    known: dict[date, Record | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Audit:
    """The audit of one batch, whose staged rows are in the table `stage`;
    `given` are its parameters."""

    texts: Texts
    batch: Batch
    stage: str
    given: Mapping[str, Any]
    ask: Ask

    def run(self) -> Audited:
        """Breaches, contents and what the ledger knows, by date; read anew at every try."""
        table = self.batch.table
        sql = self.texts.audit(table, self.stage)
        rows = self.ask("audit", sql, {**self.given, "table": table})
        require_own_dates(self.batch, rows)
        counts = {row["as_of"]: self._counts(row) for row in rows}
        columns = self.texts.catalog.columns(table)
        audited = Audited(find_breaches(counts, self._find_keys))
        for row in rows:
            day = row["as_of"]
            audited.expected[day] = row["expected"] or 0
            audited.known[day] = ledger.record_of(table, day, row)
            if row["row_count"]:
                audited.contents[day] = fingerprint.content(row, columns)
        return audited

    def _counts(self, row: Row) -> dict[str, int]:
        """Check -> how many rows or keys of the date break it."""
        numbers = {name: row[name] or 0 for name in STATE}
        (cell,) = cell_states([{"as_of": row["as_of"], **numbers}]).values()
        contract = self.texts.catalog[self.batch.table].contract
        return broken_keys(cell) | broken_rows(row, contract)

    def _find_keys(self, breaking: Breaking) -> list[Row]:
        processor = self.texts.catalog[self.batch.table]
        rows, names = quoted(self.stage), self.texts.names
        sql = statements.breaking_keys(processor, rows, names, breaking, EVIDENCE_KEYS)
        return self.ask("evidence", sql, {})
