"""What `verify` shows: damaged cells with what differs, or one line that all is well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from core.counted import counted, verb_for
from core.remedy import Words, joined
from planning.reasons import Span
from planning.verify import Difference, Verification
from reports.commands import command_line, spell
from reports.reasons import tell_damage, tell_keys, tell_span
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
            (t.table, t.cells, t.rows, len(t.differences), *_reach(t.differences))
            for t in damaged
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
    return date_text(days[0]), date_text(days[-1])


def _cell(difference: Difference) -> None:
    say(
        f"{difference.table} {date_text(difference.day)}: {tell_difference(difference)}"
    )
    for check, keys in difference.keys.items():
        say(f"  {check.replace('_', ' ')}: {', '.join(keys)}")
    if entry := difference.entry:
        wrote = f"{moment(entry.finished_at)} UTC by run {entry.run_id}, code {entry.code_version}"
        say(f"  on record since {wrote}")


def _ending(found: Verification) -> None:
    cells, rows, counted_only = _totals(found)
    tables = counted(len(found.tables), "table")
    if not cells:
        status = command_line("status")
        say(
            f"no cell of {tables} holds rows, by the tables and by the ledger; see {status}"
        )
    elif damaged := len(found.differences):
        say(
            f"{damaged:,} of {counted(cells, 'cell')} "
            f"{verb_for(damaged, 'is', 'are')} damaged; to repair: "
            f"{spell(repair_words(found))}"
        )
    else:
        say(
            f"{counted(cells, 'cell')} of {tables} {verb_for(cells, 'holds', 'hold')} "
            "what the ledger says "
            f"({counted(rows, 'row')} read back)"
        )
    if counted_only:
        say(
            f"{counted_only:,} of them were hashed by another version of DuckDB or of their "
            "contract: their rows were counted, not compared"
        )


def print_unobserved(changed: Mapping[str, Sequence[date | None]]) -> None:
    """Raw data that the ledger does not know yet; nothing where it knows all."""
    if changed:
        parts = [_change_text(table, days) for table, days in changed.items()]
        say(f"raw data changed since it was last observed: {', '.join(parts)}")
        say(f"  {command_line('plan')} puts it on record and shows what it makes stale")


def _change_text(table: str, days: Sequence[date | None]) -> str:
    dates = [day for day in days if day]
    return f"{table} {tell_span(Span.of(dates))}" if dates else table


def tell_difference(difference: Difference) -> str:
    """How a cell's rows are not those that the ledger says."""
    damage = tell_damage(difference.damage)
    if not difference.state.holds_what_is_expected:
        return f"{damage}; {tell_keys(difference.state)}"
    if difference.recorded.rows == difference.held.rows:
        return f"{damage}; every expected key is there once: values differ"
    return damage


def _totals(found: Verification) -> tuple[int, int, int]:
    """Cells of all tables, rows read back, cells whose rows were only counted."""
    cells = rows = counted_only = 0
    for table in found.tables:
        cells += table.cells
        rows += table.rows
        counted_only += table.counted_only
    return cells, rows, counted_only


def repair_words(found: Verification) -> Words:
    """The commands that repair what differs; nothing when nothing does."""
    return joined(
        "; ",
        [joined(", then ", [(step,) for step in steps]) for steps in found.repairs],
    )


def verification_json(found: Verification) -> dict[str, Any]:
    """What was read back and what differs as plain data, times excepted."""
    cells, rows, counted_only = _totals(found)
    unobserved: dict[str, list[str | None]] = {}
    for table, days in found.unobserved.items():
        unobserved[table] = [str(day) if day else None for day in days]
    return {
        "cells": cells,
        "rows": rows,
        "counted_only": counted_only,
        "tables": len(found.tables),
        "differences": list(map(_difference_json, found.differences)),
        "repair": spell(repair_words(found)) or None,
        "unobserved": unobserved,
    }


def _difference_json(difference: Difference) -> dict[str, Any]:
    state, entry = difference.state, difference.entry
    keys = {
        "expected": state.expected,
        "missing": state.missing,
        "unexpected": state.unexpected,
        "repeated": state.duplicates,
    }
    return {
        "table": difference.table,
        "date": difference.day and str(difference.day),
        "what": tell_difference(difference),
        "rows_on_record": difference.recorded.rows,
        "rows_held": difference.held.rows,
        **keys,
        "keys": {check: list(keys) for check, keys in difference.keys.items()},
        "run_id": entry.run_id if entry else None,
        "finished_at": entry.finished_at if entry else None,
        "code_version": entry.code_version if entry else None,
    }


def date_text(day: date | None) -> str:
    """A date, or what rows are under that have none."""
    return str(day) if day else "(no date)"
