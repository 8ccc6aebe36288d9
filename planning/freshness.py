"""Freshness: whether a cell still is what its inputs,
its code and its table make it, and if not, why.

A cell's input fingerprint is made of the digests of all upstream cells inside its declared cuts,
taken as sums over windows of dates. Pure: the ledger's records and what the tables hold are handed
in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from itertools import accumulate

from planning.calendar import GameDay
from planning.cells import CellState, Outcome
from planning.found import Dates
from planning.ledger import NOTHING, Content, Record, Records, hash_of
from planning.needs import cut_start
from planning.reasons import (
    AttemptEnded,
    Cause,
    ChangedInput,
    CodeChanged,
    Damage,
    EndedAs,
    InputsChanged,
    KeysChanged,
    NeverComputed,
    Reason,
    Span,
)
from processors.catalog import Catalog
from processors.contract import Read

MODULUS = 2**128
ASSUMED = "assumed"
NEVER_COMPUTED = Reason(Cause.MISSING, NeverComputed())
"""One value for the many cells of a first run."""


@dataclass(frozen=True)
class Book:
    """What the ledger records of every table, raw ones as well, what the computed tables hold, and
    the fingerprint of each table's code as it stands."""

    records: Mapping[str, Records]
    contents: Mapping[str, Mapping[date | None, Content]]
    codes: Mapping[str, str]


@dataclass(frozen=True)
class Digests:
    """The digests of one table's cells by date,
    so that those of any window are one subtraction away."""

    table: str
    records: Records
    assumed: Mapping[date, str]

    @cached_property
    def _dates(self) -> list[date]:
        """The dates that hold anything, in order."""
        days = {*filter(None, self.records), *self.assumed}
        return sorted(filter(self._digest, days))

    @cached_property
    def _sums(self) -> list[int]:
        """The sum of the digests as numbers before each of those dates, and of all, mod 2^128."""
        numbers = (
            hash_of(self.table, str(day), self._digest(day)) for day in self._dates
        )
        added = accumulate(numbers, lambda total, one: (total + one) % MODULUS)
        return [0, *added]

    def _digest(self, day: date) -> str:
        """The digest of a date; empty where there is nothing."""
        if day in self.assumed:
            return self.assumed[day]
        record = self.records.get(day)
        return record.digest if record else ""

    def between(self, start: date, end: date) -> int:
        """The sum over the dates from start to the one before end, mod 2^128;
        0 where there is nothing."""
        first, last = bisect_left(self._dates, start), bisect_left(self._dates, end)
        return (self._sums[last] - self._sums[first]) % MODULUS

    def on(self, day: date) -> int:
        """The digest of one date as a number; 0 where there is nothing."""
        at = bisect_left(self._dates, day)
        if at == len(self._dates) or self._dates[at] != day:
            return 0
        return (self._sums[at + 1] - self._sums[at]) % MODULUS

    def undated(self) -> int:
        """The digest of a table without dates as a number."""
        record = self.records.get(None)
        return hash_of(self.table, record.digest) if record and record.digest else 0

    def undated_changed_since(self, moment: datetime) -> bool:
        """Whether the content of a table without dates changed after a moment."""
        record = self.records.get(None)
        return bool(record and record.held and record.held.changed_at > moment)

    @cached_property
    def _changes(self) -> dict[datetime, list[date]]:
        return {}

    def changed_since(self, moment: datetime) -> list[date]:
        """The dates whose content changed after a moment, in order."""
        if moment not in self._changes:
            changed = {*self.assumed, *self._dates_on_record_changed_since(moment)}
            self._changes[moment] = sorted(changed)
        return self._changes[moment]

    def _dates_on_record_changed_since(self, moment: datetime) -> Iterator[date]:
        for day, record in self.records.items():
            if day and record.held and record.held.changed_at > moment:
                yield day


Cut = tuple[str, Read, Digests]
"""An input as it counts for freshness: its name, what it reads, the digests of that."""
Sum = Callable[[GameDay], int]
"""What an input adds to the fingerprint of a cell: the sum of the digests inside its cut."""


