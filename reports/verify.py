"""What `verify` shows: damaged cells with what differs, or one line that all is well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from planning.freshness import spelled
from planning.verify import Difference, Verification
from reports.terminal import console, grid

CELLS_SHOWN = 3
"""Damaged cells shown per table; all of them are in the JSON."""


def say(text: str = "") -> None:
    """A line as it is: not folded, no markup read into it."""
    console().print(text, markup=False, soft_wrap=True)


def moment(at: datetime) -> str:
    """A time of the ledger to the second; they are all UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def print_verification(found: Verification) -> None:
    """What differs, per table and cell, and the command that repairs it."""
    damaged = [table for table in found.tables if table.differences]
    if damaged:
        rows = [
            (t.table, t.cells, t.rows, len(t.differences), *_reach(t.differences)) for t in damaged
        ]
        header = ("table", "cells", "rows read back", "damaged", "first", "last")
        grid("tables that are not what the ledger says", header, rows)
    for table in damaged:
        for difference in table.differences[:CELLS_SHOWN]:
            _cell(difference)
        if len(table.differences) > CELLS_SHOWN:
            say(
                f"{table.table}: {len(table.differences) - CELLS_SHOWN:,} more; all of them: --json"
            )
    _ending(found)
    print_unobserved(found.unobserved)


def _reach(differences: Sequence[Difference]) -> tuple[str, str]:
    days = [difference.day for difference in differences]
    return named(days[0]), named(days[-1])


def _cell(difference: Difference) -> None:
    say(f"{difference.table} {named(difference.day)}: {difference}")
    for check, keys in difference.keys.items():
        say(f"  {check.replace('_', ' ')}: {', '.join(keys)}")
    if entry := difference.entry:
        wrote = f"{moment(entry.finished_at)} UTC by run {entry.run_id}, code {entry.code_version}"
        say(f"  on record since {wrote}")


def _ending(found: Verification) -> None:
    cells, rows = sum(t.cells for t in found.tables), sum(t.rows for t in found.tables)
    counted_only = sum(t.counted_only for t in found.tables)
    tables = f"{len(found.tables)} table{'s' if len(found.tables) > 1 else ''}"
    if not cells:
        say(
            f"no cell of {tables} holds rows, by the tables and by the ledger; see fullcourt status"
        )
    elif damaged := len(found.differences):
        say(f"{damaged:,} of {cells:,} cells are damaged; to repair: {found.repair}")
    else:
        say(f"{cells:,} cells of {tables} hold what the ledger says ({rows:,} rows read back)")
    if counted_only:
        say(
            f"{counted_only:,} of them were hashed by another version of DuckDB or of their "
            "contract: their rows were counted, not compared"
        )


def print_unobserved(changed: Mapping[str, Sequence[date | None]]) -> None:
    """Raw data that the ledger does not know yet; nothing where it knows all."""
    if changed:
        parts = (
            f"{table} {spelled(dates)}" if (dates := [day for day in days if day]) else table
            for table, days in changed.items()
        )
        say(f"raw data changed since it was last observed: {', '.join(parts)}")
        say("  fullcourt plan puts it on record and shows what it makes stale")


def named(day: date | None) -> str:
    """A date, or what rows are under that have none."""
    return str(day) if day else "(no date)"
