"""After any edits and backfills the tables are,
fingerprint by fingerprint, those of a full rebuild."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from random import Random

import pytest

from tests.property.edits import EDITS
from tests.property.sequence import opened_at_start, run

SEEDS = range(20)
Runs = dict[int, Future[Counter[str]]]


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest) -> Iterator[Runs]:
    """The sequences that were asked for, on their way in two processes."""
    here = [item for item in request.session.items if item.path == request.path]
    seeds = [item.callspec.params["seed"] for item in here if hasattr(item, "callspec")]
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        yield {seed: pool.submit(run, seed) for seed in seeds}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_edits_and_backfills_leave_is_what_a_rebuild_makes(
    seed: int, runs: Runs
) -> None:
    """A cell that is stale and taken for fresh is wrong for as long as nobody looks."""
    assert runs[seed].result()["backfill, mishap none"]


def test_every_edit_finds_something_to_change() -> None:
    """An edit that never happens would let what it is to catch go by."""
    warehouse, random = opened_at_start(computed=True), Random(1)
    left = list(EDITS)
    for _ in range(3):
        left = [edit for edit in left if not edit(warehouse, random)]
    warehouse.close()
    assert not [edit.__name__ for edit in left]
