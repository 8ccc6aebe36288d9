"""The BigQuery warehouse behind the Protocol.

Staged rows, loaded rows and expected keys are tables of the bookkeeping dataset; what is staged or
loaded expires by itself. Nothing is cached but the calendar, derived anew after this process wrote
raw data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.errors import PermanentWarehouseError, TransientWarehouseError
from core.version import code_version
from planning.batches import Batch
from planning.cells import Outcome
from planning.ledger import BEGINNING, Entry, Run, failures, following, observed, records
from planning.overrides import Override
from planning.raw_load import RawLoad
from planning.waivers import Waiver
from warehouse.bigquery import ledger, schema
from warehouse.bigquery.parameters import Array
from warehouse.bigquery.publishing import Publication
from warehouse.bigquery.raw import RawRows
from warehouse.bigquery.reading import Reading
from warehouse.bigquery.waivers import Waivers
from warehouse.bigquery.work import Work
from warehouse.protocol import BatchResult

A_SEASON = 366
"""Dates of one statement: of smaller batches each reads the season's beginning again."""
ENTRIES_AT_ONCE = 1000
"""Ledger rows of one statement: some 2 MB of parameters, of the 10 that a request may have."""


class BigQueryWarehouse(Reading):
    """A warehouse in a project; see `warehouse.protocol.Warehouse`
    for what each method promises."""

    dates_per_batch = A_SEASON

    def now(self) -> datetime:
        """The ledger's clock: UTC, later at every call
        and than anything on record when it was first read."""
        with self._lock:
            if self._clock is None:
                row = self.jobs.rows("clock", ledger.latest(self.texts.kept("ledger")))[0]
                self._clock = row["latest"] or BEGINNING
            self._clock = max(datetime.now(UTC), self._clock + timedelta(microseconds=1))
            return self._clock

    def ensure_tables(self) -> None:
        """Make and widen tables by contract; SchemaError where a dataset holds something else."""
        with self._explaining("tables"):
            wanted = schema.wanted(self.catalog, self.address)
            self.jobs.location = schema.reconcile(self.client, self.address, wanted, self.pace)

    def require_tables(self) -> None:
        """Raise SchemaError unless every table is there by contract; make and change nothing."""
        with self._explaining("tables"):
            wanted = schema.wanted(self.catalog, self.address)
            self.jobs.location = schema.require(self.client, self.address, wanted, self.pace)

    def drop(self, table: str) -> None:
        """Take a table away; `ensure_tables` makes it anew."""
        seconds, retry = self.pace.call_seconds, self.pace.retry
        with self._explaining(table):
            self.client.delete_table(
                self._path(table), retry=retry, timeout=seconds, not_found_ok=True
            )
        self._wrote(table)

    @contextmanager
    def _changing_raw(self, run_id: str) -> Iterator[None]:
        """Raw rows change: what changed is on record at the end, what is derived is made anew."""
        with self._lock:
            try:
                yield
            finally:
                self._raw_changed()
            self.observe(run_id)

    def _raw_changed(self) -> None:
        self._game_days = None
        self._writes["raw"] += 1

    def load(self, load: RawLoad, run_id: str = "ingest") -> dict[str, int]:
        """Write raw rows, table by table, replacing by (raw table, game);
        rows written per table."""
        with self._changing_raw(run_id):
            return RawRows(self.jobs, self.texts, run_id).load(load)

    def remove_game(
        self, game_id: str, run_id: str = "ingest remove", table: str | None = None
    ) -> dict[str, int]:
        """Delete a game from every raw table, and its waivers,
        or from one table; rows deleted per table."""
        with self._changing_raw(run_id):
            if table is not None:
                return RawRows(self.jobs, self.texts, run_id).remove_from_table(game_id, table)
            return RawRows(self.jobs, self.texts, run_id).remove_game(game_id)

    def waive(self, game_id: str, raw_table: str, reason: str, run_id: str = "waive") -> Waiver:
        """Let a raw table no longer cover a game."""
        with self._changing_raw(run_id):
            return Waivers(self.jobs, self.texts).waive(game_id, raw_table, reason)

    def unwaive(self, game_id: str, raw_table: str, run_id: str = "waive") -> Waiver:
        """Take a waiver back."""
        with self._changing_raw(run_id):
            return Waivers(self.jobs, self.texts).unwaive(game_id, raw_table)

    def waive_games(
        self, game_ids: Sequence[str], raw_table: str, reason: str, run_id: str = "waive"
    ) -> int:
        """Let a raw table no longer cover a set of games, for one reason; how many were waived."""
        with self._changing_raw(run_id):
            return Waivers(self.jobs, self.texts).waive_games(game_ids, raw_table, reason)

    def unwaive_games(self, game_ids: Sequence[str], raw_table: str, run_id: str = "waive") -> int:
        """Take the waivers of a set of games back; how many there were."""
        with self._changing_raw(run_id):
            return Waivers(self.jobs, self.texts).unwaive_games(game_ids, raw_table)

    def observe(self, run_id: str) -> int:
        """Put on record what changed in raw tables since they
        were last observed; cells that did."""
        with self._lock:
            raw = tuple(self.catalog.raw)
            by, at, held, known = (
                Run(run_id, code_version()),
                self.now(),
                self._held(raw),
                self.records(*raw),
            )
            entries = [e for t in raw for e in observed(t, held[t], known[t], by, at)]
            if entries:
                self._insert(entries, run_id)
                self._raw_changed()
            return len(entries)

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        """Stage, audit, publish and record a batch;
        dates that break their contract are quarantined."""
        self.game_days()
        try:
            return Publication(self, batch, Run(run_id, code_version())).run()
        except (TransientWarehouseError, PermanentWarehouseError) as error:
            raise type(error)(f"{batch.name}: {error}") from error
        finally:
            self._wrote(batch.table)

    def fail(self, batch: Batch, run_id: str, error: BaseException) -> None:
        """Put on record that the cells of a batch could not be computed;
        changes nothing but the ledger."""
        self._append(batch.table, failures(batch, self.now(), error), run_id)
        self._wrote(batch.table)

    def clear(self, table: str, cells: Mapping[date, Outcome], run_id: str) -> int:
        """Remove the rows of cells that should hold none,
        then put their outcome on record; rows removed."""
        if not cells:
            return 0
        at, days = self.now(), sorted(cells)
        given = {"dates": Array("DATE", days), "first": days[0], "last": days[-1]}
        sql, phase = self.texts.clear(table), self.catalog[table].phase
        removed = self.jobs.run(
            Work("clear", sql, given, run_id, table, phase, mutates=table)
        ).affected
        entries = [Entry(table, day, outcome, started_at=at) for day, outcome in cells.items()]
        self._append(table, entries, run_id)
        self._wrote(table)
        return removed

    def _append(self, table: str, entries: Sequence[Entry], run_id: str) -> None:
        """Entries of one table's cells, each following the last of its cell."""
        by, at = Run(run_id, code_version()), self.now()
        sql = ledger.last(self.texts.kept("ledger"), of_dates=True)
        dates = Array("DATE", [entry.day for entry in entries])
        rows = self._read("records", table, sql, tables=Array("STRING", [table]), dates=dates)
        known = records(map(ledger.entry, rows)).get(table, {})
        self._insert([following(entry, known.get(entry.day), by, at) for entry in entries], run_id)

    def _insert(self, entries: Sequence[Entry], run_id: str) -> None:
        sql = ledger.insertion(self.texts.kept("ledger"))
        for i in range(0, len(entries), ENTRIES_AT_ONCE):
            some = entries[i : i + ENTRIES_AT_ONCE]
            given = {"entries": ledger.rows(some)}
            self.jobs.run(Work("ledger", sql, given, run_id=run_id, table=some[0].table))

    def _wrote(self, table: str) -> None:
        with self._lock:
            self._writes[table] += 1

    def record_verdict(self, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict of a gate."""
        self._verdicts.record(verdict)

    def record_override(self, decided: Override) -> None:
        """Keep a person's decision to go on after a NO-GO."""
        self._verdicts.override(decided)
