"""The BigQuery warehouse behind the Protocol.

Staged rows, loaded rows and expected keys are tables of the bookkeeping dataset; what is staged or
loaded expires by itself. Nothing is cached but the calendar, derived anew after this process wrote
raw data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from google.cloud import bigquery

from core.errors import AccessDeniedError
from planning.batches import Batch
from planning.calendar import GameDay
from planning.cost import Cost
from planning.ledger import Content, Run
from processors.catalog import Catalog
from warehouse import bookkeeping, statements
from warehouse.base import BaseWarehouse
from warehouse.bigquery import fingerprint, ledger, rights, schema
from warehouse.bigquery.client import connect
from warehouse.bigquery.cost import DryRun, beyond, costs, dollars
from warehouse.bigquery.errors import CAUGHT, our_error
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.names import Names
from warehouse.bigquery.pace import Pace
from warehouse.bigquery.publishing import Publication
from warehouse.bigquery.raw import RawWriter
from warehouse.bigquery.store import BigQueryStore
from warehouse.bigquery.texts import Texts
from warehouse.bigquery.work import Work
from warehouse.protocol import BatchResult
from warehouse.schema import contracted_tables
from warehouse.store import batch_parameters, dates_given

A_SEASON = 366
"""Dates of one statement: of smaller batches each reads the season's beginning again."""


