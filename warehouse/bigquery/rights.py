"""What the account may do: asked by dry runs of statements like those of a run,
which do and bill nothing."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import PermanentWarehouseError
from warehouse import bookkeeping
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.names import quoted
from warehouse.bigquery.texts import Texts
from warehouse.bigquery.work import Work
from warehouse.store import FIRST_DATE


def find_refusals(jobs: Jobs, texts: Texts) -> dict[str, str]:
    """`project P` or `dataset P.D` -> what was said when something
    that runs do there was not allowed."""
    found: dict[str, str] = {}
    for resource, does, sql in questions(texts):
        if resource not in found:
            try:
                jobs.dry_run(Work("doctor", sql))
            except PermanentWarehouseError as error:
                found[resource] = f"may not {does}: {error}"
    return found


def questions(texts: Texts) -> Iterator[tuple[str, str, str]]:
    """Every resource with what runs do there, and a statement that needs the right to do it."""
    project = texts.address.project
    yield f"project {project}", "run queries", "SELECT 1 AS one"
    for dataset, table, day in _tables(texts):
        where = f"WHERE {day} >= DATE '{FIRST_DATE}'" if day else "WHERE TRUE"
        path = texts.address.path(dataset, table)
        resource = f"dataset {project}.{texts.address.dataset(dataset)}"
        yield (
            resource,
            "read rows",
            f"SELECT COUNT(*) AS held FROM {quoted(path)} {where}",
        )
        yield resource, "change rows", f"DELETE FROM {quoted(path)} {where} AND FALSE"
        new = quoted(texts.address.path(dataset, "fullcourt_doctor"))
        yield (
            resource,
            "make tables",
            f"CREATE OR REPLACE TABLE {new} AS SELECT 1 AS one",
        )


def _tables(texts: Texts) -> Iterator[tuple[str, str, str | None]]:
    """A table of each dataset, with the column that it is partitioned by."""
    catalog = texts.catalog
    of_dataset = {
        catalog.dataset(table): table for table in (*catalog.ordered(), "schedule")
    }
    for dataset, table in of_dataset.items():
        yield dataset, table, catalog.date_column(table)
    yield bookkeeping.DATASET, "waivers", None
