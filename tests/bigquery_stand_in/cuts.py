"""How many bytes the partitions inside a batch's declared cuts hold, counted behind the API's back."""

from __future__ import annotations

from datetime import date

from planning.batches import Batch
from planning.needs import years_before
from processors.catalog import Catalog
from processors.contract import Read
from tests.bigquery_stand_in.server import StandIn


def bytes_of_cuts(stand_in: StandIn, catalog: Catalog, prefix: str, batch: Batch) -> int:
    """All columns of all rows of the dates that the cuts of the batch's reads contain."""
    total = 0
    reads = list(catalog[batch.table].contract.reads.values())
    if any(read.rows == "before_tip_off" for read in reads):
        reads.append(Read(table="schedule", rows="same_day"))
    for read in reads:
        name = f"{prefix}{catalog.dataset(read.table)}.{read.table}"
        columns = frozenset(c.name for c in catalog.columns(read.table))
        day = catalog.date_column(read.table)
        where = f"WHERE {day} BETWEEN '{_start(read, batch)}' AND '{batch.dates[-1]}'" if day else ""
        rows = stand_in.engine.rows(f"SELECT COUNT(*) AS n FROM {name} {where}")[0]["n"]
        total += rows * stand_in.engine.tables[name].width(columns)
    return total


def _start(read: Read, batch: Batch) -> date:
    if read.rows != "before":
        return batch.dates[0]
    return years_before(batch.dates[0], read.years) if read.years else batch.season_start
