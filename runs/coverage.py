"""What a backfill covers, read from the warehouse."""

from __future__ import annotations

from planning.coverage import Coverage, coverage
from planning.scope import Scope


def covered(scope: Scope) -> list[Coverage]:
    """The cells asked for, per table and season."""
    found: list[Coverage] = []
    for table, dates in scope.needs.targets.items():
        found += coverage(scope.planner, table, dates)
    return found
