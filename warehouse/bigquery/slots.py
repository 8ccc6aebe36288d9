"""At most two mutating statements per table at once:
BigQuery runs two and lets twenty wait, then refuses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2


class Slots:
    """Places per table for UPDATE, DELETE and MERGE of this process."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._places: dict[str, threading.BoundedSemaphore] = {}
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, table: str) -> Iterator[None]:
        """Hold a place among a table's statements; none is needed without a table."""
        if not table:
            yield
            return
        with self._lock:
            places = self._places.setdefault(
                table, threading.BoundedSemaphore(self._at_once)
            )
        with places:
            yield
