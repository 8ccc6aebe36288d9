"""Queries of checks are asked side by side."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Event

import pytest

from runs.measure import SIDE_BY_SIDE, side_by_side


def interrupt(begun: list[Future[object]]) -> None:
    """Begin more than goes side by side, and be stopped by a person."""
    is_over = Event()
    with side_by_side() as pool:
        for _ in range(SIDE_BY_SIDE):
            pool.submit(is_over.wait, 60)
        late = pool.submit(object)
        late.add_done_callback(lambda _: is_over.set())
        begun.append(late)
        raise KeyboardInterrupt


def test_what_waits_is_not_begun_where_a_gate_ends_early() -> None:
    begun: list[Future[object]] = []
    with pytest.raises(KeyboardInterrupt):
        interrupt(begun)
    (late,) = begun
    assert late.cancelled()