class BigQueryWarehouse(BaseWarehouse[BigQueryStore]):
    """A warehouse in a project."""

    texts: Texts
    dates_per_batch = A_SEASON
    joins_seasons = False
    parameter_mark = "@"

    def __init__(
        self,
        url: str,
        catalog: Catalog,
        client: bigquery.Client | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Talk to the project; ConfigError without credentials. A client
        that is given is used as it is."""
        super().__init__(url, catalog)
        self.address = Names.at(url)
        self.texts = Texts(catalog, self.address)
        self.pace = pace or Pace()
        self.client = client or connect(self.address)
        self.jobs = Jobs(self.client, self.address.location, self.pace)
        self.is_read_only = False

    def close(self) -> None:
        """Let go of the client's connections."""
        self.client.close()  # type: ignore[no-untyped-call]

    def ensure_tables(self) -> None:
        """Make and widen tables by contract; SchemaError where a dataset holds something else."""
        specs = [*contracted_tables(self.catalog), *bookkeeping.TABLES]
        with self._explaining("tables"):
            self.jobs.location = schema.reconcile(
                self.client, self.address, specs, self.pace
            )
        self._unsure = frozenset()

    def rows_held(self, table: str) -> int:
        """Rows of a table, whatever its columns; 0 when it is not there."""
        held = self._find_relation(table)
        return int(held.num_rows or 0) if held else 0

    def require_tables(self) -> None:
        """Raise SchemaError unless every table is there by contract; make and change nothing."""
        kept = [spec for spec in bookkeeping.TABLES if not spec.optional]
        specs = [*contracted_tables(self.catalog), *kept]
        with self._explaining("tables"):
            self.jobs.location = schema.require(
                self.client, self.address, specs, self.pace
            )

    def drop(self, table: str) -> None:
        """Take a table away; `ensure_tables` makes it anew."""
        path, pace = self.address.of(self.catalog, table), self.pace
        with self._explaining(table):
            self.client.delete_table(
                path, retry=pace.retry, timeout=pace.call_seconds, not_found_ok=True
            )
        self._count_write(table)

    def cost(self, batches: Iterable[Batch], cleared: Iterable[str]) -> Cost:
        """What these batches, and the clearing of cells of these tables,
        would take: by dry runs."""
        tables = costs(batches, cleared, self.dry_run, self.texts.tables_audited)
        partitions = dict.fromkeys(self.catalog.ordered(), len(self.game_days()))
        return Cost(tables, beyond(tables, partitions))

    def dry_run(self, batch: Batch) -> DryRun:
        """What staging a batch would read: nothing is computed or billed."""
        sql, given = self.texts.query(batch.table), batch_parameters(batch)
        work = Work("estimate", sql, given, table=batch.table)
        return self.jobs.dry_run(work)

    def dollars_spent(self, run_id: str) -> float:
        """Dollars that the batches of a run were billed, by the ledger."""
        sql = ledger.billed_bytes(self.texts.names("ledger"))
        (row,) = self.jobs.rows("spent", sql, run_id=run_id)
        return dollars(row["bytes"] or 0)

    def price(self, billed_bytes: int) -> float:
        """Dollars of so many bytes billed, on demand."""
        return dollars(billed_bytes)

    def refusals(self) -> dict[str, str]:
        """Project or dataset -> what of a run's work the account may not do there."""
        return rights.find_refusals(self.jobs, self.texts)

    @contextmanager
    def _explaining(self, what: str) -> Iterator[None]:
        """The client's errors come out as ours."""
        try:
            yield
        except CAUGHT as error:
            raise our_error(error, what) from error

    def _find_relation(self, table: str) -> bigquery.Table | None:
        """A table as BigQuery holds it; None when it is not there."""
        asked = bigquery.Table(self.address.of(self.catalog, table))
        with self._explaining(table):
            return schema.find_table(self.client, asked, self.pace)

    @contextmanager
    def _reading(self) -> Iterator[BigQueryStore]:
        yield self._store()

    @contextmanager
    def _writing(self, run_id: str = "") -> Iterator[BigQueryStore]:
        yield self._store(run_id)

    @contextmanager
    def _changing_raw(self, run_id: str) -> Iterator[BigQueryStore]:
        with self._lock:
            try:
                yield self._store(run_id)
            finally:
                self._forget_derived()
            self.observe(run_id)

    def _store(self, run_id: str = "") -> BigQueryStore:
        return BigQueryStore(self.jobs, self.texts, run_id)

    def _raw_writer(self, store: BigQueryStore) -> RawWriter:
        return RawWriter(store)

    def _table_contents(
        self,
        store: BigQueryStore,
        tables: Sequence[str],
        dates: Collection[date] | None = None,
    ) -> Mapping[str, dict[date | None, Content]]:
        """Table -> date -> content, of several tables by one statement;
        with `dates`, of those alone."""
        contents: dict[str, dict[date | None, Content]] = {
            table: {} for table in tables
        }
        sql = self.texts.contents(tables, of_dates=dates is not None)
        given = dates_given(dates) if dates else {}
        for row in store.rows("contents", sql, **given):
            if row["row_count"]:
                columns = self.catalog.columns(row["table_name"])
                contents[row["table_name"]][row["as_of"]] = fingerprint.content(
                    row, columns
                )
        return contents

    def _expected_contents(
        self, store: BigQueryStore, relation: str
    ) -> dict[date | None, Content]:
        columns = statements.expected_columns(relation)
        found: dict[date | None, Content] = {}
        for row in store.rows("contents", self.texts.expected_contents(relation)):
            found[row["as_of"]] = fingerprint.content(row, columns)
        return found

    def game_days(self) -> list[GameDay]:
        """One entry per date with eligible games. The expected keys are derived with it, since an
        account that may only read sees those that were derived last."""
        with self._lock:
            self.derive_expected()
            return super().game_days()

    def _derive_expected(self) -> None:
        """Derive the expected keys anew;
        an account that may only read sees those that a run derived last."""
        try:
            for relation in statements.EXPECTED_RELATIONS:
                self.jobs.run(
                    Work("derive", self.texts.expected(relation), table=relation)
                )
        except AccessDeniedError as error:
            self.is_read_only = True
            self._require_expected(error)

    def _require_expected(self, denied: AccessDeniedError) -> None:
        """Raise AccessDeniedError where no run has derived the expected keys yet."""
        lacking = [
            one
            for one in statements.EXPECTED_RELATIONS
            if self._find_relation(one) is None
        ]
        if lacking:
            paths = ", ".join(
                self.address.of(self.catalog, relation) for relation in lacking
            )
            raise schema.not_there(f"{paths} not there", str(denied)) from denied

    def _publish(self, batch: Batch, by: Run) -> BatchResult:
        publication = Publication(self, batch, by)
        return publication.run()
