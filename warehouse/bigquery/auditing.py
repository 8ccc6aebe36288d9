"""The audit of a staged batch: what breaks its contract,
what its cells hold, what was known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.errors import PermanentWarehouseError
from planning.batches import Batch
from planning.cells import Breach
from planning.ledger import Content, Record
from processors.conditions import conditions
from warehouse.bigquery import fingerprint, ledger
from warehouse.bigquery.names import quoted
from warehouse.bigquery.texts import Texts
from warehouse.bigquery.work import Row
from warehouse.protocol import cell_states

EVIDENCE_KEYS = 20
AT_ONCE = 100
"""Breaches whose keys are looked for by one statement, far below what its text may hold."""

Breaches = Mapping[date, tuple[Breach, ...]]
Ask = Callable[[str, str, Mapping[str, Any]], list[Row]]
"""Step, statement and parameters -> rows; asked anew each time."""


@dataclass
class Audited:
    """What the audit said of a batch, by date."""

    breaches: Breaches = field(default_factory=dict)
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
        given = {**self.given, "table": table}
        rows = self.ask("audit", self.texts.audit(table, self.stage), given)
        self._demand_own_dates(rows)
        columns = self.texts.catalog.columns(table)
        return Audited(
            breaches=self._breaches(rows),
            contents={r["as_of"]: fingerprint.content(r, columns) for r in rows if r["row_count"]},
            expected={r["as_of"]: r["expected"] or 0 for r in rows},
            known={r["as_of"]: ledger.known_record(table, r["as_of"], r) for r in rows},
        )

    def _demand_own_dates(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            if row["as_of"] not in self.batch.dates:
                raise PermanentWarehouseError(
                    f"{self.batch.table}: the query gave {row['row_count'] or 'some'} rows of "
                    f"{row['as_of']}, a date outside its batch; select `as_of` as the date column"
                )

    def _breaches(self, rows: Sequence[Mapping[str, Any]]) -> Breaches:
        """Date -> breaches of its contract, with up to 20 breaking keys each;
        empty when all is well."""
        counted = {row["as_of"]: {c: n for c, n in self._counts(row).items() if n} for row in rows}
        breaking = [(day, check) for day in sorted(counted) for check in counted[day]]
        keys = self._keys(breaking)
        return {
            day: tuple(
                Breach(c, number, keys.get((day, c), ())) for c, number in counted[day].items()
            )
            for day in sorted(counted)
            if counted[day]
        }

    def _counts(self, row: Mapping[str, Any]) -> dict[str, int]:
        """Check -> how many rows or keys of the date break it."""
        numbers = {n: row[n] or 0 for n in ("expected", "present", "missing", "unexpected")}
        cell = cell_states([{"as_of": row["as_of"], **numbers}])[row["as_of"]]
        checks = conditions(self.texts.catalog[self.batch.table].contract)
        return {
            "missing_keys": cell.missing,
            "unexpected_keys": cell.unexpected,
            "duplicate_keys": cell.duplicates,
            "orphans": row["orphans"] or 0,
            **{name: row[f"check_{i}"] or 0 for i, name in enumerate(checks)},
        }

    def _keys(
        self, breaking: Sequence[tuple[date, str]]
    ) -> dict[tuple[date, str], tuple[str, ...]]:
        found: dict[tuple[date, str], tuple[str, ...]] = {}
        for i in range(0, len(breaking), AT_ONCE):
            some = breaking[i : i + AT_ONCE]
            sql = self.texts.evidence(self.batch.table, quoted(self.stage), some, EVIDENCE_KEYS)
            for row in self.ask("evidence", sql, {}):
                cell = row["as_of"], row["check_name"]
                found[cell] = (*found.get(cell, ()), row["breaking_key"])
        return {cell: tuple(sorted(keys)) for cell, keys in found.items()}
