"""The embedded warehouse behind the Protocol.

Expected sets and staged rows live outside the file (an attached in-memory database and temporary
tables), so that the file holds raw rows, published rows and what was said of them, nothing
half-made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.errors import PermanentWarehouseError, TransientWarehouseError
from core.version import code_version
from planning.batches import DATES_PER_BATCH, Batch
from planning.cells import Outcome
from planning.ledger import Entry, Run, failures, following, observed
from planning.overrides import Override
from planning.raw_load import RawLoad
from planning.waivers import Waiver
from warehouse.duckdb import ledger, raw, schema, verdicts, waivers
from warehouse.duckdb.engine import Cursor, count
from warehouse.duckdb.publishing import Publication
from warehouse.duckdb.reading import Reading
from warehouse.protocol import BatchResult

BOOKKEEPING = {
    "ledger": ledger.DDL,
    "rejects": "file VARCHAR, row BIGINT, raw_table VARCHAR, game_id VARCHAR, column_name VARCHAR, "
    "reason VARCHAR, value VARCHAR",
    "quarantine": "table_name VARCHAR, cell_date DATE, check_name VARCHAR, breaking BIGINT, "
    "keys JSON, run_id VARCHAR",
    "waivers": "game_id VARCHAR, raw_table VARCHAR, reason VARCHAR, declared BOOLEAN, waived_at "
    "TIMESTAMPTZ",
    "verdicts": verdicts.VERDICTS,
    "overrides": verdicts.OVERRIDES,
}


class DuckDBWarehouse(Reading):
    """A warehouse in one file; see `warehouse.protocol.Warehouse` for what each method promises."""

    dates_per_batch = DATES_PER_BATCH
    is_read_only = False

    def now(self) -> datetime:
        """The ledger's clock: UTC, later at every call
        and than anything on record, whatever the system's."""
        with self._lock:
            if self._clock is None:
                with self.engine.cursor() as cursor:
                    self._clock = ledger.latest(cursor)
            self._clock = max(datetime.now(UTC), self._clock + timedelta(microseconds=1))
            return self._clock

    def ensure_tables(self) -> None:
        """Make and widen tables by contract; SchemaError where the file holds something else."""
        with self.engine.transaction() as cursor:
            schema.reconcile(cursor, self.url, schema.wanted(self.catalog, BOOKKEEPING))

    def require_tables(self) -> None:
        """Raise SchemaError unless the file holds every table by contract; change nothing."""
        with self.engine.cursor() as cursor:
            schema.require(cursor, self.url, schema.wanted(self.catalog, BOOKKEEPING))

    def drop(self, table: str) -> None:
        """Take a table away; `ensure_tables` makes it anew."""
        with self.engine.transaction() as cursor:
            schema.drop(cursor, self.names(table))
        self._wrote(table)

    @contextmanager
    def _changing_raw(self, run_id: str) -> Iterator[Cursor]:
        """A transaction on raw rows: what changed is on record at its end,
        what is derived is made anew."""
        with self._lock:
            with self.engine.transaction() as cursor:
                if not self._observed:
                    # Rows that an earlier engine hashed otherwise cannot be compared once they are
                    # replaced.
                    self._observe(cursor, run_id)
                yield cursor
                self._observe(cursor, run_id)
            self._raw_changed()

    def _raw_changed(self) -> None:
        self._observed, self._game_days = True, None
        self._writes["raw"] += 1

    def load(self, load: RawLoad, run_id: str = "ingest") -> dict[str, int]:
        """Write raw rows in one transaction, replacing by (raw table, game);
        rows written per table."""
        with self._changing_raw(run_id) as cursor:
            return raw.load(cursor, load, self.catalog.raw, self.names)

    def remove_game(
        self, game_id: str, run_id: str = "ingest remove", table: str | None = None
    ) -> dict[str, int]:
        """Delete a game from every raw table, and its waivers,
        or from one raw table, in one transaction."""
        with self._changing_raw(run_id) as cursor:
            if table is not None:
                return raw.remove_from_table(cursor, game_id, table, self.names)
            return raw.remove_game(cursor, game_id, self.catalog.raw, self.names)

    def waive(self, game_id: str, raw_table: str, reason: str, run_id: str = "waive") -> Waiver:
        """Let a raw table no longer cover a game, in one transaction."""
        with self._changing_raw(run_id) as cursor:
            return waivers.waive(cursor, game_id, raw_table, reason)

    def unwaive(self, game_id: str, raw_table: str, run_id: str = "waive") -> Waiver:
        """Take a waiver back in one transaction."""
        with self._changing_raw(run_id) as cursor:
            return waivers.unwaive(cursor, game_id, raw_table)

    def waive_games(
        self, game_ids: Sequence[str], raw_table: str, reason: str, run_id: str = "waive"
    ) -> int:
        """Let a raw table no longer cover a set of games,
        in one transaction; how many were waived."""
        with self._changing_raw(run_id) as cursor:
            return waivers.waive_games(cursor, game_ids, raw_table, reason)

    def unwaive_games(self, game_ids: Sequence[str], raw_table: str, run_id: str = "waive") -> int:
        """Take the waivers of a set of games back, in one transaction; how many there were."""
        with self._changing_raw(run_id) as cursor:
            return waivers.unwaive_games(cursor, game_ids, raw_table)

    def observe(self, run_id: str) -> int:
        """Put on record what changed in raw tables behind the ledger's back; cells that did."""
        with self._lock, self.engine.transaction() as cursor:
            changed = self._observe(cursor, run_id)
        self._observed = True
        if changed:
            self._raw_changed()
        return changed

    def _observe(self, cursor: Cursor, run_id: str) -> int:
        by, at = Run(run_id, code_version()), self.now()
        known = ledger.last(cursor, self.catalog.raw)
        entries = [
            entry
            for table in self.catalog.raw
            for entry in observed(table, self._contents(cursor, table), known[table], by, at)
        ]
        ledger.append(cursor, entries)
        return len(entries)

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        """Stage, audit and publish a batch on one cursor;
        dates that break their contract are quarantined."""
        self.engine.check_room()
        self.game_days()
        try:
            with self.engine.cursor() as cursor:
                return Publication(cursor, self, batch, Run(run_id, code_version())).run()
        except (TransientWarehouseError, PermanentWarehouseError) as error:
            raise type(error)(f"{batch.name}: {error}") from error
        finally:
            self._wrote(batch.table)

    def fail(self, batch: Batch, run_id: str, error: BaseException) -> None:
        """Put on record that the cells of a batch could not be computed;
        changes nothing but the ledger."""
        with self.engine.transaction() as cursor:
            self._append(cursor, batch.table, failures(batch, self.now(), error), run_id)
        self._wrote(batch.table)

    def clear(self, table: str, cells: Mapping[date, Outcome], run_id: str) -> int:
        """Remove the rows of cells that should hold none,
        and put their outcome on record; rows removed."""
        column, at = self.catalog[table].contract.date_column, self.now()
        sql = f"DELETE FROM {self.names(table)} WHERE {column} IN (SELECT UNNEST($dates))"
        entries = [Entry(table, day, outcome, started_at=at) for day, outcome in cells.items()]
        with self.engine.transaction() as cursor:
            removed = count(cursor, sql, {"dates": list(cells)})
            self._append(cursor, table, entries, run_id)
        self._wrote(table)
        return removed

    def _append(self, cursor: Cursor, table: str, entries: Sequence[Entry], run_id: str) -> None:
        """Entries of one table's cells, each following the last of its cell."""
        by, at = Run(run_id, code_version()), self.now()
        known = ledger.last(cursor, [table], [entry.day for entry in entries if entry.day])[table]
        ledger.append(cursor, [following(entry, known.get(entry.day), by, at) for entry in entries])

    def _wrote(self, table: str) -> None:
        with self._lock:
            self._writes[table] += 1

    def record_verdict(self, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict of a gate."""
        with self.engine.transaction() as cursor:
            verdicts.record(cursor, verdict)

    def record_override(self, decided: Override) -> None:
        """Keep a person's decision to go on after a NO-GO."""
        with self.engine.transaction() as cursor:
            verdicts.override(cursor, decided)
