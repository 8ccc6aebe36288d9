"""The BigQuery warehouse behind the Protocol.

Staged rows, loaded rows and expected keys are tables of the bookkeeping dataset; what is staged or loaded
expires by itself. Nothing is cached but the calendar, derived anew after this process wrote raw data.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
from google.cloud import bigquery

from fullcourt.errors import PermanentWarehouseError, TransientWarehouseError
from planning.batches import Batch
from planning.calendar import GameDay
from planning.cells import Breach, CellState, Outcome
from planning.cost import Cost
from planning.history import Finished
from planning.ledger import BEGINNING, Content, Entry, Record, Run, following, observed, records
from planning.waivers import Waiver
from processors.catalog import Catalog
from processors.version import code_version
from sources.contracts import schema as arrow_schema
from sources.load import RawLoad
from validation.overrides import Override
from warehouse import statements
from warehouse.bigquery import fingerprint, ledger, rights, schema
from warehouse.bigquery.address import Address
from warehouse.bigquery.client import connect
from warehouse.bigquery.cost import DryRun, beyond, costs, dollars
from warehouse.bigquery.errors import CAUGHT, explained
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.pace import Pace
from warehouse.bigquery.parameters import Array
from warehouse.bigquery.publishing import Publication, parameters
from warehouse.bigquery.raw import RawRows
from warehouse.bigquery.texts import KEY_CHECKS, Texts
from warehouse.bigquery.verdicts import Verdicts
from warehouse.bigquery.waivers import Waivers
from warehouse.bigquery.work import Row, Work
from warehouse.protocol import BatchResult, cell_states

KEYS_SHOWN = 5
A_SEASON = 366
"""Dates of one statement: of smaller batches each reads the season's beginning again."""
ENTRIES_AT_ONCE = 1000
"""Ledger rows of one statement: some 2 MB of parameters, of the 10 that a request may have."""


