"""What a plan costs is counted before it runs:
jobs, modifications, bytes, dollars; and the limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.errors import CostError
from planning.batches import Batch
from planning.cost import Cost, TableCost, demand
from planning.scope import Scope
from planning.selection import Selection
from runs.cost import cost_of
from runs.survey import survey
from tests.bigquery_stand_in.server import StandIn
from tests.loop import backfill
from tests.warehouse.bigquery.looking import jobs
from warehouse.bigquery.cost import (
    DOLLARS_PER_TEBIBYTE,
    LEAST_BILLED,
    DryRun,
    beyond,
    costs,
    dollars,
)
from warehouse.bigquery.warehouse import A_SEASON, BigQueryWarehouse

START = date(2023, 10, 24)
DAYS = tuple(START + timedelta(days=i) for i in range(5_000))
SMALL = Batch.of_season("shots_by_team", 2023, START, DAYS[:30])
LARGE = Batch.of_season("shots_by_team", 2023, START, DAYS[:100])
ALL_AT_ONCE = Batch.of_season("shots_by_team", 2023, START, DAYS)
A_GIBIBYTE = DryRun(2**30, 2)


def of(
    *batches: Batch, cleared: tuple[str, ...] = (), read: DryRun = A_GIBIBYTE
) -> tuple[TableCost, ...]:
    """What batches cost where every dry run says this,
    and an audit and a merge read five tables."""
    return costs(batches, cleared, lambda batch: read, lambda table: 5)


def test_f63_a_plan_counts_its_jobs_and_the_statements_that_change_each_table() -> None:
    """Ledger rows go in one statement a batch:
    a modification per date met the table's daily limit."""
    one, other = of(SMALL, LARGE, replace(SMALL, table="other"), cleared=("other",))
    assert (one.table, one.batches, one.jobs, one.modifications, one.partitions) == (
        "shots_by_team",
        2,
        8,
        2,
        100,
    )
    assert (other.table, other.batches, other.jobs, other.modifications) == (
        "other",
        1,
        7,
        2,
    )
    assert [one.queue, other.queue] == [2, 2]


def test_a_table_is_estimated_by_one_dry_run_of_its_longest_batch() -> None:
    asked: list[Batch] = []

    def dry_run(batch: Batch) -> DryRun:
        asked.append(batch)
        return DryRun(2**30, 2)

    (found,) = costs([SMALL, LARGE], [], dry_run, lambda table: 5)
    assert asked == [LARGE]
    assert found.bytes_read == 2 * 2**30
    assert found.dollars == pytest.approx(dollars(2 * (2**30 + (2 + 5) * LEAST_BILLED)))


def test_a_tebibyte_costs_what_the_price_list_says_and_the_least_of_a_table_is_billed() -> (
    None
):
    assert dollars(2**40) == DOLLARS_PER_TEBIBYTE == 6.25
    (nothing_read,) = of(SMALL, read=DryRun(0, 1))
    assert nothing_read.dollars == pytest.approx(6 * 10 / 2**20 * 6.25)


def test_a_plan_beyond_a_limit_says_which_and_the_repair() -> None:
    told = beyond(of(ALL_AT_ONCE), {"shots_by_team": 12_000})
    assert ["--batch-days" in told[0], "10000 partitions" in told[1]] == [True, True]
    assert beyond(of(LARGE), {"shots_by_team": 900}) == ()


@pytest.mark.parametrize(
    ("spent", "limit", "refused"),
    [(0.0, 2.0, False), (0.01, 2.0, True), (0.0, 1.99, True)],
)
def test_a_phase_is_refused_at_the_edge_of_what_a_run_may_cost(
    spent: float, limit: float, refused: bool
) -> None:
    cost = Cost((replace(of(SMALL)[0], dollars=2.0),))
    if refused:
        with pytest.raises(
            CostError, match=r"phase team would cost about \$2.00.*--max-cost.*stays"
        ):
            demand("team", cost, spent, limit)
    else:
        demand("team", cost, spent, limit)


def test_a_phase_beyond_a_limit_is_refused_whatever_may_be_spent() -> None:
    found = of(ALL_AT_ONCE)
    with pytest.raises(
        CostError, match="phase team: shots_by_team: a batch of 5,000 dates"
    ):
        demand("team", Cost(found, beyond(found, {})), 0.0, 1e9)


def test_an_estimate_of_everything_holds_what_computing_it_bills(
    league_warehouse: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    """The dry runs make no job and change nothing;
    the jobs that follow bill no more than they said."""
    planner = survey(league_warehouse)
    wanted = Scope(planner, Selection(rerun=True)).needs
    league_stand_in.log.clear()
    cost = cost_of(
        league_warehouse,
        planner,
        wanted,
        rerun=True,
        batch_days=A_SEASON,
        sample_dates=0,
    )
    assert cost is not None
    assert {job.step for job in jobs(league_stand_in)} <= {
        "records",
        "contents",
        "state",
    }, "looked at only"
    backfill(
        league_warehouse, Selection(rerun=True), batch_days=A_SEASON, run_id="billed"
    )
    by_table = {table.table: table for table in cost.tables}
    assert set(by_table) == set(league_warehouse.catalog.ordered())
    spent = league_warehouse.dollars_spent("billed")
    assert 0.5 * cost.dollars < spent <= cost.dollars
    for step in ("stage", "merge"):
        for table, estimated in by_table.items():
            done = [
                r
                for r in jobs(league_stand_in, step=step)
                if r.labels["table"] == table
            ]
            assert len(done) == estimated.batches, table
