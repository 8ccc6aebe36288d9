"""How many bytes the partitions inside a batch's declared cuts hold;
on a stand-in, behind the API's back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from planning.batches import Batch
from planning.needs import years_before
from processors.catalog import Catalog
from processors.contract import Read
from tests.bigquery_stand_in.server import StandIn

Held = Callable[[str, date, date], int]
"""Table, first and last date -> bytes of all columns of its partitions,
or of all of one without dates."""


def bytes_in_cuts(held: Held, catalog: Catalog, batch: Batch) -> int:
    """All columns of all rows of the dates that the cuts of the batch's reads contain."""
    reads = list(catalog[batch.table].contract.reads.values())
    if any(read.rows == "before_tip_off" for read in reads):
        reads.append(Read(table="schedule", rows="same_day"))
    return sum(held(read.table, _start(read, batch), batch.dates[-1]) for read in reads)


def bytes_of_cuts(
    stand_in: StandIn, catalog: Catalog, prefix: str, batch: Batch
) -> int:
    """The same, of a stand-in's tables."""

    def held(table: str, first: date, last: date) -> int:
        name, day = (
            f"{prefix}{catalog.dataset(table)}.{table}",
            catalog.date_column(table),
        )
        where = f"WHERE {day} BETWEEN '{first}' AND '{last}'" if day else ""
        rows: int = stand_in.engine.rows(f"SELECT COUNT(*) AS n FROM {name} {where}")[
            0
        ]["n"]
        return rows * stand_in.engine.tables[name].row_bytes

    return bytes_in_cuts(held, catalog, batch)


def _start(read: Read, batch: Batch) -> date:
    if read.rows != "before":
        return batch.dates[0]
    return (
        years_before(batch.dates[0], read.years) if read.years else batch.season_start
    )
