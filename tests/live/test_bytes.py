"""What no stand-in proves: the statements of a batch read the partitions
that they must, and no others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from google.cloud import bigquery

from core.version import code_version
from planning.batches import Batch
from planning.ledger import Run
from processors.discovery import load
from runs.survey import survey
from tests.bigquery_stand_in.cuts import bytes_in_cuts
from tests.live.month import A_MONTH
from tests.live.project import PACE, Project
from tests.live.submitted import batch_of, merge, stage, submitted
from tests.warehouse.planting import BAD, NEXT
from warehouse.bigquery.publishing import Publication
from warehouse.bigquery.texts import STAGE_HOURS
from warehouse.bigquery.warehouse import BigQueryWarehouse

CATALOG = load()
DATES = (BAD, NEXT)
A_WEEK = 6
"""Game dates of a batch: few enough that its cuts leave most of what there is out."""


@dataclass(frozen=True)
class Partitions:
    """Bytes of every partition of every table, under None where a table has none."""

    bytes: dict[tuple[str, date | None], int]

    def held(self, table: str, first: date = date.min, last: date = date.max) -> int:
        """Bytes of a table's partitions between two dates; of all of it when it has none."""
        return sum(
            number
            for (of, day), number in self.bytes.items()
            if of == table and (day is None or first <= day <= last)
        )


@pytest.fixture(scope="module")
def partitions(computed: BigQueryWarehouse) -> Partitions:
    """What BigQuery itself says that they hold."""
    found: dict[tuple[str, date | None], int] = {}
    for dataset in dict.fromkeys(
        CATALOG.dataset(t) for t in (*CATALOG.raw, *CATALOG.ordered())
    ):
        name = f"`{computed.address.project}`.`{computed.address.dataset(dataset)}`"
        sql = (
            "SELECT table_name, partition_id, total_logical_bytes FROM "
            f"{name}.INFORMATION_SCHEMA.PARTITIONS"
        )
        for row in computed.jobs.rows("look", sql):
            day = (
                datetime.strptime(row["partition_id"], "%Y%m%d").date()
                if row["partition_id"]
                else None
            )
            found[row["table_name"], day] = row["total_logical_bytes"]
    return Partitions(found)


@dataclass(frozen=True)
class Republished:
    """A batch published again: the table it was staged in, and its jobs by step."""

    batch: Batch
    staged: str
    jobs: dict[str, bigquery.QueryJob]


@pytest.fixture(scope="module", params=CATALOG.ordered())
def republished(
    request: pytest.FixtureRequest, computed: BigQueryWarehouse
) -> Republished:
    """Two dates of a table, published again as they are."""
    batch = batch_of(computed, request.param, *DATES)
    with submitted(computed) as jobs:
        assert computed.materialize(batch, "again").quarantined == {}
    staged = Publication(computed, batch, Run("again", code_version())).stage
    return Republished(batch, staged, {job.labels["step"]: job for job in jobs})


@pytest.mark.parametrize("table", CATALOG.ordered())
def test_every_batch_of_the_month_would_read_at_most_the_partitions_inside_its_cuts(
    table: str, computed: BigQueryWarehouse, partitions: Partitions
) -> None:
    """The stand-in takes it that a comparison of the partition column with a parameter prunes.

    It adds a table up as often as it is named, all columns that the statement names of whatever
    table.
    """
    planner = survey(computed)
    days = A_MONTH.chosen_dates(planner.calendar)
    first, *_ = batches = list(
        planner.batches(planner.decide(table, days, rerun=days), A_WEEK)
    )
    everything = bytes_in_cuts(lambda of, *_: partitions.held(of), CATALOG, first)
    assert bytes_in_cuts(partitions.held, CATALOG, first) < everything, (
        "a scan of everything would pass"
    )
    for batch in batches:
        allowed = bytes_in_cuts(partitions.held, CATALOG, batch)
        assert 0 < computed.dry_run(batch).bytes_read <= allowed, batch.name


def test_a_stage_reads_at_most_the_partitions_inside_the_cuts_of_its_batch(
    republished: Republished, partitions: Partitions
) -> None:
    """The stand-in reads what its dry run says; BigQuery plans anew when the job runs."""
    allowed = bytes_in_cuts(partitions.held, CATALOG, republished.batch)
    assert 0 < (republished.jobs["stage"].total_bytes_processed or 0) <= allowed


def test_a_merge_reads_at_most_the_stage_and_the_partitions_of_its_dates(
    republished: Republished, computed: BigQueryWarehouse, partitions: Partitions
) -> None:
    """The stand-in takes it that the conditions
    of WHEN NOT MATCHED BY SOURCE prune what is merged into.

    Google counts a changed partition whole and the columns that the statement compares once more,
    which makes twice its size at most: DML "q' + t'" in the reference of GoogleSQL.
    """
    batch, job = republished.batch, republished.jobs["merge"]
    staged = computed.client.get_table(
        republished.staged, timeout=PACE.call_seconds, retry=PACE.retry
    )
    allowed = int(staged.num_bytes or 0) + 2 * partitions.held(batch.table, *DATES)
    assert allowed < partitions.held(batch.table), (
        "a scan of the whole table would pass"
    )
    assert 0 < (job.total_bytes_processed or 0) <= allowed
    planned = computed.jobs.dry_run(merge(computed, batch, republished.staged))
    assert 0 < planned.bytes_read <= allowed


def test_staged_rows_expire_by_themselves(
    computed: BigQueryWarehouse, project: Project
) -> None:
    """Left behind by every run that was killed, they would be paid for until somebody looks."""
    if project.emulated:
        pytest.skip("the stand-in keeps no expiry of a table that a statement makes")
    path = stage(computed, batch_of(computed, CATALOG.ordered()[0], *DATES))
    held = computed.client.get_table(path, timeout=PACE.call_seconds, retry=PACE.retry)
    assert held.expires is not None
    assert (
        timedelta(0) < held.expires - datetime.now(UTC) <= timedelta(hours=STAGE_HOURS)
    )
