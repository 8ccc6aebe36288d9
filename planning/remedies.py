"""The commands that repair cells, as values. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from core.remedy import Remedy


def backfill_remedy(
    tables: Iterable[str], days: Iterable[date], as_range: bool = False
) -> Remedy:
    """The command that computes what is due of these tables on these dates, one or more.

    A single date is named as such, unless it is wanted `as_range`.
    """
    listed = list(days)
    first, last = str(min(listed)), str(max(listed))
    named = [word for table in tables for word in ("--table", table)]
    if first == last and not as_range:
        return Remedy("backfill", (*named, "--dates", first))
    return Remedy("backfill", (*named, "--start", first, "--end", last))
