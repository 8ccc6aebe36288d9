"""What the datasets and tables of a project are called."""

from __future__ import annotations

from dataclasses import dataclass

from core.address import BigQueryAddress, parse_address
from core.errors import ConfigError
from processors.catalog import Catalog
from warehouse import bookkeeping, statements

_KEPT = {table.name for table in bookkeeping.TABLES}


@dataclass(frozen=True)
class Names:
    """The names of a project; datasets are named `prefix` + `nba_…`,
    in `location` or where they are."""

    project: str
    prefix: str = ""
    location: str = ""

    @classmethod
    def at(cls, url: str) -> Names:
        """The names at an address of BigQuery; ConfigError for one of another kind."""
        address = parse_address(url)
        if not isinstance(address, BigQueryAddress):
            raise ConfigError(
                f"{url!r} is not in BigQuery; expected bigquery:PROJECT[.PREFIX][@LOCATION]"
            )
        return cls(address.project, address.prefix, address.location or "")

    def dataset(self, name: str) -> str:
        """The name of a dataset in the project."""
        return f"{self.prefix}{name}"

    def path(self, dataset: str, table: str) -> str:
        """`project.dataset.table`, as the client wants it."""
        return f"{self.project}.{self.dataset(dataset)}.{table}"

    def bookkeeping_path(self, table: str) -> str:
        """The path of a table of the bookkeeping dataset:
        ledger, verdicts, staged rows, expected keys."""
        return self.path(bookkeeping.DATASET, table)

    def of(self, catalog: Catalog, table: str) -> str:
        """The path of a raw, computed or expected table, or one of bookkeeping."""
        if table in statements.EXPECTED_RELATIONS:
            return self.bookkeeping_path(f"expected_{table}")
        if table in _KEPT:
            return self.bookkeeping_path(table)
        return self.path(catalog.dataset(table), table)


def quoted(path: str) -> str:
    """A path as SQL names it; a project's dashes need the quotes."""
    return f"`{path}`"
