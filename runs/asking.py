"""Whom a run asks when a gate says NO-GO: the terminal it was started from, where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """What a person decided: to go on or not, why, and who that was, where it is known."""

    goes_on: bool
    reason: str = ""
    by: str = ""


Asker = Callable[[str, list[str]], Reply]
"""(phase, breaches) -> what was decided."""
_askers: list[Asker] = []


@contextmanager
def asking(asker: Asker) -> Iterator[None]:
    """Let a NO-GO of this process be put to `asker` while the block runs."""
    _askers.append(asker)
    try:
        yield
    finally:
        _askers.remove(asker)


def asker() -> Asker | None:
    """Whom to ask in this process; None on a worker."""
    return _askers[-1] if _askers else None
