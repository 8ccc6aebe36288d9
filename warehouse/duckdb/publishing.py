"""Stage, audit, publish: one batch on one cursor, nothing half-made ever visible."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlglot

from fullcourt.errors import PermanentWarehouseError
from planning.batches import Batch
from planning.cells import Breach
from processors.catalog import Processor
from warehouse import statements
from warehouse.dialect import to_duckdb
from warehouse.duckdb.engine import Cursor, fetched, transaction, used
from warehouse.protocol import BatchResult, cell_states

EVIDENCE_KEYS = 20
Breaches = Mapping[date, tuple[Breach, ...]]


@dataclass(frozen=True)
class Publication:
    """One batch on its way: the cursor that owns its staged rows, its table, names and statement texts."""

    cursor: Cursor
    processor: Processor
    batch: Batch
    names: Callable[[str], str]
    text: Callable[[str, str], str]

    @property
    def stage(self) -> str:
        """The temporary table of the staged rows."""
        return stage_name(self.processor)

    def run(self, run_id: str) -> BatchResult:
        """Publish the dates that keep their contract, quarantine the others."""
        sql = self.text("stage", self.batch.table)
        self.cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.stage} AS {sql}", used(sql, parameters(self.batch))
        )
        try:
            breaches = self.audit()
            return BatchResult(self.publish(breaches, run_id), breaches)
        finally:
            self.cursor.execute(f"DROP TABLE IF EXISTS {self.stage}")

    def audit(self) -> Breaches:
        """Date -> breaches of its contract, with up to 20 breaking keys each; empty when all is well."""
        counted: dict[date, dict[str, int]] = {}
        for day, broken in [*self._key_counts(), *self._row_counts()]:
            counted.setdefault(day, {}).update({check: number for check, number in broken.items() if number})
        return {
            day: tuple(Breach(check, number, self._evidence(day, check)) for check, number in broken.items())
            for day, broken in counted.items()
            if broken
        }

    def _key_counts(self) -> Iterable[tuple[date, dict[str, int]]]:
        sql = self.text("staged_state", self.batch.table)
        for day, cell in cell_states(fetched(self.cursor, sql, parameters(self.batch))).items():
            yield (
                day,
                {
                    "missing_keys": cell.missing,
                    "unexpected_keys": cell.unexpected,
                    "duplicate_keys": cell.duplicates,
                },
            )

    def _row_counts(self) -> Iterable[tuple[date, dict[str, int]]]:
        broken = 0
        for row in fetched(self.cursor, self.text("screen", self.batch.table), {}):
            broken += row["broken_rows"]
            if row["as_of"] not in self.batch.dates:
                raise PermanentWarehouseError(
                    f"{self.batch.table}: the query gave {row['row_count']} rows of {row['as_of']}, "
                    "a date outside its batch; select `as_of` as the date column"
                )
        if not broken:
            return
        names = list(statements.checks(self.processor.contract))
        for row in fetched(self.cursor, self.text("audit", self.batch.table), {}):
            counts = {name: int(row[f"check_{i}"]) for i, name in enumerate(names)}
            yield row["as_of"], {"orphans": int(row["orphans"]), **counts}

    def _evidence(self, day: date, check: str) -> tuple[str, ...]:
        if check.endswith("_keys"):
            sql = statements.key_evidence(self.processor, self.stage, self.names, check, EVIDENCE_KEYS)
        else:
            orphan = f"game_id NOT IN (SELECT game_id FROM {self.names('schedule')} WHERE game_date = @date)"
            condition = orphan if check == "orphans" else statements.checks(self.processor.contract)[check]
            sql = statements.evidence(self.processor, self.stage, condition, EVIDENCE_KEYS)
        rows = fetched(self.cursor, to_duckdb(sqlglot.parse_one(sql, read="bigquery")), {"date": day})
        return tuple("/".join(str(value) for value in row.values()) for row in rows)

    def publish(self, breaches: Breaches, run_id: str) -> dict[date, int]:
        """Replace the batch's rows by those of its good dates, atomically; rows read back per date."""
        table, column = self.names(self.batch.table), self.processor.contract.date_column
        columns = ", ".join(c.name for c in self.processor.contract.columns)
        among = f"WHERE {column} IN (SELECT UNNEST($dates))"
        good = {"dates": [d for d in self.batch.dates if d not in breaches]}
        with transaction(self.cursor):
            self.cursor.execute(f"DELETE FROM {table} {among}", {"dates": list(self.batch.dates)})
            self.cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {self.stage} {among}", good
            )
            self._quarantine(breaches, run_id)
            read_back = (
                f"SELECT {column} AS as_of, COUNT(*) AS row_count FROM {table} {among} GROUP BY {column}"
            )
            counted = fetched(self.cursor, read_back, good)
        return {row["as_of"]: int(row["row_count"]) for row in counted}

    def _quarantine(self, breaches: Breaches, run_id: str) -> None:
        """The evidence of the batch's dates is that of their last computation."""
        self.cursor.execute(
            "DELETE FROM nba_backfill.quarantine "
            "WHERE table_name = $table AND cell_date IN (SELECT UNNEST($dates))",
            {"table": self.batch.table, "dates": list(self.batch.dates)},
        )
        for day, broken in breaches.items():
            for breach in broken:
                self.cursor.execute(
                    "INSERT INTO nba_backfill.quarantine VALUES (?, ?, ?, ?, ?, ?)",
                    [self.batch.table, day, breach.check, breach.count, json.dumps(breach.keys), run_id],
                )


def parameters(batch: Batch) -> dict[str, Any]:
    """The parameters of a bound statement."""
    return {
        "dates": list(batch.dates),
        "season": batch.season,
        "season_start": batch.season_start,
        "first": batch.dates[0],
        "last": batch.dates[-1],
    }


def stage_name(processor: Processor) -> str:
    """The temporary table that holds a processor's staged rows on its cursor."""
    return f"stage_{processor.name}"
