"""What a gate carries over from earlier verdicts is what measuring everything would find."""

from __future__ import annotations

import pytest

from tests.property.gates import run


@pytest.mark.parametrize("seed", range(1))
def test_what_a_gate_carries_over_is_what_measuring_everything_finds(seed: int) -> None:
    """A month that is taken to stand and does not would hide what broke in it."""
    counts = run(seed)
    assert counts["counts carried over"] > 0
    assert counts["counts measured"] > 0
