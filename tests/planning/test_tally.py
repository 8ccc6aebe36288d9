"""A tally counts what a run has computed and what is left, and never loses a table on the way."""

from __future__ import annotations

import pytest

from planning.eta import Counted, Estimate, Outturn, Tally, Workload
from reports.eta import outturn_json, tell_outturn, tell_tally

A, B = "player_daily_cache", "ml_feature_store"


@pytest.fixture
def tally() -> Tally:
    """Two tables: 100 cells of 1,000 rows in 4 batches, 50 cells of 3,000 rows in 2."""
    return Tally(
        [
            Workload(A, ("precompute", 2), 100, 1_000, 4),
            Workload(B, ("precompute", 3), 50, 3_000, 2),
        ]
    )


def test_a_batch_moves_its_cells_and_rows_from_left_to_done(tally: Tally) -> None:
    tally.count_computed(A, 25, 250)
    assert (tally.done, tally.remaining) == (Counted(25, 250), Counted(125, 3_750))
    assert [(work.table, work.cells, work.batches) for work in tally.to_do] == [
        (A, 75, 3),
        (B, 50, 2),
    ]


def test_the_share_done_is_that_of_rows(tally: Tally) -> None:
    """By cells the last table, which has most of the rows, would seem to stand still."""
    assert tally.percent == 0
    tally.count_computed(A, 100, 1_000)
    assert tally.percent == 25
    tally.count_computed(B, 50, 3_000)
    assert tally.percent == 100


def test_cells_that_are_not_due_any_more_leave_the_count(tally: Tally) -> None:
    """A recomputation that gave the same rows ends there;
    a bar that waits for the rest never fills."""
    tally.count_computed(A, 100, 1_000)
    tally.count_due(B, 10, 600, looked_at=50)
    assert tally.remaining == Counted(10, 600)
    tally.count_computed(B, 10, 600)
    assert tally.percent == 100


def test_a_sample_says_nothing_of_the_cells_that_it_does_not_look_at(
    tally: Tally,
) -> None:
    tally.count_due(A, 3, 30, looked_at=3)
    tally.count_computed(A, 3, 30)
    assert tally.remaining == Counted(147, 3_970)
    tally.count_due(A, 97, 970, looked_at=100)
    assert tally.remaining == Counted(147, 3_970)


def test_what_a_phase_did_not_compute_is_no_work_left_when_it_has_ended(
    tally: Tally,
) -> None:
    tally.count_computed(A, 25, 250)
    tally.close_phase("team")
    assert tally.remaining.cells == 125
    tally.close_phase("precompute")
    assert (tally.to_do, tally.percent, tally.done.cells) == ([], 100, 25)


def test_a_table_that_nobody_planned_is_counted_when_it_is_computed(
    tally: Tally,
) -> None:
    tally.count_due("team_box", 5, 5, looked_at=5)
    tally.count_computed("team_box", 5, 50)
    assert (tally.done, tally.planned) == (Counted(5, 50), Counted(150, 4_000))


def test_a_tally_says_how_far_it_is(tally: Tally) -> None:
    tally.count_computed(A, 25, 250)
    assert tell_tally(tally) == "25 of 150 cells, 250 of 4,000 rows"
    assert tally.to_json() == {
        "cells": 150,
        "cells_done": 25,
        "rows": 4_000,
        "rows_done": 250,
    }


ALL, SOME = Counted(8_762, 1_008_469), Counted(2_000, 100_000)


@pytest.mark.parametrize(
    ("outturn", "said"),
    [
        (
            Outturn(Estimate(20, 35, 9), 31, ALL, ALL),
            "first estimated 20–35 s, took 31 s",
        ),
        (Outturn(None, 200, ALL, ALL), "no estimate at first, took 3.3 min"),
        (
            Outturn(Estimate(20, 35, 9), 12, ALL, SOME),
            "first estimated 20–35 s for 8,762 cells at most, took 12 s for 2,000",
        ),
    ],
)
def test_an_outturn_sets_what_was_estimated_beside_what_came_true(
    outturn: Outturn, said: str
) -> None:
    assert tell_outturn(outturn) == said


def test_an_outturn_is_plain_data() -> None:
    told = outturn_json(Outturn(Estimate(20, 35, 9), 31.234, ALL, SOME))
    assert told.pop("said")
    assert told == {
        "first": {"low": 20, "high": 35, "batches": 9},
        "seconds": 31.23,
        "cells_planned": 8_762,
        "cells_computed": 2_000,
    }
    assert Outturn(None, 1, ALL, ALL).to_json()["first"] is None
