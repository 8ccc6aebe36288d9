"""The embedded warehouse behind the Protocol.

Expected sets and staged rows live outside the file (an attached in-memory database and temporary tables), so
that the file holds raw rows, published rows and what was said of them, nothing half-made.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fullcourt.errors import PermanentWarehouseError, TransientWarehouseError
from planning.batches import DATES_PER_BATCH, Batch
from planning.calendar import GameDay
from planning.cells import Breach, CellState, Outcome
from planning.history import Finished
from planning.ledger import Content, Entry, Record, Run, following, observed
from planning.waivers import Waiver
from processors.catalog import Catalog
from processors.version import code_version
from sources.load import RawLoad
from validation.overrides import Override
from warehouse import statements
from warehouse.duckdb import evidence, ledger, raw, schema, verdicts, waivers
from warehouse.duckdb.engine import Cursor, Engine, Row, count, used
from warehouse.duckdb.publishing import Publication, parameters
from warehouse.duckdb.texts import check_text, qualified_name, text
from warehouse.protocol import BatchResult, cell_states

BOOKKEEPING = {
    "ledger": ledger.DDL,
    "rejects": "file VARCHAR, row BIGINT, raw_table VARCHAR, game_id VARCHAR, column_name VARCHAR, "
    "reason VARCHAR, value VARCHAR",
    "quarantine": "table_name VARCHAR, cell_date DATE, check_name VARCHAR, breaking BIGINT, keys JSON, "
    "run_id VARCHAR",
    "waivers": "game_id VARCHAR, raw_table VARCHAR, reason VARCHAR, declared BOOLEAN, waived_at TIMESTAMPTZ",
    "verdicts": verdicts.VERDICTS,
    "overrides": verdicts.OVERRIDES,
}


class DuckDBWarehouse:
    """A warehouse in one file; see `warehouse.protocol.Warehouse` for what each method promises."""

    dates_per_batch = DATES_PER_BATCH

    def __init__(self, path: str, catalog: Catalog, threads: int | None = None) -> None:
        """Open the file; LockedWarehouseError names file and process when another one holds it."""
        self.url = f"duckdb:{path}"
        self.catalog = catalog
        self.engine = Engine(path, threads)
        self._lock = threading.RLock()
        self._game_days: list[GameDay] | None = None
        self._writes: Counter[str] = Counter()
        self._clock: datetime | None = None
        self._observed = False
        with self.engine.cursor() as cursor:
            self.algorithm = ledger.hashing(cursor)

    def refused(self) -> dict[str, str]:
        """A file has no roles."""
        return {}

    def close(self) -> None:
        """Close the connection and release the file."""
        self.engine.close()

    def names(self, table: str) -> str:
        """The qualified name of a raw, computed or expected table."""
        return qualified_name(self.catalog, table)

    def text(self, kind: str, table: str) -> str:
        """DuckDB's text of the statement of that kind for a table."""
        return text(self.catalog, kind, table)

    def now(self) -> datetime:
        """The ledger's clock: UTC, later at every call and than anything on record, whatever the system's."""
        with self._lock:
            if self._clock is None:
                with self.engine.cursor() as cursor:
                    self._clock = ledger.latest(cursor)
            self._clock = max(datetime.now(UTC), self._clock + timedelta(microseconds=1))
            return self._clock

    def revision(self, table: str) -> tuple[int, int]:
        """Another value after every write of this process to the table, or to raw data."""
        return self._writes["raw"], self._writes[table]

    def ensure_tables(self) -> None:
        """Make and widen tables by contract; SchemaError where the file holds something else."""
        with self.engine.transaction() as cursor:
            schema.reconcile(cursor, self.url, schema.wanted(self.catalog, BOOKKEEPING))

    def rows_held(self, table: str) -> int:
        """Rows of a table, whatever its columns; 0 when it is not there."""
        with self.engine.cursor() as cursor:
            return schema.rows_held(cursor, self.names(table))

    def drop(self, table: str) -> None:
        """Take a table away; `ensure_tables` makes it anew."""
        with self.engine.transaction() as cursor:
            schema.drop(cursor, self.names(table))
        self._wrote(table)

    @contextmanager
    def _changing_raw(self, run_id: str) -> Iterator[Cursor]:
        """A transaction on raw rows: what changed is on record at its end, what is derived is made anew."""
        with self._lock:
            with self.engine.transaction() as cursor:
                if not self._observed:
                    # Rows that an earlier engine hashed otherwise cannot be compared once they are replaced.
                    self._observe(cursor, run_id)
                yield cursor
                self._observe(cursor, run_id)
            self._raw_changed()

    def _raw_changed(self) -> None:
        self._observed, self._game_days = True, None
        self._writes["raw"] += 1

    def load(self, load: RawLoad, run_id: str = "ingest") -> dict[str, int]:
        """Write raw rows in one transaction, replacing by (raw table, game); rows written per table."""
        with self._changing_raw(run_id) as cursor:
            return raw.load(cursor, load, self.catalog.raw, self.names)

    def remove_game(self, game_id: str, run_id: str = "ingest remove") -> dict[str, int]:
        """Delete a game from every raw table, and its waivers, in one transaction; rows deleted per table."""
        with self._changing_raw(run_id) as cursor:
            return raw.remove_game(cursor, game_id, self.catalog.raw, self.names)

    def waive(self, game_id: str, raw_table: str, reason: str, run_id: str = "waive") -> Waiver:
        """Let a raw table no longer cover a game, in one transaction."""
        with self._changing_raw(run_id) as cursor:
            return waivers.waive(cursor, game_id, raw_table, reason)

    def unwaive(self, game_id: str, raw_table: str, run_id: str = "waive") -> Waiver:
        """Take a waiver back in one transaction."""
        with self._changing_raw(run_id) as cursor:
            return waivers.unwaive(cursor, game_id, raw_table)

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

    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers in force, by game and raw table."""
        with self.engine.cursor() as cursor:
            return waivers.in_force(cursor)

    def schedule(self) -> Any:
        """The raw schedule as a pyarrow Table, with the coverage that its sources declare."""
        with self.engine.cursor() as cursor:
            return cursor.sql(waivers.declared_schedule()).to_arrow_table()

    def game_days(self) -> list[GameDay]:
        """One entry per date with eligible games; derived anew only after raw data changed."""
        with self._lock:
            if self._game_days is None:
                with self.engine.cursor() as cursor:
                    for relation in statements.EXPECTED_RELATIONS:
                        sql = self.text("derived", f"expected/{relation}")
                        cursor.execute(f"CREATE OR REPLACE TABLE {self.names(relation)} AS {sql}")
                self._game_days = [
                    _game_day(row) for row in self.engine.rows(self.text("derived", "game_days"))
                ]
            return self._game_days

    def cell_states(self, table: str) -> dict[date, CellState]:
        """How every cell of a table that has rows or should have rows stands."""
        self.game_days()
        return cell_states(self.engine.rows(self.text("state", table)))

    def contents(self, table: str) -> dict[date | None, Content]:
        """Rows and hash of every cell of a raw or computed table; under None for one without dates."""
        with self.engine.cursor() as cursor:
            return self._contents(cursor, table)

    def _contents(self, cursor: Cursor, table: str) -> dict[date | None, Content]:
        columns = self.catalog.columns(table)
        day, name = self.catalog.date_column(table), self.names(table)
        return ledger.contents(cursor, name, day, columns, self.algorithm(columns))

    def records(self, *tables: str) -> dict[str, dict[date | None, Record]]:
        """Table -> date -> the last entries of every cell of it that the ledger knows."""
        with self.engine.cursor() as cursor:
            return ledger.last(cursor, tables)

    def entries(self, table: str, day: date | None) -> list[Entry]:
        """Every entry of a cell, the earliest first."""
        with self.engine.cursor() as cursor:
            return ledger.entries(cursor, table, day)

    def batch_history(self, limit: int) -> list[Finished]:
        """The batches of computed tables that were published last, the latest first."""
        with self.engine.cursor() as cursor:
            return ledger.batches(cursor, self.catalog.ordered(), limit)

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        """Stage, audit and publish a batch on one cursor; dates that break their contract are quarantined."""
        self.engine.check_room()
        self.game_days()
        try:
            with self.engine.cursor() as cursor:
                return Publication(cursor, self, batch, Run(run_id, code_version())).run()
        except (TransientWarehouseError, PermanentWarehouseError) as error:
            raise type(error)(f"{batch.name}: {error}") from error
        finally:
            self._wrote(batch.table)

    def cost(self, batches: Iterable[Batch], cleared: Iterable[str]) -> None:
        """Nothing is billed."""

    def spent(self, run_id: str) -> float:
        """Nothing is billed."""
        return 0.0

    def fail(self, batch: Batch, run_id: str, error: BaseException) -> None:
        """Put on record that the cells of a batch could not be computed; changes nothing but the ledger."""
        at, cause = self.now(), _first_cause(error)
        entries = [
            Entry(
                batch.table,
                day,
                Outcome.FAILED,
                inputs=batch.inputs.get(day),
                code=batch.code or None,
                started_at=at,
                error_class=type(cause).__name__,
                error_message=str(error),
            )
            for day in batch.dates
        ]
        with self.engine.transaction() as cursor:
            self._append(cursor, batch.table, entries, run_id)
        self._wrote(batch.table)

    def clear(self, table: str, cells: Mapping[date, Outcome], run_id: str) -> int:
        """Remove the rows of cells that should hold none, and put their outcome on record; rows removed."""
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

    def measured(self, sql: str, table: str, dates: Sequence[date], due: Sequence[date]) -> list[Row]:
        """The rows of a check's query (see validation/checks.py) on these dates of a table."""
        self.game_days()
        given = {
            "dates": list(dates),
            "due": list(due),
            "bootstrap_days": self.catalog.bootstrap_days(table),
        }
        return self.engine.rows(check_text(self.catalog, sql, table), given)

    def bound_query(self, batch: Batch) -> tuple[str, dict[str, Any]]:
        """The statement that computes a batch, as the engine is given it, and its parameters."""
        sql = self.text("stage", batch.table)
        return sql, used(sql, parameters(batch))

    def evidence(self, table: str, day: date) -> tuple[Breach, ...]:
        """What was kept of a cell when it was quarantined."""
        with self.engine.cursor() as cursor:
            return evidence.kept(cursor, table, day)

    def amiss(self, table: str, day: date) -> dict[str, tuple[str, ...]]:
        """Some of the keys of a cell that its table lacks, should not hold or repeats, by check."""
        self.game_days()
        with self.engine.cursor() as cursor:
            return evidence.amiss(cursor, self.catalog[table], self.names, day)

    def record_verdict(self, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict of a gate."""
        with self.engine.transaction() as cursor:
            verdicts.record(cursor, verdict)

    def verdicts(self, phase: str, limit: int = 20) -> list[dict[str, Any]]:
        """The phase's latest verdicts as they were kept, newest first."""
        with self.engine.cursor() as cursor:
            return verdicts.latest(cursor, phase, limit)

    def record_override(self, decided: Override) -> None:
        """Keep a person's decision to go on after a NO-GO."""
        with self.engine.transaction() as cursor:
            verdicts.override(cursor, decided)

    def overrides(self) -> tuple[Override, ...]:
        """The overrides whose phase has had no GO of its own since."""
        with self.engine.cursor() as cursor:
            return verdicts.in_force(cursor)


def _first_cause(error: BaseException) -> BaseException:
    """What an error comes from: its class says more than those it was told in."""
    while error.__cause__:
        error = error.__cause__
    return error


def _game_day(row: Row) -> GameDay:
    lists = ("games_without_team_box", "games_without_player_box")
    return GameDay(**{**row, **{column: tuple((row[column] or "").split()) for column in lists}})
