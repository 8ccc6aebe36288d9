"""A real project to test on: named by the environment;
datasets made for a session, dropped after it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from google.cloud import bigquery

from processors.catalog import Catalog
from processors.discovery import load
from warehouse import bookkeeping
from warehouse.bigquery.client import connect
from warehouse.bigquery.names import Names
from warehouse.bigquery.pace import Pace
from warehouse.bigquery.warehouse import BigQueryWarehouse
from warehouse.schema import contracted_tables

PROJECT, LOCATION, EMULATOR = (
    "FULLCOURT_LIVE_PROJECT",
    "FULLCOURT_LIVE_LOCATION",
    "BIGQUERY_EMULATOR_HOST",
)
A_DAY = timedelta(days=1)
PACE = Pace()
HOW = (
    "needs a Google Cloud project with billing (a sandbox allows no MERGE): set "
    f"{PROJECT}=PROJECT and, if EU is not the place, {LOCATION}, with credentials of this "
    "machine that have roles/bigquery.user in it (gcloud auth application-default login, or a "
    "key file in GOOGLE_APPLICATION_CREDENTIALS). Datasets are made for it and dropped; 800 "
    "jobs bill about 15 GiB, 10 MiB at least for each table that one reads: $0.10 or so on "
    "demand, nothing within the month's free tebibyte; an hour or so"
)
"""What the reason of a skipped test says."""


@dataclass(frozen=True)
class Project:
    """Where to test, and the prefix of all that this session makes there;
    nothing else is touched."""

    name: str
    location: str = "EU"
    emulated: bool = False
    prefix: str = field(
        default_factory=lambda: f"fullcourt_live_{uuid.uuid4().hex[:12]}_"
    )

    @classmethod
    def named(cls, environ: Mapping[str, str]) -> Project | None:
        """The project that the environment names; None when it names none."""
        if not (name := environ.get(PROJECT)):
            return None
        return cls(name, environ.get(LOCATION) or "EU", emulated=EMULATOR in environ)

    def url(self, part: str) -> str:
        """The address of a warehouse of this session."""
        return f"bigquery:{self.name}.{self.prefix}{part}_@{self.location}"


def opened(url: str, catalog: Catalog | None = None) -> closing[BigQueryWarehouse]:
    """A warehouse with the machine's own credentials
    and the real patience, until the block ends."""
    return closing(BigQueryWarehouse(url, catalog or load(), pace=PACE))


def datasets(url: str) -> list[str]:
    """The paths of the datasets of the warehouse at an address."""
    address = Names.at(url)
    tables = (*contracted_tables(load()), *bookkeeping.TABLES)
    names = {address.dataset(table.dataset) for table in tables}
    return sorted(f"{address.project}.{name}" for name in names)


@contextmanager
def made(project: Project, part: str) -> Iterator[str]:
    """Datasets of this session's own, by their warehouse's address;
    dropped with all that is in them.

    Their tables expire within a day, should this process die before it can drop them.
    """
    url = project.url(part)
    with closing(connect(Names.at(url))) as client, ExitStack() as dropping:
        for path in datasets(url):
            # First, because a lost answer hides that it was made; nobody else's has this session's
            # name.
            dropping.callback(_drop, client, path)
            dataset = bigquery.Dataset(path)
            dataset.location = project.location
            dataset.default_table_expiration_ms = int(A_DAY.total_seconds() * 1000)
            client.create_dataset(dataset, timeout=PACE.call_seconds, retry=PACE.retry)
        yield url


def _drop(client: bigquery.Client, path: str) -> None:
    seconds, retry = PACE.call_seconds, PACE.retry
    client.delete_dataset(
        path, delete_contents=True, not_found_ok=True, timeout=seconds, retry=retry
    )