def sum_of(read: Read, digests: Digests) -> Sum:
    """How the digests of what is read are summed up for a date."""
    match read.rows:
        case "all":
            undated = digests.undated()
            return lambda _day: undated
        case "before" if read.years is None:
            return lambda day: digests.between(day.season_start, day.game_date)
        case "before":
            return lambda day: digests.between(cut_start(read, day), day.game_date)
        case _:
            return lambda day: digests.on(day.game_date)


@dataclass(frozen=True)
class Freshness:
    """Judges cells by the book; `assumed` are upstream cells taken
    for changed, table -> date -> digest."""

    catalog: Catalog
    book: Book
    assumed: Mapping[str, Mapping[date, str]] = field(default_factory=dict)
    _digests: dict[str, Digests] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _cuts: dict[str, list[Cut]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _sums: dict[str, list[tuple[str, Sum]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _records: dict[str, Records] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _contents: dict[str, Mapping[date | None, Content]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _made_for_batches: dict[str, dict[date, str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The input fingerprints of cells to be computed, until those are looked at again."""

    def after(self, written: Mapping[str, Dates]) -> Freshness:
        """The judge for when these dates of tables were written, with the digests of all
        others."""
        judge = replace(self)
        for table, digests in self._digests.items():
            if table not in written:
                judge._records[table] = self._records[table]
                judge._digests[table] = digests
        for table, made in self._made_for_batches.items():
            if all(
                read.table not in written for _, read in inputs(self.catalog, table)
            ):
                judge._made_for_batches[table] = made
        return judge

    def digests(self, table: str) -> Digests:
        """The digests of a raw or computed table."""
        if table not in self._digests:
            assumed = self.assumed.get(table, {})
            self._digests[table] = Digests(table, self._records_of(table), assumed)
        return self._digests[table]

    def cuts(self, table: str) -> list[Cut]:
        """The inputs of a table: name, read, and the digests of what it reads."""
        if table not in self._cuts:
            found = inputs(self.catalog, table)
            self._cuts[table] = [
                (name, read, self.digests(read.table)) for name, read in found
            ]
        return self._cuts[table]

    def record(self, table: str, day: date) -> Record | None:
        """What the ledger says of a cell; None when it never heard of it."""
        return self._records_of(table).get(day)

    def content(self, table: str, day: date) -> Content:
        """What the table holds of a cell."""
        if table not in self._contents:
            self._contents[table] = self.book.contents[table]
        return self._contents[table].get(day, NOTHING)

    def _records_of(self, table: str) -> Records:
        """The records of a table; looked up in the book once, not for every cell."""
        if table not in self._records:
            self._records[table] = self.book.records.get(table, {})
        return self._records[table]

    def inputs(self, table: str, day: GameDay) -> str:
        """The input fingerprint of a cell as things stand: 32 hexadecimal digits."""
        parts = [f"{name}={sum_on(day):x}" for name, sum_on in self._sums_of(table)]
        return f"{hash_of(str(day.season), *parts):032x}"

    def inputs_of_batch(self, table: str, day: GameDay) -> str:
        """The same of a cell that is about to be computed, which will be asked for once it is."""
        made = self._made_for_batches.setdefault(table, {})
        made[day.game_date] = fingerprint = self.inputs(table, day)
        return fingerprint

    def _inputs_made(self, table: str, day: GameDay) -> str:
        """The input fingerprint of a cell, as it was made for its batch where it was, which is
        forgotten then."""
        made = self._made_for_batches.get(table, {})
        return made.pop(day.game_date, "") or self.inputs(table, day)

    def partials(self, table: str, day: GameDay) -> Iterator[tuple[str, int]]:
        """What each input adds to a cell's fingerprint:
        input name, sum of digests inside its cut."""
        for name, sum_on in self._sums_of(table):
            yield name, sum_on(day)

    def _sums_of(self, table: str) -> list[tuple[str, Sum]]:
        if table not in self._sums:
            self._sums[table] = [
                (name, sum_of(read, digests))
                for name, read, digests in self.cuts(table)
            ]
        return self._sums[table]

    def reason(self, table: str, day: GameDay, state: CellState) -> Reason | None:
        """Why a cell that is to be done is not fresh; None when it is."""
        record = self.record(table, day.game_date)
        if day.game_date in self.assumed.get(table, {}):
            return None
        if damage := damage_of(record, self.content(table, day.game_date)):
            return Reason(Cause.DAMAGED, damage)
        if record is None:
            return NEVER_COMPUTED
        if record.last.outcome is not Outcome.DONE:
            return _reason_to_finish(record)
        return self._stale(table, day, record, state)

    def breaks_again(self, table: str, day: GameDay) -> bool:
        """Whether a cell is in quarantine and would be computed from the very inputs and by the
        very query that broke its contract."""
        record = self.record(table, day.game_date)
        if record is None or record.last.outcome is not Outcome.QUARANTINED:
            return False
        entry = record.last
        same_code = entry.code == self.book.codes[table]
        return same_code and entry.inputs == self.inputs(table, day)

    def _stale(
        self, table: str, day: GameDay, record: Record, state: CellState
    ) -> Reason | None:
        entry = record.last
        if entry.code != self.book.codes[table]:
            return Reason(
                Cause.STALE, CodeChanged(str(entry.code), self.book.codes[table])
            )
        if entry.inputs != self._inputs_made(table, day):
            return Reason(Cause.STALE, self.changes(table, day, entry.started_at))
        if not state.holds_what_is_expected:
            return Reason(Cause.STALE, KeysChanged(state))
        return None

    def changes(self, table: str, day: GameDay, since: datetime) -> InputsChanged:
        """Which inputs of a cell changed after a moment, with the dates."""
        changed: dict[str, set[date]] = {}
        undated = []
        for name, read, digests in self.cuts(table):
            if read.rows != "all":
                inside_it = inside(read, day, digests.changed_since(since))
                changed.setdefault(read.table, set()).update(inside_it)
            elif digests.undated_changed_since(since):
                undated.append(ChangedInput(name, is_dated=False))
        dated: list[ChangedInput] = []
        for source, dates in changed.items():
            if dates:
                dated.append(_input_seen_from(day.game_date, source, sorted(dates)))
        return InputsChanged((*undated, *dated))


def inputs(catalog: Catalog, table: str) -> Iterator[tuple[str, Read]]:
    """The inputs that decide the rows of a table:
    its reads, and the schedule where tip-offs bound one."""
    reads = catalog[table].contract.reads
    yield from reads.items()
    if any(read.rows == "before_tip_off" for read in reads.values()):
        yield "schedule of tip-offs", Read(table="schedule", rows="same_day")


def inside(read: Read, day: GameDay, dates: list[date]) -> list[date]:
    """Those of the ordered dates that the cut of a day contains."""
    if read.rows != "before":
        return _date_alone(dates, day.game_date)
    first = cut_start(read, day)
    start = bisect_left(dates, first)
    end = bisect_left(dates, day.game_date)
    return dates[start:end]


def _date_alone(dates: list[date], wanted: date) -> list[date]:
    """The date, where it is among the ordered ones."""
    at = bisect_left(dates, wanted)
    if at < len(dates) and dates[at] == wanted:
        return [wanted]
    return []


def damage_of(record: Record | None, content: Content) -> Damage | None:
    """How a table differs from what the ledger says it holds of a cell; None when it does not."""
    wanted = record.content if record else NOTHING
    return None if wanted.agrees(content) else Damage(wanted.rows, content.rows)


def _input_seen_from(day: date, source: str, dates: list[date]) -> ChangedInput:
    """Dates as a cell of `day` would name them:
    its own is that day, so that many cells share a reason."""
    return ChangedInput(source, None if dates == [day] else Span.of(dates))


def _reason_to_finish(record: Record) -> Reason:
    """Why a cell whose last outcome is not done is to be computed."""
    entry = record.last
    said = entry.error_message or str(entry.outcome)
    if entry.outcome is Outcome.FAILED:
        ended = AttemptEnded(str(entry.error_class), said, entry.attempt)
        return Reason(Cause.FAILED, ended)
    if entry.outcome is Outcome.QUARANTINED:
        checks = entry.error_class or ""
        ended = AttemptEnded(None, said, entry.attempt, checks)
        return Reason(Cause.QUARANTINED, ended)
    return Reason(Cause.MISSING, EndedAs(entry.outcome))
