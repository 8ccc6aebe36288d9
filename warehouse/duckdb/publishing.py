"""Stage, audit, publish: one batch on one cursor, nothing half-made ever visible."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

import sqlglot

from core.errors import PermanentWarehouseError
from planning.batches import Batch
from planning.cells import Breach, Outcome
from planning.ledger import NOTHING, Content, Entry, Run, following
from processors.catalog import Catalog, Processor
from processors.conditions import conditions
from processors.contract import Column
from warehouse import statements
from warehouse.dialect import to_duckdb
from warehouse.duckdb import ledger
from warehouse.duckdb.engine import Cursor, fetched, transaction, used
from warehouse.protocol import BatchResult, cell_states

EVIDENCE_KEYS = 20
Breaches = Mapping[date, tuple[Breach, ...]]


class House(Protocol):
    """What a publication asks of the warehouse that it is for."""

    catalog: Catalog

    def names(self, table: str) -> str:
        """The qualified name of a table."""

    def text(self, kind: str, table: str) -> str:
        """The statement of that kind for a table."""

    def algorithm(self, columns: Sequence[Column]) -> str:
        """The name of the hashing of these columns."""

    def now(self) -> datetime:
        """The ledger's clock, which never runs backwards."""


@dataclass(frozen=True)
class Publication:
    """One batch on its way: the cursor that owns its staged rows,
    the warehouse, who asked for it."""

    cursor: Cursor
    house: House
    batch: Batch
    by: Run
    expected: dict[date, int] = field(default_factory=dict, init=False)

    @property
    def processor(self) -> Processor:
        """The recipe of the table."""
        return self.house.catalog[self.batch.table]

    @property
    def stage(self) -> str:
        """The temporary table of the staged rows."""
        return stage_name(self.processor)

    def run(self) -> BatchResult:
        """Publish the dates that keep their contract, quarantine the others."""
        started = self.house.now()
        sql = self.house.text("stage", self.batch.table)
        self.cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.stage} AS {sql}", used(sql, parameters(self.batch))
        )
        try:
            breaches = self.audit()
            return BatchResult(self.publish(breaches, started), breaches)
        finally:
            self.cursor.execute(f"DROP TABLE IF EXISTS {self.stage}")

    def audit(self) -> Breaches:
        """Date -> breaches of its contract, with up to 20 breaking keys each;
        empty when all is well."""
        counted: dict[date, dict[str, int]] = {}
        for day, broken in [*self._key_counts(), *self._row_counts()]:
            counted.setdefault(day, {}).update(
                {check: number for check, number in broken.items() if number}
            )
        return {
            day: tuple(
                Breach(check, number, self._evidence(day, check))
                for check, number in broken.items()
            )
            for day, broken in counted.items()
            if broken
        }

    def _key_counts(self) -> Iterable[tuple[date, dict[str, int]]]:
        sql = self.house.text("staged_state", self.batch.table)
        for day, cell in cell_states(fetched(self.cursor, sql, parameters(self.batch))).items():
            self.expected[day] = cell.expected
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
        for row in fetched(self.cursor, self.house.text("screen", self.batch.table), {}):
            broken += row["broken_rows"]
            if row["as_of"] not in self.batch.dates:
                raise PermanentWarehouseError(
                    f"{self.batch.table}: the query gave {row['row_count']} rows of "
                    f"{row['as_of']}, a date outside its batch; select `as_of` as the date column"
                )
        if not broken:
            return
        names = list(conditions(self.processor.contract))
        for row in fetched(self.cursor, self.house.text("audit", self.batch.table), {}):
            counts = {name: int(row[f"check_{i}"]) for i, name in enumerate(names)}
            yield row["as_of"], {"orphans": int(row["orphans"]), **counts}

    def _evidence(self, day: date, check: str) -> tuple[str, ...]:
        if check.endswith("_keys"):
            sql = statements.key_evidence(
                self.processor, self.stage, self.house.names, check, EVIDENCE_KEYS
            )
        else:
            orphan = (
                f"game_id NOT IN (SELECT game_id FROM {self.house.names('schedule')} WHERE "
                "game_date = @date)"
            )
            condition = orphan if check == "orphans" else conditions(self.processor.contract)[check]
            sql = statements.evidence(self.processor, self.stage, condition, EVIDENCE_KEYS)
        rows = fetched(
            self.cursor, to_duckdb(sqlglot.parse_one(sql, read="bigquery")), {"date": day}
        )
        return tuple(sorted("/".join(map(spelled_key, row.values())) for row in rows))

    def publish(self, breaches: Breaches, started: datetime) -> dict[date, int]:
        """Replace the batch's rows by those of its good dates
        and put every date on record, atomically.

        Rows are counted, and their content hashed, as read back from the table.
        """
        table, column = self.house.names(self.batch.table), self.processor.contract.date_column
        columns = ", ".join(c.name for c in self.processor.contract.columns)
        among = f"WHERE {column} IN (SELECT UNNEST($dates))"
        good = [d for d in self.batch.dates if d not in breaches]
        with transaction(self.cursor):
            self.cursor.execute(f"DELETE FROM {table} {among}", {"dates": list(self.batch.dates)})
            self.cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {self.stage} {among}",
                {"dates": good},
            )
            self._quarantine(breaches)
            published = self._read_back(table, good)
            self._record(published, breaches, started)
        return {day: published[day].rows for day in good if day in published}

    def _read_back(self, table: str, dates: Sequence[date]) -> Mapping[date | None, Content]:
        contract = self.processor.contract
        algorithm = self.house.algorithm(contract.columns)
        return ledger.contents(
            self.cursor, table, contract.date_column, contract.columns, algorithm, dates
        )

    def _record(
        self, published: Mapping[date | None, Content], breaches: Breaches, started: datetime
    ) -> None:
        """One entry per date, each following the last of its cell."""
        known = ledger.last(self.cursor, [self.batch.table], self.batch.dates)[self.batch.table]
        finished = self.house.now()
        ledger.append(
            self.cursor,
            [
                following(
                    self._entry(day, published, breaches, started),
                    known.get(day),
                    self.by,
                    finished,
                )
                for day in self.batch.dates
            ],
        )

    def _entry(
        self,
        day: date,
        published: Mapping[date | None, Content],
        breaches: Breaches,
        started: datetime,
    ) -> Entry:
        broken = breaches.get(day, ())
        outcome = Outcome.QUARANTINED if broken else Outcome.DONE
        return Entry(
            table=self.batch.table,
            day=day,
            outcome=outcome,
            content=published.get(day, NOTHING),
            expected=self.expected.get(day, 0),
            inputs=self.batch.inputs.get(day),
            code=self.batch.code or None,
            started_at=started,
            error_class="CellError" if broken else None,
            error_message="; ".join(map(str, broken)) or None,
        )

    def _quarantine(self, breaches: Breaches) -> None:
        """The evidence of the batch's dates is that of their last computation."""
        table = self.batch.table
        self.cursor.execute(
            "DELETE FROM nba_backfill.quarantine WHERE table_name = $table AND cell_date IN "
            "(SELECT UNNEST($dates))",
            {"table": table, "dates": list(self.batch.dates)},
        )
        for day, broken in breaches.items():
            for breach in broken:
                self.cursor.execute(
                    "INSERT INTO nba_backfill.quarantine (table_name, cell_date, check_name, "
                    "breaking, keys, run_id) VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        table,
                        day,
                        breach.check,
                        breach.count,
                        json.dumps(breach.keys),
                        self.by.run_id,
                    ],
                )


def spelled_key(value: object) -> str:
    """A part of a key as evidence names it; one that is not there is named too."""
    return statements.NULL_KEY if value is None else str(value)


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
