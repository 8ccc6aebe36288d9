"""Things in groups, in the order in which they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")
Key = TypeVar("Key")


def group(
    things: Iterable[Thing], key: Callable[[Thing], Key]
) -> dict[Key, list[Thing]]:
    """Key -> the things that have it."""
    groups: dict[Key, list[Thing]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups
