"""What a cell is made from: the dates inside each of its cuts,
and what became of them since. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from planning.calendar import ONE_DAY, GameDay
from planning.decisions import Planner
from planning.freshness import inside
from planning.ledger import Record, Records
from planning.needs import cut_start
from processors.contract import Read


@dataclass(frozen=True)
class InputState:
    """One input of a cell, as the ledger knows it.

    `start`, `end`: the first and last date that the cut lets in; `first`, `last`, `cells`: those of
    them that hold anything (rows without dates are one cell). `fingerprint`: what they add to the
    cell's. `changed_at`: when any of them last changed; `changed`: which did since the cell was
    computed, and `is_changed` whether any did (rows without dates have none to name).
    """

    name: str
    table: str
    cut: Read
    start: date | None
    end: date | None
    first: date | None
    last: date | None
    cells: int
    fingerprint: str
    changed_at: datetime | None
    is_changed: bool
    changed: tuple[date, ...]


def inputs_of(
    planner: Planner, table: str, day: GameDay, computed_at: datetime | None
) -> Iterator[InputState]:
    """The inputs of a cell, in the order of its contract;
    nothing changed since a cell never computed."""
    added = dict(planner.freshness.partials(table, day))
    for name, read, digests in planner.freshness.cuts(table):
        known = _inside(read, day, digests.records)
        yield _input(name, read, day, known, added[name], computed_at)


def _input(
    name: str,
    read: Read,
    day: GameDay,
    known: Mapping[date | None, Record],
    added: int,
    computed_at: datetime | None,
) -> InputState:
    """One input, from the records that its cut lets in."""
    dates: list[date | None] = []
    changed: list[date | None] = []
    times: list[datetime] = []
    for at, record in known.items():
        if record.content.rows:
            dates.append(at)
        if record.held:
            times.append(record.held.changed_at)
            if computed_at and times[-1] > computed_at:
                changed.append(at)
    dated = _dates(dates)
    start = None if read.rows == "all" else cut_start(read, day)
    return InputState(
        name=name,
        table=read.table,
        cut=read,
        start=start,
        end=_end(read, day),
        first=min(dated, default=None),
        last=max(dated, default=None),
        cells=len(dates),
        fingerprint=f"{added:032x}",
        changed_at=max(times, default=None),
        is_changed=bool(changed),
        changed=_dates(changed),
    )


def _dates(found: Iterable[date | None]) -> tuple[date, ...]:
    return tuple(sorted(at for at in found if at))


def _inside(read: Read, day: GameDay, records: Records) -> dict[date | None, Record]:
    """The records of the cells that the cut of a day holds."""
    dates = _dates_of_cut(read, day, records)
    return {at: records[at] for at in dates if at in records}


def _dates_of_cut(read: Read, day: GameDay, records: Records) -> Iterable[date | None]:
    """The dates that the cut of a day holds; None where it holds rows without a date."""
    if read.rows == "all":
        return (None,)
    return inside(read, day, list(_dates(records)))


def _end(read: Read, day: GameDay) -> date | None:
    """The last date that a cut lets in; before its start where a season has just begun."""
    if read.rows == "all":
        return None
    return day.game_date - ONE_DAY if read.rows == "before" else day.game_date
