"""What this process holds in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import memory

ENOUGH = 64 * 1024**2
MIB = 1024**2


@pytest.mark.skipif(
    not memory.HELD_NOW.exists(), reason="the system does not tell what is held now"
)
def test_what_is_held_now_grows_and_shrinks_and_the_peak_stays() -> None:
    before = memory.resident_bytes()
    ballast = b"\1" * ENOUGH
    with_ballast = memory.resident_bytes()
    assert with_ballast - before > 0.9 * len(ballast)
    del ballast
    assert with_ballast - memory.resident_bytes() > 0.9 * ENOUGH
    assert memory.peak_mib() * MIB >= 0.9 * with_ballast


def test_nothing_is_known_where_the_system_does_not_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "HELD_NOW", tmp_path / "none")
    assert memory.resident_bytes() == 0
