"""Where a BigQuery warehouse is: `bigquery:PROJECT[.PREFIX][@LOCATION]`, and what its tables are called."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import ConfigError
from processors.catalog import Catalog
from warehouse import statements

FORM = "bigquery:PROJECT[.PREFIX][@LOCATION]"
BOOKKEEPING_DATASET = "nba_backfill"


@dataclass(frozen=True)
class Address:
    """A project; datasets are named `prefix` + `nba_…`, in `location`, or where they are."""

    project: str
    prefix: str = ""
    location: str = ""

    @classmethod
    def parsed(cls, url: str) -> Address:
        """The address that a URL spells; settings have checked it: ConfigError is for other kinds."""
        kind, _, rest = url.partition(":")
        if kind != "bigquery" or not rest:
            raise ConfigError(f"{url!r} is no BigQuery warehouse; it is {FORM}")
        path, _, location = rest.partition("@")
        # A project may be of a domain, whose name has dots before its colon: example.com:project.
        domain, colon, own = path.rpartition(":")
        project, _, prefix = own.partition(".")
        return cls(f"{domain}{colon}{project}", prefix, location)

    def dataset(self, name: str) -> str:
        """The name of a dataset in the project."""
        return f"{self.prefix}{name}"

    def path(self, dataset: str, table: str) -> str:
        """`project.dataset.table`, as the client wants it."""
        return f"{self.project}.{self.dataset(dataset)}.{table}"

    def kept(self, table: str) -> str:
        """The path of a table of the bookkeeping dataset: ledger, verdicts, staged rows, expected keys."""
        return self.path(BOOKKEEPING_DATASET, table)

    def of(self, catalog: Catalog, table: str) -> str:
        """The path of a raw, computed or expected table."""
        if table in statements.EXPECTED_RELATIONS:
            return self.kept(f"expected_{table}")
        return self.path(catalog.dataset(table), table)


def quoted(path: str) -> str:
    """A path as SQL names it; a project's dashes need the quotes."""
    return f"`{path}`"
