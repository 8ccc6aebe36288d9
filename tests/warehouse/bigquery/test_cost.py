"""What a plan costs is counted before it runs: jobs, modifications, bytes, dollars; and the limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from planning.batches import Batch
from warehouse.bigquery.cost import Counted, Estimate, beyond, counted, estimated

START = date(2023, 10, 24)
DAYS = tuple(START + timedelta(days=i) for i in range(5_000))
SMALL = Batch("shots_by_team", 2023, START, DAYS[:30])
LARGE = replace(SMALL, dates=DAYS[:100])


def test_f63_a_plan_counts_its_jobs_and_the_statements_that_change_each_table() -> None:
    """Ledger rows go in one statement a batch: a modification per date met the table's daily limit."""
    other = replace(SMALL, table="other")
    counts = counted([SMALL, LARGE, other], cleared=["other"])
    assert counts["shots_by_team"] == Counted("shots_by_team", 2, 8, 2, 100)
    assert counts["other"] == Counted("other", 1, 7, 2, 30)
    assert counts["shots_by_team"].queue == 2


def test_a_plan_beyond_a_limit_says_which_and_the_repair() -> None:
    counts = counted([replace(SMALL, dates=DAYS)])
    told = beyond(counts, {"shots_by_team": 12_000})
    assert ["--batch-days" in told[0], "10000 partitions" in told[1]] == [True, True]
    assert beyond(counted([LARGE]), {"shots_by_team": 900}) == []


def test_a_table_is_estimated_by_one_dry_run_of_its_longest_batch() -> None:
    asked: list[Batch] = []

    def dry_run(batch: Batch) -> int:
        asked.append(batch)
        return 2**30

    assert estimated([SMALL, LARGE], dry_run) == {"shots_by_team": Estimate("shots_by_team", 2, 2**30)}
    assert asked == [LARGE]


@pytest.mark.parametrize(("size", "dollars"), [(2**40, 6.25), (0, 10 / 2**20 * 6.25)])
def test_dollars_are_those_of_what_is_billed_at_least(size: int, dollars: float) -> None:
    assert Estimate("t", 1, size).dollars == pytest.approx(dollars)
