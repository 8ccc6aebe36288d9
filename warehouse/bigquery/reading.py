"""What a BigQuery warehouse is asked: calendar, cells, ledger,
measurements, verdicts, costs and rights."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from google.cloud import bigquery

from core.errors import AccessDeniedError
from planning.batches import Batch
from planning.calendar import GameDay
from planning.cells import Breach, CellState
from planning.cost import Cost
from planning.history import Finished
from planning.ledger import Content, Entry, Record, records
from planning.overrides import Override
from planning.waivers import WITHOUT_SHOTS, Waiver, waived_games
from processors.catalog import Catalog
from processors.raw_schemas import arrow_schema as arrow_schema_of
from processors.raw_schemas import schema as arrow_schema
from warehouse import statements
from warehouse.bigquery import fingerprint, ledger, rights, schema
from warehouse.bigquery.client import connect
from warehouse.bigquery.cost import DryRun, beyond, costs, dollars
from warehouse.bigquery.errors import CAUGHT, explained
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.names import Names
from warehouse.bigquery.pace import Pace
from warehouse.bigquery.parameters import Array
from warehouse.bigquery.publishing import parameters
from warehouse.bigquery.texts import KEY_CHECKS, Texts
from warehouse.bigquery.verdicts import Verdicts
from warehouse.bigquery.waivers import Waivers
from warehouse.bigquery.work import Row, Work
from warehouse.protocol import cell_states, game_day

KEYS_SHOWN = 5


class Reading:
    """The half of the warehouse that changes nothing but the expected keys, which it derives."""

    def __init__(
        self,
        url: str,
        catalog: Catalog,
        client: bigquery.Client | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Talk to the project; ConfigError without credentials. A client
        that is given is used as it is."""
        self.url = url
        self.catalog = catalog
        self.address = Names.at(url)
        self.pace = pace or Pace()
        self.client = client or connect(self.address)
        self.texts = Texts(catalog, self.address)
        self.jobs = Jobs(self.client, self.address.location, self.pace)
        self._verdicts = Verdicts(self.jobs, self.texts)
        self.is_read_only = False
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

    def revision(self, table: str) -> tuple[int, int]:
        """Another value after every write of this process to the table, or to raw data."""
        return self._writes["raw"], self._writes[table]

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

    def _path(self, table: str) -> str:
        return self.address.of(self.catalog, table)

    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers in force, by game and raw table."""
        return Waivers(self.jobs, self.texts).in_force()

    def schedule(self) -> Any:
        """The raw schedule as a pyarrow Table, with the coverage that its sources declare."""
        columns = ", ".join(c.name for c in self.catalog.raw["schedule"].columns)
        sql = f"SELECT {columns} FROM {self.texts.whole('schedule')} ORDER BY game_id"
        found = pa.Table.from_pylist(
            self.jobs.rows("schedule", sql), schema=arrow_schema("schedule")
        )
        return Waivers(self.jobs, self.texts).declared(found)

    def games_of(self, raw_table: str) -> frozenset[str]:
        """The ids of the games that have rows in a raw table."""
        rows = self.jobs.rows(
            raw_table, f"SELECT DISTINCT game_id FROM {self.texts.whole(raw_table)}"
        )
        return frozenset(row["game_id"] for row in rows)

    def rows_of_games(self, raw_table: str, game_ids: Collection[str]) -> Any:
        """The rows of these games in a raw table, as a pyarrow Table."""
        columns = ", ".join(column.name for column in self.catalog.raw[raw_table].columns)
        whole = self.texts.whole(raw_table)
        sql = f"SELECT {columns} FROM {whole} WHERE game_id IN UNNEST(@games)"
        games = Array("STRING", tuple(sorted(game_ids)))
        rows = self.jobs.rows(raw_table, sql, games=games)
        return pa.Table.from_pylist(rows, schema=arrow_schema(raw_table))

    def table_rows(
        self, table: str, dates: Sequence[date] | None, columns: Sequence[str] = ()
    ) -> Any:
        """The rows of a table on these dates, all for None, as a pyarrow Table in key order."""
        wanted = self.catalog.columns_named(table, columns)
        is_dated = self.catalog.date_column(table) is not None
        of_dates = dates is not None and is_dated
        sql = self.texts.rows(table, [column.name for column in wanted], of_dates)
        days = sorted(dates or ())
        if of_dates and not days:
            return arrow_schema_of(wanted).empty_table()
        given = {"dates": Array("DATE", days), "first": days[0], "last": days[-1]} if days else {}
        found = self._read("rows", table, sql, **(given if of_dates else {}))
        return pa.Table.from_pylist(found, schema=arrow_schema_of(wanted))

    def rejected(self) -> dict[str, int]:
        """Rows that ingest rejected, by reason."""
        name = self.texts.kept("rejects")
        sql = f"SELECT reason, COUNT(*) AS n FROM {name} GROUP BY reason ORDER BY n DESC, reason"
        return {row["reason"]: row["n"] for row in self.jobs.rows("rejects", sql)}

    def game_days(self) -> list[GameDay]:
        """One entry per date with eligible games; expected keys are derived anew before it.

        An account that may only read sees the expected keys that a run derived last.
        """
        with self._lock:
            if self._game_days is None:
                try:
                    self._derive_expected()
                except AccessDeniedError as error:
                    self.is_read_only = True
                    self._require_expected(error)
                found = self.jobs.rows("calendar", self.texts.derived("game_days"))
                self._game_days = [game_day(row) for row in found]
            return self._game_days

    def _derive_expected(self) -> None:
        for relation in statements.EXPECTED_RELATIONS:
            self.jobs.run(Work("derive", self.texts.expected(relation), table=relation))

    def _require_expected(self, denied: AccessDeniedError) -> None:
        """Raise AccessDeniedError where no run has derived the expected keys yet."""
        paths = [self._path(relation) for relation in statements.EXPECTED_RELATIONS]
        with self._explaining("expected keys"):
            held = {p: schema.held_as(self.client, bigquery.Table(p), self.pace) for p in paths}
        if lacking := [path for path in paths if held[path] is None]:
            raise schema.not_there(f"{', '.join(lacking)} not there", str(denied)) from denied

    def cell_states(self, table: str) -> dict[date, CellState]:
        """How every cell of a table that has rows or should have rows stands."""
        self.game_days()
        return cell_states(self._read("state", table, self.texts.state(table)))

    def contents(self, table: str) -> dict[date | None, Content]:
        """Rows and hash of every cell of a raw or computed table;
        under None for one without dates."""
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

    def cost(self, batches: Iterable[Batch], cleared: Iterable[str]) -> Cost:
        """What these batches, and the clearing of cells of these tables,
        would take: by dry runs."""
        found = costs(batches, cleared, self.dry_run, self.texts.tables_audited)
        return Cost(
            found, beyond(found, dict.fromkeys(self.catalog.ordered(), len(self.game_days())))
        )

    def dry_run(self, batch: Batch) -> DryRun:
        """What staging a batch would read: nothing is computed or billed."""
        sql = self.texts.query(batch.table)
        return self.jobs.dry_run(Work("estimate", sql, parameters(batch), table=batch.table))

    def spent(self, run_id: str) -> float:
        """Dollars that the batches of a run were billed, by the ledger."""
        sql = ledger.billed(self.texts.kept("ledger"))
        (row,) = self.jobs.rows("spent", sql, run_id=run_id)
        return dollars(row["bytes"] or 0)

    def _read(self, step: str, table: str, sql: str, /, **given: Any) -> list[Row]:
        phase = self.catalog[table].phase if table in self.catalog.processors else "raw"
        return self.jobs.run(Work(step, sql, given, table=table, phase=phase)).rows

    def bound_query(self, batch: Batch) -> tuple[str, dict[str, Any]]:
        """The statement that computes a batch, as the engine is given it, and its parameters."""
        sql, given = self.texts.query(batch.table), parameters(batch)
        plain = {name: list(v.values) if isinstance(v, Array) else v for name, v in given.items()}
        return sql, {name: value for name, value in plain.items() if f"@{name}" in sql}

    def measured(
        self, sql: str, table: str, dates: Sequence[date], due: Sequence[date]
    ) -> list[Row]:
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
        if WITHOUT_SHOTS in sql:
            given["without_shots"] = Array("STRING", waived_games(self.waivers(), "shots"))
        return self._read("check", table, self.texts.check(sql, table), **given)

    def evidence(self, table: str, day: date) -> tuple[Breach, ...]:
        """What was kept of a cell when it was last quarantined;
        empty when it was published since."""
        sql = ledger.kept_evidence(self.texts.kept("quarantine"), self.texts.kept("ledger"))
        rows = self._read("evidence", table, sql, table=table, day=day)
        return tuple(
            Breach(r["check_name"], r["breaking"], tuple(json.loads(r["keys"]))) for r in rows
        )

    def amiss(self, table: str, day: date) -> dict[str, tuple[str, ...]]:
        """Some of the keys of a cell that its table lacks, should not hold or repeats, by check."""
        self.game_days()
        rows = self.texts.names(table)
        sql = self.texts.evidence(table, rows, [(day, check) for check in KEY_CHECKS], KEYS_SHOWN)
        found: dict[str, list[str]] = {}
        for row in self._read("evidence", table, sql):
            found.setdefault(row["check_name"], []).append(row["breaking_key"])
        return {check: tuple(sorted(found[check])) for check in KEY_CHECKS if check in found}

    def verdicts(self, phase: str, limit: int = 20) -> list[dict[str, Any]]:
        """The phase's latest verdicts as they were kept, newest first."""
        return self._verdicts.latest(phase, limit)

    def games_lacking(self, raw_table: str, season: int) -> list[str]:
        """The final eligible games of a season of which a raw table holds no row."""
        sql = (
            f"SELECT game_id FROM {self.texts.whole('schedule')} WHERE season = @season AND "
            "status = 'final' AND game_type IN ('2', '4', '5', '6') AND game_id NOT IN (SELECT "
            f"game_id FROM {self.texts.whole(raw_table)} WHERE season = @season) ORDER BY game_id"
        )
        return [row["game_id"] for row in self._read("waivers", raw_table, sql, season=season)]

    def accepted_verdicts(
        self, phase: str, first: date, last: date, limit: int = 20, offset: int = 0
    ) -> list[dict[str, Any]]:
        """The verdicts that opened the phase's gate over some
        date from first to last, newest first."""
        return self._verdicts.accepted(phase, first, last, limit, offset)

    def overrides(self) -> tuple[Override, ...]:
        """The overrides whose phase has had no GO of its own since, the earliest first."""
        return self._verdicts.in_force()
