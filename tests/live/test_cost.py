"""What no stand-in proves: the estimate of a run is no less than what BigQuery bills it."""

from __future__ import annotations

from planning.scope import Scope
from planning.selection import Selection
from runs.cost import cost_of
from runs.survey import survey
from tests.live.submitted import submitted
from tests.loop import backfill
from tests.warehouse.planting import BAD, NEXT
from warehouse.bigquery.cost import dollars
from warehouse.bigquery.warehouse import A_SEASON, BigQueryWarehouse

TWO_DATES = Selection(dates=(BAD, NEXT), only=True, rerun=True)


def test_an_estimate_holds_what_computing_it_bills(computed: BigQueryWarehouse) -> None:
    """The stand-in bills ten MiB at least of each table that a job reads,
    and dry runs say what jobs read."""
    planner = survey(computed)
    wanted = Scope(planner, TWO_DATES).needs
    cost = cost_of(
        computed, planner, wanted, rerun=True, batch_days=A_SEASON, sample_dates=0
    )
    assert cost is not None
    assert {table.table for table in cost.tables} == set(computed.catalog.ordered())
    with submitted(computed) as jobs:
        backfill(computed, TWO_DATES, A_SEASON, run_id="billed")
    batches = [job for job in jobs if job.labels.get("run") == "billed"]
    assert {job.labels["step"] for job in batches} >= {"stage", "audit", "merge"}
    assert 0 < computed.dollars_spent("billed") <= cost.dollars
    # The ledger's own rows are not in what the ledger says: they cost nothing, or the estimate is
    # too low.
    assert dollars(sum(job.total_bytes_billed or 0 for job in batches)) <= cost.dollars
