"""The embedded warehouse behind the Protocol.

Expected sets live outside the file, in an attached in-memory database, and the rows of a batch are
seen from the commit on that publishes them: the file holds raw rows, published rows and what was
said of them, nothing half-made.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date

import duckdb

from planning.batches import DATES_PER_BATCH, Batch
from planning.cells import CellState
from planning.ledger import Content, Run
from processors.catalog import Catalog
from warehouse import bookkeeping, statements
from warehouse.base import BaseWarehouse
from warehouse.duckdb import schema
from warehouse.duckdb.contents import hash_algorithm, table_contents
from warehouse.duckdb.engine import WORK, Cursor, Engine, count
from warehouse.duckdb.publishing import Publication
from warehouse.duckdb.raw import RawWriter
from warehouse.duckdb.states import states_by_hash, tells_by_hash
from warehouse.duckdb.store import DuckDBStore
from warehouse.duckdb.texts import Texts
from warehouse.protocol import BatchResult
from warehouse.schema import TableSpec, contracted_tables

MOST_AS_THEY_ARE = 500_000
"""Rows of a relation of expected keys, some seasons of players, above which they are compressed: to
a tenth of their 66 bytes each, for a third of what deriving them took."""


class DuckDBWarehouse(BaseWarehouse[DuckDBStore]):
    """A warehouse in one file."""

    texts: Texts
    dates_per_batch = DATES_PER_BATCH
    joins_seasons = True
    is_read_only = False
    parameter_mark = "$"

    def __init__(
        self,
        path: str,
        catalog: Catalog,
        threads: int | None = None,
        memory: str | None = None,
        read_only: bool = False,
    ) -> None:
        """Open the file; LockedWarehouseError names file and process when another one holds it.

        `read_only`: nothing is written to it, and other readers may have it open.
        """
        super().__init__(f"duckdb:{path}", catalog)
        self.texts = Texts(catalog)
        self.engine = Engine(path, threads, memory, read_only)
        self._observed = False
        self._seen = self.engine.commits()
        self._commits_of_others = 0
        self._publication_ended = threading.Condition()
        self._published_now: dict[str, set[date]] = {}
        """Table -> dates that some thread publishes at the moment."""
        self._expected: dict[str, dict[date | None, Content]] = {}
        """What the relations of expected keys hold, which only deriving them anew changes."""
        with self.engine.cursor() as cursor:
            self.algorithm = hash_algorithm(cursor)

    def close(self) -> None:
        """Close the connection and release the file."""
        self.engine.close()

    def names(self, table: str) -> str:
        """The qualified name of a raw, computed or expected table."""
        return self.texts.names(table)

    def commits(self) -> int | None:
        """How many looks at the file found a commit that was not made in `_committing`;
        None for a warehouse in memory."""
        with self._lock:
            now = self.engine.commits()
            if now is None:
                return None
            if now != self._seen:
                self._seen = now
                self._commits_of_others += 1
            return self._commits_of_others

    def ensure_tables(self) -> None:
        """Make and widen tables by contract; SchemaError where the file holds something else."""
        specs = self._specs
        with self.engine.cursor() as cursor:
            is_whole = schema.is_whole(cursor, specs)
        if not is_whole:
            with self.engine.transaction() as cursor:
                schema.reconcile(cursor, self.url, specs)
        self._unsure = frozenset()

    @property
    def _specs(self) -> list[TableSpec]:
        return [*contracted_tables(self.catalog), *bookkeeping.TABLES]

    def rows_held(self, table: str) -> int:
        """Rows of a table, whatever its columns; 0 when it is not there."""
        with self.engine.cursor() as cursor:
            return schema.rows_held(cursor, self.names(table))

    def require_tables(self) -> None:
        """Raise SchemaError unless the file holds every table by contract; change nothing."""
        with self.engine.cursor() as cursor:
            needed = [spec for spec in self._specs if not spec.optional]
            schema.require(cursor, self.url, needed)

    def drop(self, table: str) -> None:
        """Take a table away; `ensure_tables` makes it anew."""
        with self.engine.transaction() as cursor:
            schema.drop(cursor, self.names(table))
        self._count_write(table)

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        """Compute, audit and publish a batch on one cursor;
        dates that break their contract are quarantined."""
        self.engine.check_room()
        return super().materialize(batch, run_id)

    def cost(self, batches: Iterable[Batch], cleared: Iterable[str]) -> None:
        """Nothing is billed."""

    def dollars_spent(self, run_id: str) -> float:
        """Nothing is billed."""
        return 0.0

    def price(self, billed_bytes: int) -> None:
        """Nothing is billed."""

    def refusals(self) -> dict[str, str]:
        """A file has no roles."""
        return {}

    def observe(self, run_id: str, tables: Collection[str] = ()) -> int:
        """Put on record what changed in raw tables behind the ledger's back; cells that did."""
        changed = super().observe(run_id, tables)
        self._observed = True
        return changed

    def cell_states(
        self, table: str, dates: Collection[date] | None = None
    ) -> dict[date, CellState]:
        """How every cell of a table that has rows or should have rows stands;
        with `dates`, those alone."""
        contract = self.catalog[table].contract
        if dates is not None and not dates or not tells_by_hash(contract):
            return super().cell_states(table, dates)
        self.derive_expected()
        with self.engine.cursor() as cursor:
            name = self.names(table)
            states = states_by_hash(cursor, name, contract, self.names, dates)
        if states.has_rows_without_date:
            # No list of dates names those.
            return super().cell_states(table, dates)
        return states.told | super().cell_states(table, states.unlike)

    @contextmanager
    def _reading(self) -> Iterator[DuckDBStore]:
        with self.engine.cursor() as cursor:
            yield self._store(cursor)

    @contextmanager
    def _writing(self, run_id: str = "") -> Iterator[DuckDBStore]:
        with self._committing(), self.engine.transaction() as cursor:
            yield self._store(cursor)

    @contextmanager
    def _committing(self) -> Iterator[None]:
        """A commit that `revision` tells of, where it is of a table: no other's."""
        with self._lock:
            self.commits()
            yield
            self._seen = self.engine.commits()

    @contextmanager
    def _changing_raw(self, run_id: str) -> Iterator[DuckDBStore]:
        self.engine.expect_rows()
        with self._lock:
            with self.engine.computing(), self._writing(run_id) as store:
                if not self._observed:
                    # Rows that an earlier engine hashed otherwise cannot be compared once they are
                    # replaced.
                    self._observe(store, run_id)
                yield store
                self._observe(store, run_id)
            self._observed = True
            self._forget_derived()

    def _store(self, cursor: Cursor) -> DuckDBStore:
        return DuckDBStore(cursor, self.texts)

    def _raw_writer(self, store: DuckDBStore) -> RawWriter:
        return RawWriter(store)

    def _table_contents(
        self,
        store: DuckDBStore,
        tables: Sequence[str],
        dates: Collection[date] | None = None,
    ) -> Mapping[str, dict[date | None, Content]]:
        contents = {}
        for table in tables:
            name, day = self.names(table), self.catalog.date_column(table)
            columns = self.catalog.columns(table)
            algorithm = self.algorithm(columns)
            contents[table] = table_contents(
                store.cursor, name, day, columns, algorithm, dates
            )
        return contents

    def _expected_contents(
        self, store: DuckDBStore, relation: str
    ) -> dict[date | None, Content]:
        with self._lock:
            if relation not in self._expected:
                columns = statements.expected_columns(relation)
                algorithm = self.algorithm(columns)
                name = self.names(relation)
                self._expected[relation] = table_contents(
                    store.cursor, name, "as_of", columns, algorithm
                )
            return dict(self._expected[relation])

    def _derive_expected(self) -> None:
        is_large = False
        self._expected.clear()
        with self.engine.computing(), self.engine.cursor() as cursor:
            for relation in statements.EXPECTED_RELATIONS:
                sql = self.texts.derived(f"expected/{relation}")
                name = self.names(relation)
                rows = count(cursor, f"CREATE OR REPLACE TABLE {name} AS {sql}")
                is_large = is_large or rows > MOST_AS_THEY_ARE
            if is_large:
                # What somebody reads at the moment stays as it is.
                with suppress(duckdb.TransactionException):
                    cursor.execute(f"CHECKPOINT {WORK}")

    def _publish(self, batch: Batch, by: Run) -> BatchResult:
        self.engine.expect_rows()
        with (
            self._alone_on(batch),
            self.engine.computing(),
            self.engine.cursor() as cursor,
        ):
            store = self._store(cursor)
            publication = Publication(store, self, batch, by, self._committing)
            return publication.run()

    @contextmanager
    def _alone_on(self, batch: Batch) -> Iterator[None]:
        """Wait until no other thread publishes dates of the batch: two that find no rows there
        would both put theirs in place, and DuckDB sees no conflict in that."""
        dates = set(batch.dates)
        with self._publication_ended:
            published = self._published_now.setdefault(batch.table, set())
            self._publication_ended.wait_for(lambda: published.isdisjoint(dates))
            published |= dates
        try:
            yield
        finally:
            with self._publication_ended:
                published -= dates
                self._publication_ended.notify_all()
