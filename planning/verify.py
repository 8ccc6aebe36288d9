"""Verification: tables as they were read back, against the ledger,
cell by cell. Pure; it repairs nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planning.cells import EMPTY, CellState, Outcome
from planning.freshness import damaged, lacking
from planning.ledger import NOTHING, Content, Entry, Record, Records, algorithm

Contents = Mapping[date | None, Content]


@dataclass(frozen=True)
class Difference:
    """A cell whose rows are not those that the ledger says;
    `entry` is what put them there, by the ledger.

    `state`: how its keys compare with those expected. `keys`: some of the keys at fault, by check.
    """

    table: str
    day: date | None
    what: str
    recorded: Content
    held: Content
    entry: Entry | None
    state: CellState = EMPTY
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        if not self.state.holds_what_is_expected:
            return f"{self.what}; {lacking(self.state)}"
        if self.recorded.rows == self.held.rows:
            return f"{self.what}; every expected key is there once: values differ"
        return self.what

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        wrote = {
            name: getattr(self.entry, name, None)
            for name in ("run_id", "finished_at", "code_version")
        }
        return {
            "table": self.table,
            "date": self.day and str(self.day),
            "what": str(self),
            "rows_on_record": self.recorded.rows,
            "rows_held": self.held.rows,
            **{name: getattr(self.state, name) for name in ("expected", "missing", "unexpected")},
            "repeated": self.state.duplicates,
            "keys": {check: list(keys) for check, keys in self.keys.items()},
            **wrote,
        }


@dataclass(frozen=True)
class Verified:
    """One table: cells that hold rows or should, rows read back, what differs.

    `counted_only`: cells whose content was hashed in another way than now, so that only rows could
    compare.
    """

    table: str
    cells: int
    rows: int
    counted_only: int
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Verification:
    """Every table asked for; and the raw dates
    that changed since they were last observed, no damage."""

    tables: tuple[Verified, ...]
    unobserved: Mapping[str, tuple[date | None, ...]]

    @property
    def differences(self) -> list[Difference]:
        """Every damaged cell, upstream first."""
        return [difference for table in self.tables for difference in table.differences]

    @property
    def repair(self) -> str:
        """The command that repairs what differs; empty when nothing does."""
        found = self.differences
        if undated := dict.fromkeys(d.table for d in found if d.day is None):
            return "; ".join(
                f"fullcourt drop {t} --yes, then fullcourt backfill --table {t}" for t in undated
            )
        tables = dict.fromkeys(d.table for d in found)
        return backfill_command(tables, [d.day for d in found if d.day]) if found else ""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        unobserved = {
            table: [day and str(day) for day in days] for table, days in self.unobserved.items()
        }
        return {
            "cells": sum(table.cells for table in self.tables),
            "rows": sum(table.rows for table in self.tables),
            "counted_only": sum(table.counted_only for table in self.tables),
            "tables": len(self.tables),
            "differences": [difference.to_json() for difference in self.differences],
            "repair": self.repair or None,
            "unobserved": unobserved,
        }


def verified(
    table: str, records: Records, contents: Contents, days: Collection[date | None] | None = None
) -> Verified:
    """A table against the ledger, on these dates or on all."""
    cells = rows = counted_only = 0
    differences = []
    for day in sorted({*records, *contents}, key=lambda d: d or date.min):
        record, held = records.get(day), contents.get(day, NOTHING)
        recorded = record.content if record else NOTHING
        if (days is not None and day not in days) or not recorded.rows + held.rows:
            continue
        cells, rows = cells + 1, rows + held.rows
        if what := differs(record, held):
            entry = (record.held or record.last) if record else None
            differences.append(Difference(table, day, what, recorded, held, entry))
        elif algorithm(recorded.fingerprint) != algorithm(held.fingerprint):
            counted_only += 1
    return Verified(table, cells, rows, counted_only, tuple(differences))


def differs(record: Record | None, held: Content) -> str:
    """How a cell's rows are not those on record, for a person to read; empty when they are."""
    what = damaged(record, held)
    if not what or (record and record.held and record.held.outcome is Outcome.DONE):
        return what
    said = f"says {(record.held or record.last).outcome}" if record else "knows nothing of it"
    return f"the ledger {said}, the table holds {held.rows} rows"


def unobserved(
    records: Records, contents: Contents, days: Collection[date | None] | None = None
) -> tuple[date | None, ...]:
    """The dates of a raw table that changed or vanished since it
    was last observed; None for undated rows."""
    changed = {
        day
        for day in {*records, *contents}
        if damaged(records.get(day), contents.get(day, NOTHING))
    }
    chosen = (day for day in changed if days is None or day is None or day in days)
    return tuple(sorted(chosen, key=lambda d: d or date.min))


def backfill_command(tables: Iterable[str], days: Iterable[date]) -> str:
    """The command that computes what is due of these tables on these dates."""
    first, last = min(days := list(days)), max(days)
    dates = f"--dates {first}" if first == last else f"--start {first} --end {last}"
    return " ".join(["fullcourt backfill", *(f"--table {table}" for table in tables), dates])
