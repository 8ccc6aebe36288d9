"""Who is watching a run from inside its process:
the command line's progress, nobody on a worker."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runs.events import Event

_log = logging.getLogger(__name__)
Listener = Callable[[Event], None]
_listeners: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call `listener` with every event of this process while the block runs."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def tell(event: Event) -> None:
    """Tell every listener; an error of one is logged,
    and never reaches the work that it watches."""
    for listener in tuple(_listeners):
        try:
            listener(event)
        except Exception:
            _log.warning(
                "a listener failed on the event %s", type(event).__name__, exc_info=True
            )
