"""Who is watching a run from inside its process:
the command line's progress, nobody on a worker."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_log = logging.getLogger(__name__)
Listener = Callable[["Event"], None]
_listeners: list[Listener] = []


@dataclass(frozen=True)
class Event:
    """Something that happened in a run; `facts` are plain data, but for the report.

    `kind` is wave, batch, phase or verdict, progress (what is done and left), outturn (what came
    true) or report (what the run ends with).
    """

    kind: str
    facts: dict[str, Any]


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call `listener` with every event of this process while the block runs."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def tell(kind: str, **facts: Any) -> None:
    """Tell every listener; an error of one is logged,
    and never reaches the work that it watches."""
    for listener in tuple(_listeners):
        try:
            listener(Event(kind, facts))
        except Exception:
            _log.warning("a listener failed on the event %s", kind, exc_info=True)
