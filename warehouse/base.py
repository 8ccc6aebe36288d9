"""What both engines do alike: the calendar, the ledger, waivers, verdicts, raw rows, batches."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

from core.errors import PermanentWarehouseError, TransientWarehouseError
from core.version import code_version
from planning.batches import Batch
from planning.calendar import GameDay
from planning.cells import CellBreach, CellState, Outcome
from planning.eta import Finished
from planning.ledger import Content, Entry, Record, Run, failures, observations
from planning.overrides import Override
from planning.predictions import Predicted
from planning.raw_load import LeftOut, RawLoad
from planning.run_history import RunRecord, TableWork
from planning.waivers import SCHEDULE, WITHOUT_SHOTS, Waiver, waived_games
from processors.catalog import Catalog
from processors.raw_schemas import arrow_schema
from warehouse import statements
from warehouse.auditing import breach_of
from warehouse.bookkeeping import RUNS, TABLES
from warehouse.clock import latest_moment
from warehouse.games import Games
from warehouse.ledger import Ledger
from warehouse.predictions import Predictions
from warehouse.protocol import BatchResult, Told, cell_states, game_day
from warehouse.raw import RawRows, Writer
from warehouse.rejects import Rejects
from warehouse.run_history import RunHistory
from warehouse.store import (
    Array,
    Row,
    Store,
    batch_parameters,
    dates_given,
    texts,
    used_parameters,
)
from warehouse.verdicts import Verdicts
from warehouse.waivers import Waivers

S = TypeVar("S", bound=Store)
"""The engine's own store."""
KEYS_SHOWN = 5
"""Keys of a cell that `amiss` shows of each check."""


class Texts(Protocol):
    """The statements of one catalog, in an engine's own SQL."""

    def query(self, table: str) -> str:
        """The SELECT that computes a batch of a table."""

    def derived(self, name: str) -> str:
        """A statement of warehouse/sql over all raw data."""

    def check(self, sql: str, table: str) -> str:
        """A check's query for a table."""

    def state(self, table: str, of_dates: bool = False) -> str:
        """How every cell of a table stands; with `of_dates`, those of @dates,
        from @first to @last."""

    def evidence_on_record(self) -> str:
        """What is kept of a cell (@table, @day) that was quarantined when it was last computed;
        in BigQuery's SQL."""


TABLES_TOLD = 4
"""Tables of which is kept what publications told: twice as many as are written side by side. Who
asks later reads."""


