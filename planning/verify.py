"""Verification: tables as they were read back, against the ledger,
cell by cell. Pure; it repairs nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from core.remedy import Remedy
from planning.cells import EMPTY, CellState
from planning.freshness import damage_of
from planning.ledger import (
    NOTHING,
    Content,
    Entry,
    Record,
    Records,
    algorithm,
    undated_first,
)
from planning.reasons import Damage
from planning.remedies import backfill_remedy

Contents = Mapping[date | None, Content]


@dataclass(frozen=True)
class Difference:
    """A cell whose rows are not those that the ledger says;
    `entry` is what put them there, by the ledger.

    `state`: how its keys compare with those expected. `keys`: some of the keys at fault, by check.
    """

    table: str
    day: date | None
    damage: Damage
    recorded: Content
    held: Content
    entry: Entry | None
    state: CellState = EMPTY
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
    def repairs(self) -> list[tuple[Remedy, ...]]:
        """The commands that repair what differs, one after the other; more than one where rows
        without a date lie in several tables, none when nothing differs."""
        tables: dict[str, None] = {}
        undated: dict[str, None] = {}
        days: list[date] = []
        for difference in self.differences:
            tables[difference.table] = None
            if difference.day is None:
                undated[difference.table] = None
            else:
                days.append(difference.day)
        if undated:
            return list(map(_commands_to_remake, undated))
        return [(backfill_remedy(tables, days),)] if tables else []


def comparison_of(
    table: str,
    records: Records,
    contents: Contents,
    days: Collection[date | None] | None = None,
) -> Verified:
    """A table against the ledger, on these dates or on all."""
    cells = rows = counted_only = 0
    differences = []
    for day in undated_first({*records, *contents}):
        record, held = records.get(day), contents.get(day, NOTHING)
        recorded = record.content if record else NOTHING
        if (days is not None and day not in days) or not recorded.rows + held.rows:
            continue
        cells, rows = cells + 1, rows + held.rows
        if damage := differs(record, held):
            entry = (record.held or record.last) if record else None
            differences.append(Difference(table, day, damage, recorded, held, entry))
        elif algorithm(recorded.fingerprint) != algorithm(held.fingerprint):
            counted_only += 1
    return Verified(table, cells, rows, counted_only, tuple(differences))


def differs(record: Record | None, held: Content) -> Damage | None:
    """How a cell's rows are not those on record; None when they are."""
    damage = damage_of(record, held)
    if not damage or record is None:
        return damage and replace(damage, outcome=None)
    return replace(damage, outcome=(record.held or record.last).outcome)


def unobserved(
    records: Records, contents: Contents, days: Collection[date | None] | None = None
) -> tuple[date | None, ...]:
    """The dates of a raw table that changed or vanished since it
    was last observed; None for undated rows."""
    changed: list[date | None] = []
    for day in undated_first({*records, *contents}):
        is_chosen = days is None or day is None or day in days
        if is_chosen and damage_of(records.get(day), contents.get(day, NOTHING)):
            changed.append(day)
    return tuple(changed)


def _commands_to_remake(table: str) -> tuple[Remedy, ...]:
    """The commands that drop a table and compute it again."""
    return Remedy("drop", (table, "--yes")), Remedy("backfill", ("--table", table))
