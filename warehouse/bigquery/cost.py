"""What a plan would cost on BigQuery, before it runs:
jobs, modifications and their queue, bytes, dollars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from core.counted import counted
from core.grouping import group
from planning.batches import Batch
from planning.cost import TableCost
from warehouse.bigquery.slots import AT_ONCE

JOBS_PER_BATCH = 4
"""Stage, audit, merge, ledger; a batch with breaches has two more."""

JOBS_PER_CLEARING = 3
"""Delete, what the ledger knew, what it is told."""

MOST_PARTITIONS_AT_ONCE = 4_000
MOST_PARTITIONS = 10_000
DOLLARS_PER_TEBIBYTE = 6.25
LEAST_BILLED = 10 * 2**20
"""Bytes that BigQuery bills at least of each table that a job reads."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a statement would read: bytes, of how many tables."""

    bytes_read: int
    tables: int

    @property
    def billed(self) -> int:
        """An upper bound: a small table beside a large one is billed at its least."""
        return self.bytes_read + self.tables * LEAST_BILLED


def dollars(billed: int) -> float:
    """What so many bytes cost on demand, without the month's free tebibyte."""
    return billed / 2**40 * DOLLARS_PER_TEBIBYTE


def costs(
    batches: Iterable[Batch],
    cleared: Iterable[str],
    dry_run: Callable[[Batch], DryRun],
    tables_audited: Callable[[str], int],
) -> tuple[TableCost, ...]:
    """What these batches, and the clearing of cells of these tables, ask of each table.

    One dry run per table, of the batch with most dates. `tables_audited`: how many tables are read
    beside the query, by the audit and the merge of a batch.
    """
    by_table: dict[str, list[Batch]] = group(batches, attrgetter("table"))
    clearings = list(cleared)
    found = []
    for table in dict.fromkeys([*by_table, *clearings]):
        some, clears = by_table.get(table, []), clearings.count(table)
        longest = max(some, key=lambda batch: len(batch.dates), default=None)
        read = dry_run(longest) if longest else DryRun(0, 0)
        of_batch = read.billed + tables_audited(table) * LEAST_BILLED
        most = len(longest.dates) if longest else 0
        cost = _cost(table, len(some), clears, read.bytes_read, of_batch, most)
        found.append(cost)
    return tuple(found)


def _cost(
    table: str, batches: int, clears: int, bytes_read: int, billed: int, partitions: int
) -> TableCost:
    """What a table costs; bytes read and billed are those of a batch."""
    modifications = batches + clears
    return TableCost(
        table=table,
        batches=batches,
        bytes_read=batches * bytes_read,
        dollars=dollars(batches * billed + clears * LEAST_BILLED),
        jobs=JOBS_PER_BATCH * batches + JOBS_PER_CLEARING * clears,
        modifications=modifications,
        queue=min(modifications, AT_ONCE),
        partitions=partitions,
    )


def beyond(
    costs: Sequence[TableCost], partitions: Mapping[str, int]
) -> tuple[str, ...]:
    """The limits that a plan would pass, each with its repair;
    `partitions`: those a table would have."""
    told = []
    for cost in costs:
        if cost.partitions > MOST_PARTITIONS_AT_ONCE:
            told.append(
                f"{cost.table}: a batch of {counted(cost.partitions, 'date')}, one job may change "
                f"{MOST_PARTITIONS_AT_ONCE} partitions; use smaller batches (--batch-days)"
            )
        if partitions.get(cost.table, 0) > MOST_PARTITIONS:
            told.append(
                f"{cost.table}: {counted(partitions[cost.table], 'date')}, a table "
                f"may have {MOST_PARTITIONS} "
                "partitions; keep older seasons under another prefix"
            )
    return tuple(told)