class BaseWarehouse(ABC, Generic[S]):
    """A warehouse; see `warehouse.protocol.Warehouse` for what each method promises.

    An engine adds how it is reached, how it hashes, and how it puts rows in place.
    """

    texts: Texts
    """The statements of its catalog."""
    parameter_mark: str
    """What stands before a parameter's name in the engine's SQL."""

    def __init__(self, url: str, catalog: Catalog) -> None:
        self.url = url
        self.catalog = catalog
        self._lock = threading.RLock()
        self._game_days: list[GameDay] | None = None
        self._is_expected_derived = False
        self._derived_after: object = None
        """After which commits of others the first of those was read from raw data."""
        self._raw_writes = 0
        self._writes: dict[str, list[frozenset[date] | None]] = {}
        self._told: dict[str, dict[date, Told]] = {}
        """What is known of the tables written last; the one written longest ago comes first."""
        self._clock: datetime | None = None
        self._unsure = frozenset(spec for spec in TABLES if spec.optional)
        """Tables of bookkeeping that may not be there, until `ensure_tables` made them."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[S]:
        """A store to read from."""

    @abstractmethod
    def _writing(self, run_id: str = "") -> AbstractContextManager[S]:
        """A store to write to, for a run; where the engine has transactions, in one."""

    @abstractmethod
    def _changing_raw(self, run_id: str) -> AbstractContextManager[S]:
        """A store to write raw rows to: what changed is on record at its end,
        what is derived is made anew."""

    @abstractmethod
    def _raw_writer(self, store: S) -> Writer:
        """How the rows of a load are put in place."""

    @abstractmethod
    def _table_contents(
        self, store: S, tables: Sequence[str], dates: Collection[date] | None = None
    ) -> Mapping[str, dict[date | None, Content]]:
        """Table -> date -> content; with `dates`, of those of computed tables."""

    @abstractmethod
    def _expected_contents(self, store: S, relation: str) -> dict[date | None, Content]:
        """Date -> content of a relation of expected keys."""

    @abstractmethod
    def _derive_expected(self) -> None:
        """Derive the expected keys anew from raw data."""

    @abstractmethod
    def _publish(self, batch: Batch, by: Run) -> BatchResult:
        """Stage, audit and publish a batch and put it on record."""

    def now(self) -> datetime:
        """The warehouse's clock: UTC, later at every call
        and than anything on record when it was first read, whatever the system's."""
        with self._lock:
            if self._clock is None:
                with self._reading() as store:
                    self._clock = latest_moment(store, without=self._unsure)
            self._clock = max(
                datetime.now(UTC), self._clock + timedelta(microseconds=1)
            )
            return self._clock

    def revision(self, table: str) -> tuple[int, int]:
        """Another value after every write of this process to the table, or to raw data."""
        return self._raw_writes, len(self._writes.get(table, ()))

    def table_revision(self, table: str) -> object:
        """Another value after every write of this process to the table itself."""
        if table in self.catalog.raw:
            return self.revision(table)
        return len(self._writes.get(table, ()))

    def written_since(self, table: str, revision: object) -> frozenset[date] | None:
        """The dates of a table that this process wrote since a revision of either kind; None where
        that is not told by date: the table went, or raw data changed on which it hangs."""
        match revision:
            case int(number):
                return self._written_after(table, number)
            case (int(raw), int(number)) if raw == self._raw_writes:
                return self._written_after(table, number)
            case _:
                return None

    def _written_after(self, table: str, number: int) -> frozenset[date] | None:
        """The dates of a table that all writes but its first ones were to."""
        written: frozenset[date] = frozenset()
        for dates in self._writes.get(table, [])[number:]:
            if dates is None:
                return None
            written |= dates
        return written

    def told_since(
        self, table: str, revision: object
    ) -> Mapping[date | None, Told] | None:
        """What is known of the dates of a table that this process published since a revision; None
        where that is not known of each."""
        with self._lock:
            dates = self.written_since(table, revision)
            known = self._told.get(table, {})
            if dates is None or not dates <= known.keys():
                return None
            return {day: known[day] for day in dates}

    def commits(self) -> object | None:
        """Nothing tells of what others commit, unless the engine does."""
        return None

    def _count_write(
        self,
        table: str,
        dates: Collection[date] | None = None,
        told: Mapping[date, Told] = MappingProxyType({}),
    ) -> None:
        """Tell of a write to these dates of a table; to any of it for None. `told`: what is known
        of them now."""
        written = None if dates is None else frozenset(dates)
        with self._lock:
            self._writes.setdefault(table, []).append(written)
            known = self._told.pop(table, {})
            for day in [*known] if written is None else written - told.keys():
                known.pop(day, None)
            known.update(told)
            if known:
                self._told[table] = known
            for written_before in [*self._told][:-TABLES_TOLD]:
                del self._told[written_before]

    def _begin_deriving(self) -> None:
        """Note when the first of what is derived is read from raw data."""
        if self._game_days is None and not self._is_expected_derived:
            self._derived_after = self.commits()

    def _forget_derived(self) -> None:
        """Raw data changed: what was derived from it no longer holds."""
        self._game_days = None
        self._is_expected_derived = False
        self._raw_writes += 1

    def load(self, load: RawLoad, run_id: str = "ingest") -> dict[str, int]:
        """Write raw rows, replacing by (raw table, game); rows written per table."""
        with self._changing_raw(run_id) as store:
            writer = self._raw_writer(store)
            raw = RawRows(store, self.catalog.raw)
            return raw.load(load, writer)

    def remove_games(
        self,
        game_ids: Sequence[str],
        run_id: str = "ingest remove",
        table: str | None = None,
    ) -> dict[str, int]:
        """Delete games from every raw table, and their waivers,
        or from one table; rows deleted per table."""
        with self._changing_raw(run_id) as store:
            raw = RawRows(store, self.catalog.raw)
            if table is not None:
                return raw.remove_from_table(game_ids, table)
            return raw.remove_games(game_ids)

    def waive(
        self, game_id: str, raw_table: str, reason: str, run_id: str = "waive"
    ) -> Waiver:
        """Let a raw table no longer cover a game."""
        with self._changing_raw(run_id) as store:
            waivers = Waivers(store)
            return waivers.waive(game_id, raw_table, reason, self.now())

    def unwaive(self, game_id: str, raw_table: str, run_id: str = "waive") -> Waiver:
        """Take a waiver back."""
        with self._changing_raw(run_id) as store:
            waivers = Waivers(store)
            return waivers.unwaive(game_id, raw_table)

    def waive_games(
        self,
        game_ids: Sequence[str],
        raw_table: str,
        reason: str,
        run_id: str = "waive",
    ) -> int:
        """Let a raw table no longer cover a set of games, for one reason; how many were waived."""
        with self._changing_raw(run_id) as store:
            waivers = Waivers(store)
            return waivers.waive_games(game_ids, raw_table, reason, self.now())

    def unwaive_games(
        self, game_ids: Sequence[str], raw_table: str, run_id: str = "waive"
    ) -> int:
        """Take the waivers of a set of games back; how many there were."""
        with self._changing_raw(run_id) as store:
            waivers = Waivers(store)
            return waivers.unwaive_games(game_ids, raw_table)

    def observe(self, run_id: str, tables: Collection[str] = ()) -> int:
        """Put on record what changed in these raw tables, in all for none, since they were last
        observed; cells that did."""
        with self._lock:
            with self._writing(run_id) as store:
                changed = self._observe(store, run_id, tables)
            if changed and not self._is_derived_from_now():
                self._forget_derived()
            for table in changed:
                self._count_write(table)
            return changed.total()

    def _is_derived_from_now(self) -> bool:
        """Whether what was derived comes from raw data as they are, whatever was on record of them:
        nobody committed anything since."""
        commits = self.commits()
        return commits is not None and commits == self._derived_after

    def _observe(
        self, store: S, run_id: str, tables: Collection[str] = ()
    ) -> Counter[str]:
        """Put on record what changed in raw tables; of those that did, the number of cells."""
        by, at = Run(run_id, code_version()), self.now()
        tables = tuple(tables or self.catalog.raw)
        contents, ledger = self._table_contents(store, tables), Ledger(store)
        known = ledger.last(tables)
        entries: list[Entry] = []
        for table in tables:
            entries += observations(table, contents[table], known[table], by, at)
        ledger.append(entries)
        return Counter(entry.table for entry in entries)

    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers in force, by game and raw table."""
        with self._reading() as store:
            waivers = Waivers(store)
            return waivers.in_force()

    def schedule(self) -> Any:
        """The raw schedule as a pyarrow Table, with the coverage that its sources declare."""
        with self._reading() as store:
            columns = self._raw_columns(SCHEDULE)
            sql = f"SELECT {columns} FROM {store.whole(SCHEDULE)}"
            held = store.arrow("schedule", f"{sql} ORDER BY game_id", about=SCHEDULE)
            waivers = Waivers(store)
            return waivers.declared(held)

    def games_of(self, raw_table: str) -> frozenset[str]:
        """The ids of the games that have rows in a raw table."""
        with self._reading() as store:
            return Games(store).of(raw_table)

    def rows_of_games(
        self, raw_table: str, game_ids: Collection[str], columns: Sequence[str] = ()
    ) -> Any:
        """The rows of these games in a raw table, as a pyarrow Table; with `columns`, those
        alone."""
        listed = ", ".join(columns) or self._raw_columns(raw_table)
        with self._reading() as store:
            sql = (
                f"SELECT {listed} FROM {store.whole(raw_table)} "
                f"WHERE game_id IN UNNEST(@games) ORDER BY {listed}"
            )
            return store.arrow(
                "games", sql, about=raw_table, games=texts(sorted(game_ids))
            )

    def table_rows(
        self, table: str, dates: Sequence[date] | None, columns: Sequence[str] = ()
    ) -> Any:
        """The rows of a table on these dates, all for None, as a pyarrow Table in key order."""
        wanted = self.catalog.columns_named(table, columns)
        schema = arrow_schema(wanted)
        is_dated = self.catalog.date_column(table) is not None
        if is_dated and dates is not None and not dates:
            return schema.empty_table()
        names, given = [column.name for column in wanted], {}
        if is_dated and dates:
            given = dates_given(dates)
        with self._reading() as store:
            source = store.name(table) if given else store.whole(table)
            sql = statements.rows(self.catalog, table, source, names, bool(given))
            return store.arrow(
                "rows",
                sql,
                about=table,
                schema=schema,
                **given,
            )

    def _raw_columns(self, raw_table: str) -> str:
        columns = self.catalog.raw[raw_table].column_names
        return ", ".join(columns)

    def games_lacking(self, raw_table: str, season: int) -> list[str]:
        """The final eligible games of a season of which a raw table holds no row."""
        with self._reading() as store:
            return Games(store).lacking(raw_table, season)

    def left_out(self) -> LeftOut:
        """What ingest rejected, refused and did not read."""
        with self._reading() as store:
            return Rejects(store).left_out()

    def team_games(self) -> dict[int, dict[str, int]]:
        """Season -> team -> its final regular games on the schedule."""
        with self._reading() as store:
            return Games(store).by_team()

    def uncovered_games(self) -> dict[str, dict[date, int]]:
        """Raw table -> date -> its final games that the raw table does not cover, waived ones
        aside; shots of games with box scores of players are the gate's to name."""
        with self._reading() as store:
            waivers = Waivers(store).in_force()
            boxes = waived_games(waivers, "player_box")
            return Games(store).uncovered(boxes, waived_games(waivers, "shots"))

    def game_days(self) -> list[GameDay]:
        """One entry per date with eligible games; derived anew only after raw data changed."""
        with self._lock:
            if self._game_days is None:
                self._begin_deriving()
                rows = self._ask("calendar", "", self.texts.derived("game_days"))
                self._game_days = list(map(game_day, rows))
            return self._game_days

    def derive_expected(self) -> None:
        """Derive the keys that each cell is to hold, unless that was done since raw data
        changed: the calendar alone needs none."""
        with self._lock:
            if not self._is_expected_derived:
                self._begin_deriving()
                self._derive_expected()
                self._is_expected_derived = True

    def cell_states(
        self, table: str, dates: Collection[date] | None = None
    ) -> dict[date, CellState]:
        """How every cell of a table that has rows or should have rows stands;
        with `dates`, those alone."""
        self.derive_expected()
        if dates is None:
            return cell_states(self._ask("state", table, self.texts.state(table)))
        if not dates:
            return {}
        sql = self.texts.state(table, of_dates=True)
        rows = self._ask("state", table, sql, **dates_given(dates))
        return cell_states(rows)

    def contents(
        self, table: str, dates: Collection[date] | None = None
    ) -> dict[date | None, Content]:
        """Rows and hash of every cell of a raw or computed table;
        under None for one without dates. With `dates`, those of a computed table alone."""
        if dates is not None and not dates:
            return {}
        with self._reading() as store:
            contents = self._table_contents(store, [table], dates)
            return contents[table]

    def expected_contents(self, relation: str) -> dict[date | None, Content]:
        """Rows and hash per date of a relation of expected keys."""
        self.game_days()
        with self._reading() as store:
            return self._expected_contents(store, relation)

    def records(
        self, *tables: str, dates: Collection[date] | None = None
    ) -> dict[str, dict[date | None, Record]]:
        """Table -> date -> the last entries of every cell of it that the ledger knows;
        with `dates`, of those alone."""
        with self._reading() as store:
            ledger = Ledger(store)
            return ledger.last(tables, dates)

    def entries(self, table: str, day: date | None) -> list[Entry]:
        """Every entry of a cell, the earliest first."""
        with self._reading() as store:
            ledger = Ledger(store)
            return ledger.of_cell(table, day)

    def batch_history(self, limit: int) -> list[Finished]:
        """The batches of computed tables that were published last, the latest first."""
        with self._reading() as store:
            ledger = Ledger(store)
            tables = self.catalog.ordered()
            return ledger.finished_batches(tables, limit)

    def work_history(self, runs: int) -> list[TableWork]:
        """What each of the latest runs did to each computed table, the latest run first."""
        with self._reading() as store:
            history = RunHistory(store)
            return history.work(self.catalog.ordered(), runs)

    def record_run(self, record: RunRecord) -> None:
        """Keep what is known of a run as it begins to compute, or as it ends."""
        with self._writing(record.run_id) as store:
            history = RunHistory(store)
            history.record(record)

    def run_records(self) -> list[RunRecord]:
        """The last record of each run, the latest run first; none in a warehouse that lacks their
        table."""
        if not self.rows_held(RUNS.name):
            return []
        with self._reading() as store:
            history = RunHistory(store)
            return history.records()

    @abstractmethod
    def rows_held(self, table: str) -> int:
        """Rows of a table, whatever its columns; 0 when it is not there."""

    def check_rows(
        self, sql: str, table: str, dates: Sequence[date], due: Sequence[date]
    ) -> list[Row]:
        """The rows of a check's query (see validation/checks.py) on these dates of a table."""
        self.derive_expected()
        days = sorted(dates) or [date.min]
        given = {
            "dates": Array("DATE", dates),
            "due": Array("DATE", due),
            "first": days[0],
            "last": days[-1],
            "bootstrap_days": self.catalog.bootstrap_days(table),
        }
        if WITHOUT_SHOTS in sql:
            given["without_shots"] = texts(waived_games(self.waivers(), "shots"))
        text = self.texts.check(sql, table)
        return self._ask("check", table, text, **given)

    def evidence(self, table: str, day: date) -> tuple[CellBreach, ...]:
        """What was kept of a cell when it was last quarantined;
        empty when it was published since."""
        with self._reading() as store:
            sql = self.texts.evidence_on_record()
            rows = store.rows(
                "evidence",
                sql,
                about=table,
                table=table,
                day=day,
            )
            return tuple(map(breach_of, rows))

    def keys_amiss(self, table: str, day: date) -> dict[str, tuple[str, ...]]:
        """Some of the keys of a cell that its table lacks, should not hold or repeats, by check."""
        self.derive_expected()
        breaking = [(day, check) for check in statements.KEY_CHECKS]
        with self._reading() as store:
            sql = statements.breaking_keys(
                self.catalog[table], store.name(table), store.name, breaking, KEYS_SHOWN
            )
            rows = store.rows(
                "evidence",
                sql,
                about=table,
            )
        found: dict[str, list[str]] = {check: [] for check in statements.KEY_CHECKS}
        for row in rows:
            found[row["check_name"]].append(row["breaking_key"])
        return {check: tuple(sorted(keys)) for check, keys in found.items() if keys}

    def verdicts(self, phase: str, limit: int = 20) -> list[dict[str, Any]]:
        """The phase's latest verdicts as they were kept, newest first."""
        with self._reading() as store:
            verdicts = Verdicts(store)
            return verdicts.latest(phase, limit)

    def judged(self, phase: str) -> list[dict[str, Any]]:
        """What each of the phase's verdicts judged and decided, newest first: its stage, decision,
        tables, first and last date, and spans."""
        with self._reading() as store:
            verdicts = Verdicts(store)
            return verdicts.judged(phase)

    def accepted_verdicts(
        self, phase: str, first: date, last: date, limit: int = 20, offset: int = 0
    ) -> list[dict[str, Any]]:
        """The verdicts that opened the phase's gate over some
        date from first to last, newest first."""
        with self._reading() as store:
            verdicts = Verdicts(store)
            return verdicts.accepted(phase, first, last, limit, offset)

    def overrides(self) -> tuple[Override, ...]:
        """The overrides of which no GO has covered what they let pass, the earliest first."""
        with self._reading() as store:
            verdicts = Verdicts(store)
            return verdicts.overrides_in_force()

    def record_verdict(self, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict of a gate."""
        with self._writing() as store:
            verdicts = Verdicts(store)
            verdicts.record(verdict)

    def record_override(self, decided: Override) -> None:
        """Keep a person's decision to go on after a NO-GO."""
        with self._writing() as store:
            verdicts = Verdicts(store)
            verdicts.record_override(decided)

    def record_predictions(self, rows: Sequence[Predicted]) -> None:
        """Write the predictions of one date and model in place of those there are."""
        at = self.now()
        with self._writing() as store:
            predictions = Predictions(store)
            predictions.replace(rows, at)

    def predictions(self, days: Sequence[date] = ()) -> list[Predicted]:
        """The predictions in force on these dates, on all for none; by date, model and player."""
        with self._reading() as store:
            predictions = Predictions(store)
            return predictions.on(days)

    def bound_query(self, batch: Batch) -> tuple[str, dict[str, Any]]:
        """The statement that computes a batch, as the engine is given it, and its parameters."""
        sql = self.texts.query(batch.table)
        given = batch_parameters(batch)
        return sql, used_parameters(sql, given, self.parameter_mark)

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        """Stage, audit, publish and record a batch;
        dates that break their contract are quarantined."""
        raw_writes = self._raw_writes
        self.derive_expected()
        told: Mapping[date, Told] = {}
        try:
            result = self._publish(batch, Run(run_id, code_version()))
            told = result.told
            return result
        except (TransientWarehouseError, PermanentWarehouseError) as error:
            raise type(error)(f"{batch.name}: {error}") from error
        finally:
            with self._lock:
                # How a cell stood hangs on raw data, which another thread may have changed since.
                told = told if raw_writes == self._raw_writes else {}
                self._count_write(batch.table, batch.dates, told)

    def fail(self, batch: Batch, run_id: str, error: BaseException) -> None:
        """Put on record that the cells of a batch could not be computed;
        changes nothing but the ledger."""
        entries = failures(batch, self.now(), error)
        with self._writing(run_id) as store:
            self._append_next(store, batch.table, entries, run_id)
        self._count_write(batch.table, batch.dates)

    def clear(self, table: str, cells: Mapping[date, Outcome], run_id: str) -> int:
        """Remove the rows of cells that should hold none,
        and put their outcome on record; rows removed."""
        if not cells:
            return 0
        at, given = self.now(), dates_given(cells)
        entries = [
            Entry(table, day, outcome, started_at=at) for day, outcome in cells.items()
        ]
        column = self.catalog[table].contract.date_column
        with self._writing(run_id) as store:
            sql = (
                f"DELETE FROM {store.name(table)} WHERE {column} BETWEEN @first AND @last "
                f"AND {column} IN UNNEST(@dates)"
            )
            removed = store.change("clear", table, sql, **given)
            self._append_next(store, table, entries, run_id)
        self._count_write(table, cells)
        return removed

    def _append_next(
        self, store: Store, table: str, entries: Sequence[Entry], run_id: str
    ) -> None:
        """Entries of one table's cells, each following the last of its cell."""
        by = Run(run_id, code_version())
        ledger = Ledger(store)
        ledger.append_next(table, entries, by, self.now())

    def _ask(self, step: str, table: str, text: str, **given: Any) -> list[Row]:
        """The rows of a statement in the engine's own SQL."""
        with self._reading() as store:
            return store.ask(step, text, about=table, **given)
