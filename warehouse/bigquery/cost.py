"""What a plan would cost on BigQuery, before it runs: jobs, modifications and their queue, bytes, dollars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from planning.batches import Batch
from warehouse.bigquery.slots import AT_ONCE

JOBS_PER_BATCH = 4
"""Stage, audit, merge, ledger; a batch with breaches has two more."""

JOBS_PER_CLEARING = 3
"""Delete, what the ledger knew, what it is told."""

MOST_PARTITIONS_AT_ONCE = 4_000
MOST_PARTITIONS = 10_000
MOST_QUEUED = 20
DOLLARS_PER_TEBIBYTE = 6.25
LEAST_BILLED = 10 * 2**20


@dataclass(frozen=True)
class Counted:
    """What a plan asks of one table: batches, jobs, statements that change it, partitions of the largest."""

    table: str
    batches: int
    jobs: int
    modifications: int
    most_partitions: int

    @property
    def queue(self) -> int:
        """Mutating statements of the table under way at once: never more than this process lets through."""
        return min(self.modifications, AT_ONCE)


def counted(batches: Iterable[Batch], cleared: Iterable[str] = ()) -> dict[str, Counted]:
    """Table -> what these batches, and the clearing of cells of these tables, ask of it."""
    by_table: dict[str, list[Batch]] = {}
    for batch in batches:
        by_table.setdefault(batch.table, []).append(batch)
    clearings = list(cleared)
    return {
        table: _counted(table, by_table.get(table, []), clearings.count(table))
        for table in dict.fromkeys([*by_table, *clearings])
    }


def _counted(table: str, batches: Sequence[Batch], clearings: int) -> Counted:
    return Counted(
        table=table,
        batches=len(batches),
        jobs=JOBS_PER_BATCH * len(batches) + JOBS_PER_CLEARING * clearings,
        modifications=len(batches) + clearings,
        most_partitions=max((len(batch.dates) for batch in batches), default=0),
    )


def beyond(counts: Mapping[str, Counted], partitions: Mapping[str, int]) -> list[str]:
    """The limits that a plan would pass, each with its repair; `partitions`: those a table has."""
    told = []
    for table, count in counts.items():
        if count.most_partitions > MOST_PARTITIONS_AT_ONCE:
            told.append(
                f"{table}: a batch of {count.most_partitions} dates, one job may change "
                f"{MOST_PARTITIONS_AT_ONCE} partitions; use smaller batches (--batch-days)"
            )
        if partitions.get(table, 0) > MOST_PARTITIONS:
            told.append(
                f"{table}: {partitions[table]} dates, a table may have {MOST_PARTITIONS} partitions; "
                "keep older seasons under another prefix"
            )
    return told


@dataclass(frozen=True)
class Estimate:
    """What computing a table's batches would read, from the dry run of the longest of them.

    A lower bound where a table that is read holds nothing yet.
    """

    table: str
    batches: int
    bytes_per_batch: int

    @property
    def bytes(self) -> int:
        """Of all batches."""
        return self.batches * self.bytes_per_batch

    @property
    def dollars(self) -> float:
        """On demand, without the month's free tebibyte; at least 10 MiB a batch are billed."""
        billed = self.batches * max(self.bytes_per_batch, LEAST_BILLED)
        return billed / 2**40 * DOLLARS_PER_TEBIBYTE


def estimated(batches: Iterable[Batch], bytes_of: Callable[[Batch], int]) -> dict[str, Estimate]:
    """Table -> estimate: one dry run per table, of the batch with most dates."""
    by_table: dict[str, list[Batch]] = {}
    for batch in batches:
        by_table.setdefault(batch.table, []).append(batch)
    return {
        table: Estimate(table, len(some), bytes_of(max(some, key=lambda batch: len(batch.dates))))
        for table, some in by_table.items()
    }