class BigQueryWarehouse:
    """A warehouse in a project; see `warehouse.protocol.Warehouse` for what each method promises."""

    dates_per_batch = A_SEASON

    def __init__(
        self, url: str, catalog: Catalog, client: bigquery.Client | None = None, pace: Pace | None = None
    ) -> None:
        """Talk to the project; ConfigError without credentials. A client that is given is used as it is."""
        self.url = url
        self.catalog = catalog
        self.address = Address.parsed(url)
        self.pace = pace or Pace()
        self.client = client or connect(self.address)
        self.texts = Texts(catalog, self.address)
        self.jobs = Jobs(self.client, self.address.location, self.pace)
        self._verdicts = Verdicts(self.jobs, self.texts)
        self._lock = threading.RLock()
        self._game_days: list[GameDay] | None = None
        self._writes: Counter[str] = Counter()
        self._clock: datetime | None = None

    def refused(self) -> dict[str, str]:
        """Project or dataset -> what of a run's work the account may not do there."""
        return rights.refused(self.jobs, self.texts)

    def close(self) -> None:
        """Let go of the client's connections."""
        self.client.close()  # type: ignore[no-untyped-call]

    def now(self) -> datetime:
        """The ledger's clock: UTC, later at every call and than anything on record when it was first read."""
        with self._lock:
            if self._clock is None:
                row = self.jobs.rows("clock", ledger.latest(self.texts.kept("ledger")))[0]
                self._clock = row["latest"] or BEGINNING
            self._clock = max(datetime.now(UTC), self._clock + timedelta(microseconds=1))
            return self._clock

    def revision(self, table: str) -> tuple[int, int]:
        """Another value after every write of this process to the table, or to raw data."""
        return self._writes["raw"], self._writes[table]

    def ensure_tables(self) -> None:
        """Make and widen tables by contract; SchemaError where a dataset holds something else."""
        with self._explaining("tables"):
            wanted = schema.wanted(self.catalog, self.address)
            self.jobs.location = schema.reconcile(self.client, self.address, wanted, self.pace)

    @contextmanager
    def _explaining(self, what: str) -> Iterator[None]:
        """The client's errors come out as ours."""
        try:
            yield
        except CAUGHT as error:
            raise explained(error, what) from error

    def rows_held(self, table: str) -> int:
        """Rows of a table, whatever its columns; 0 when it is not there."""
        with self._explaining(table):
            held = schema.held_as(self.client, bigquery.Table(self._path(table)), self.pace)
        return int(held.num_rows or 0) if held else 0

    def drop(self, table: str) -> None:
        """Take a table away; `ensure_tables` makes it anew."""
        seconds, retry = self.pace.call_seconds, self.pace.retry
        with self._explaining(table):
            self.client.delete_table(self._path(table), retry=retry, timeout=seconds, not_found_ok=True)
        self._wrote(table)

    def _path(self, table: str) -> str:
        return self.address.of(self.catalog, table)

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
        """Write raw rows, table by table, replacing by (raw table, game); rows written per table."""
        with self._changing_raw(run_id):
            return RawRows(self.jobs, self.texts, run_id).load(load)

    def remove_game(self, game_id: str, run_id: str = "ingest remove") -> dict[str, int]:
        """Delete a game from every raw table, and its waivers; rows deleted per table."""
        with self._changing_raw(run_id):
            return RawRows(self.jobs, self.texts, run_id).remove_game(game_id)

    def waive(self, game_id: str, raw_table: str, reason: str, run_id: str = "waive") -> Waiver:
        """Let a raw table no longer cover a game."""
        with self._changing_raw(run_id):
            return Waivers(self.jobs, self.texts).waive(game_id, raw_table, reason)

    def unwaive(self, game_id: str, raw_table: str, run_id: str = "waive") -> Waiver:
        """Take a waiver back."""
        with self._changing_raw(run_id):
            return Waivers(self.jobs, self.texts).unwaive(game_id, raw_table)

    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers in force, by game and raw table."""
        return Waivers(self.jobs, self.texts).in_force()

    def observe(self, run_id: str) -> int:
        """Put on record what changed in raw tables since they were last observed; cells that did."""
        with self._lock:
            raw = tuple(self.catalog.raw)
            by, at, held, known = Run(run_id, code_version()), self.now(), self._held(raw), self.records(*raw)
            entries = [e for t in raw for e in observed(t, held[t], known[t], by, at)]
            if entries:
                self._insert(entries, run_id)
                self._raw_changed()
            return len(entries)

    def schedule(self) -> Any:
        """The raw schedule as a pyarrow Table, with the coverage that its sources declare."""
        columns = ", ".join(c.name for c in self.catalog.raw["schedule"].columns)
        sql = f"SELECT {columns} FROM {self.texts.whole('schedule')} ORDER BY game_id"
        found = pa.Table.from_pylist(self.jobs.rows("schedule", sql), schema=arrow_schema("schedule"))
        return Waivers(self.jobs, self.texts).declared(found)

    def game_days(self) -> list[GameDay]:
        """One entry per date with eligible games; expected keys are derived anew before it."""
        with self._lock:
            if self._game_days is None:
                for relation in statements.EXPECTED_RELATIONS:
                    self.jobs.run(Work("derive", self.texts.expected(relation), table=relation))
                found = self.jobs.rows("calendar", self.texts.derived("game_days"))
                self._game_days = [_game_day(row) for row in found]
            return self._game_days

    def cell_states(self, table: str) -> dict[date, CellState]:
        """How every cell of a table that has rows or should have rows stands."""
        self.game_days()
        return cell_states(self._read("state", table, self.texts.state(table)))

    def contents(self, table: str) -> dict[date | None, Content]:
        """Rows and hash of every cell of a raw or computed table; under None for one without dates."""
        return self._held((table,))[table]

    def _held(self, tables: Sequence[str]) -> dict[str, dict[date | None, Content]]:
        """Table -> date -> content, of several tables by one statement."""
        held: dict[str, dict[date | None, Content]] = {table: {} for table in tables}
        for row in self.jobs.rows("contents", self.texts.contents(tables)):
            if row["row_count"]:
                columns = self.catalog.columns(row["table_name"])
                held[row["table_name"]][row["as_of"]] = fingerprint.content(row, columns)
        return held

    def records(self, *tables: str) -> dict[str, dict[date | None, Record]]:
        """Table -> date -> the last entries of every cell of it that the ledger knows."""
        sql = ledger.last(self.texts.kept("ledger"))
        rows = self.jobs.rows("records", sql, tables=Array("STRING", tables))
        found = records(map(ledger.entry, rows))
        return {table: found.get(table, {}) for table in tables}

    def entries(self, table: str, day: date | None) -> list[Entry]:
        """Every entry of a cell, the earliest first."""
        sql = ledger.entries_of(self.texts.kept("ledger"), dated=day is not None)
        given = {"table": table} | ({"day": day} if day else {})
        return [ledger.entry(row) for row in self._read("entries", table, sql, **given)]

    def batch_history(self, limit: int) -> list[Finished]:
        """The batches of computed tables that were published last, the latest first."""
        sql = ledger.batches(self.texts.kept("ledger"), limit)
        rows = self.jobs.rows("history", sql, tables=Array("STRING", self.catalog.ordered()))
        return [Finished(*(row[column] for column in ledger.FINISHED)) for row in rows]

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        """Stage, audit, publish and record a batch; dates that break their contract are quarantined."""
        self.game_days()
        try:
            return Publication(self, batch, Run(run_id, code_version())).run()
        except (TransientWarehouseError, PermanentWarehouseError) as error:
            raise type(error)(f"{batch.name}: {error}") from error
        finally:
            self._wrote(batch.table)

    def cost(self, batches: Iterable[Batch], cleared: Iterable[str]) -> Cost:
        """What these batches, and the clearing of cells of these tables, would take: by dry runs."""
        found = costs(batches, cleared, self.dry_run, self.texts.tables_audited)
        return Cost(found, beyond(found, dict.fromkeys(self.catalog.ordered(), len(self.game_days()))))

    def dry_run(self, batch: Batch) -> DryRun:
        """What staging a batch would read: nothing is computed or billed."""
        sql = self.texts.query(batch.table)
        return self.jobs.dry_run(Work("estimate", sql, parameters(batch), table=batch.table))

    def spent(self, run_id: str) -> float:
        """Dollars that the batches of a run were billed, by the ledger."""
        sql = ledger.billed(self.texts.kept("ledger"))
        (row,) = self.jobs.rows("spent", sql, run_id=run_id)
        return dollars(row["bytes"] or 0)

    def fail(self, batch: Batch, run_id: str, error: BaseException) -> None:
        """Put on record that the cells of a batch could not be computed; changes nothing but the ledger."""
        at, cause = self.now(), _first_cause(error)
        failed = Entry(
            batch.table,
            None,
            Outcome.FAILED,
            code=batch.code or None,
            started_at=at,
            error_class=type(cause).__name__,
            error_message=str(error),
        )
        entries = [replace(failed, day=day, inputs=batch.inputs.get(day)) for day in batch.dates]
        self._append(batch.table, entries, run_id)
        self._wrote(batch.table)

    def clear(self, table: str, cells: Mapping[date, Outcome], run_id: str) -> int:
        """Remove the rows of cells that should hold none, then put their outcome on record; rows removed."""
        if not cells:
            return 0
        at, days = self.now(), sorted(cells)
        given = {"dates": Array("DATE", days), "first": days[0], "last": days[-1]}
        sql, phase = self.texts.clear(table), self.catalog[table].phase
        removed = self.jobs.run(Work("clear", sql, given, run_id, table, phase, mutates=table)).affected
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

    def _read(self, step: str, table: str, sql: str, /, **given: Any) -> list[Row]:
        phase = self.catalog[table].phase if table in self.catalog.processors else "raw"
        return self.jobs.run(Work(step, sql, given, table=table, phase=phase)).rows

    def _wrote(self, table: str) -> None:
        with self._lock:
            self._writes[table] += 1

    def bound_query(self, batch: Batch) -> tuple[str, dict[str, Any]]:
        """The statement that computes a batch, as the engine is given it, and its parameters."""
        sql, given = self.texts.query(batch.table), parameters(batch)
        plain = {name: list(v.values) if isinstance(v, Array) else v for name, v in given.items()}
        return sql, {name: value for name, value in plain.items() if f"@{name}" in sql}

    def measured(self, sql: str, table: str, dates: Sequence[date], due: Sequence[date]) -> list[Row]:
        """The rows of a check's query (see validation/checks.py) on these dates of a table."""
        self.game_days()
        days = sorted(dates) or [date.min]
        given = {
            "dates": Array("DATE", dates),
            "due": Array("DATE", due),
            "first": days[0],
            "last": days[-1],
            "bootstrap_days": self.catalog.bootstrap_days(table),
        }
        return self._read("check", table, self.texts.check(sql, table), **given)

    def evidence(self, table: str, day: date) -> tuple[Breach, ...]:
        """What was kept of a cell when it was last quarantined; empty when it was published since."""
        sql = ledger.kept_evidence(self.texts.kept("quarantine"), self.texts.kept("ledger"))
        rows = self._read("evidence", table, sql, table=table, day=day)
        return tuple(Breach(r["check_name"], r["breaking"], tuple(json.loads(r["keys"]))) for r in rows)

    def amiss(self, table: str, day: date) -> dict[str, tuple[str, ...]]:
        """Some of the keys of a cell that its table lacks, should not hold or repeats, by check."""
        self.game_days()
        rows = self.texts.names(table)
        sql = self.texts.evidence(table, rows, [(day, check) for check in KEY_CHECKS], KEYS_SHOWN)
        found: dict[str, list[str]] = {}
        for row in self._read("evidence", table, sql):
            found.setdefault(row["check_name"], []).append(row["breaking_key"])
        return {check: tuple(sorted(found[check])) for check in KEY_CHECKS if check in found}

    def record_verdict(self, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict of a gate."""
        self._verdicts.record(verdict)

    def verdicts(self, phase: str, limit: int = 20) -> list[dict[str, Any]]:
        """The phase's latest verdicts as they were kept, newest first."""
        return self._verdicts.latest(phase, limit)

    def record_override(self, decided: Override) -> None:
        """Keep a person's decision to go on after a NO-GO."""
        self._verdicts.override(decided)

    def overrides(self) -> tuple[Override, ...]:
        """The overrides whose phase has had no GO of its own since, the earliest first."""
        return self._verdicts.in_force()


def _first_cause(error: BaseException) -> BaseException:
    """What an error comes from: its class says more than those it was told in."""
    while error.__cause__:
        error = error.__cause__
    return error


def _game_day(row: Row) -> GameDay:
    lists = ("games_without_team_box", "games_without_player_box")
    return GameDay(**{**row, **{column: tuple((row[column] or "").split()) for column in lists}})
