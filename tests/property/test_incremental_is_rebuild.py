"""After any edits and backfills the tables are,
fingerprint by fingerprint, those of a full rebuild."""

from __future__ import annotations

from random import Random

import pytest

from tests.property.edits import EDITS
from tests.property.sequence import opened_at_start, run

SEEDS = range(15)
"""As many as it takes for every edit to be due once; `make torture` runs thousands."""


@pytest.mark.parametrize("seed", SEEDS)
def test_what_edits_and_backfills_leave_is_what_a_rebuild_makes(seed: int) -> None:
    """A cell that is stale and taken for fresh is wrong for as long as nobody looks."""
    assert run(seed)["backfill, mishap none"]


def test_every_edit_finds_something_to_change() -> None:
    """An edit that never happens would let what it is to catch go by."""
    warehouse, random = opened_at_start(computed=True), Random(1)
    left = list(EDITS)
    for _ in range(3):
        left = [edit for edit in left if not edit(warehouse, random)]
    warehouse.close()
    assert not [edit.__name__ for edit in left]
