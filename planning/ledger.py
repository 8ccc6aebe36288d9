"""What the ledger says of a cell: its entries, the last of them,
what its table is to hold. Pure values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from operator import attrgetter

from planning.batches import Batch
from planning.cells import Outcome

BEGINNING = datetime.min.replace(tzinfo=UTC)
IN_ORDER = attrgetter("finished_at", "run_id", "attempt")
"""Of two entries of a cell the one for which this is greater is the later."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a cell holds: its rows, and a hash of them in any order;
    its prefix names the algorithm."""

    rows: int = 0
    fingerprint: str = ""

    def agrees(self, other: Content) -> bool:
        """Whether both are the same rows; where two algorithms hashed them,
        their numbers must do."""
        if self.rows != other.rows:
            return False
        if self.fingerprint == other.fingerprint:
            return True
        return algorithm(self.fingerprint) != algorithm(other.fingerprint)


NOTHING = Content()


def algorithm(fingerprint: str) -> str:
    """The prefix of a fingerprint: how, and by which engine, it was made."""
    return fingerprint.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Run:
    """Who writes to the ledger: the root flow run,
    and the code that it runs (commit, and + when edited)."""

    run_id: str
    code_version: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger: a cell, an attempt, how it ended and from what.

    `digest` names the content for those who read it: the fingerprint under which it was first seen,
    kept while the content is the same; `changed_at` is when that was. `day` is None for an undated
    raw table. `bytes` is what the warehouse billed, where it says so. `error_class`: the class of a
    failure's error, or the names of the checks that a quarantined cell broke; older entries of a
    quarantine all have CellError.
    """

    table: str
    day: date | None
    outcome: Outcome
    content: Content = NOTHING
    expected: int | None = None
    inputs: str | None = None
    code: str | None = None
    digest: str = ""
    changed_at: datetime = BEGINNING
    run_id: str = ""
    attempt: int = 1
    started_at: datetime = BEGINNING
    finished_at: datetime = BEGINNING
    bytes: int | None = None
    code_version: str = ""
    error_class: str | None = None
    error_message: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A cell's last entry, and its last other than failed:
    failing changes nothing but the ledger."""

    last: Entry
    held: Entry | None

    @property
    def content(self) -> Content:
        """What the table is to hold of the cell: rows exactly when it is held to be done."""
        return (
            self.held.content
            if self.held and self.held.outcome is Outcome.DONE
            else NOTHING
        )

    @property
    def digest(self) -> str:
        """The name of that content for those who read it; empty for nothing."""
        return self.held.digest if self.held else ""


Records = Mapping[date | None, Record]
"""Date -> record, of one table."""


def records(entries: Iterable[Entry]) -> dict[str, dict[date | None, Record]]:
    """Table -> date -> record, from any entries that hold the last ones of each cell."""
    found: dict[str, dict[date | None, Record]] = {}
    for entry in sorted(entries, key=IN_ORDER):
        cells = found.setdefault(entry.table, {})
        cells[entry.day] = next_record(entry, cells.get(entry.day))
    return found


def next_record(entry: Entry, before: Record | None) -> Record:
    """The record of a cell after another entry of it."""
    if entry.outcome is not Outcome.FAILED:
        return Record(entry, entry)
    return Record(entry, before.held if before else None)


def observations(
    table: str,
    contents: Mapping[date | None, Content],
    known: Records,
    run: Run,
    at: datetime,
) -> list[Entry]:
    """Entries for the cells of a raw table
    that changed or vanished since they were last observed."""
    entries = []
    for day, content in not_as_recorded(contents, known):
        entry = Entry(table, day, Outcome.DONE, content, started_at=at)
        record = _with_hash_of(content, known.get(day))
        entries.append(following(entry, record, run, at))
    return entries


def not_as_recorded(
    contents: Mapping[date | None, Content], known: Records
) -> Iterator[tuple[date | None, Content]]:
    """What the cells of a raw table hold where an observation would put it on record: other rows,
    and the same ones where another algorithm hashed those on record."""
    for day in dict.fromkeys([*contents, *known]):
        content, record = contents.get(day, NOTHING), known.get(day)
        if record is None or record.content != content:
            yield day, content


def _with_hash_of(content: Content, record: Record | None) -> Record | None:
    """The record with the hash that its rows have now,
    where another algorithm made the one on record."""
    if record is None or record.held is None or not record.content.agrees(content):
        return record
    return replace(record, held=replace(record.held, content=content))


def undated_first(days: Iterable[date | None]) -> list[date | None]:
    """The dates of cells in order; before them None, where rows without a date are."""
    return sorted(days, key=lambda day: day or date.min)


def following(entry: Entry, record: Record | None, run: Run, at: datetime) -> Entry:
    """The entry as the next of its cell: content that stayed the same keeps its name and its age.

    What was written anew and hashed in another way than before counts as other content: as many
    rows, and even the same columns, say nothing about their values.
    """
    held = record.held if record else None
    same = held is not None and held.content == entry.content
    return replace(
        entry,
        digest=held.digest if held and same else entry.content.fingerprint,
        changed_at=held.changed_at if held and same else at,
        run_id=run.run_id,
        attempt=record.last.attempt + 1 if record else 1,
        finished_at=at,
        code_version=run.code_version,
    )


def hash_of(*parts: str) -> int:
    """128 bits of these texts."""
    text = "\x1f".join(parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())


def failures(batch: Batch, at: datetime, error: BaseException) -> list[Entry]:
    """An entry for each cell of a batch that could not be computed.

    Its class is that of what the error comes from, which says more than those it was told in.
    """
    cause = error
    while cause.__cause__:
        cause = cause.__cause__
    return [
        Entry(
            batch.table,
            day,
            Outcome.FAILED,
            inputs=batch.inputs.get(day),
            code=batch.code or None,
            started_at=at,
            error_class=type(cause).__name__,
            error_message=str(error),
        )
        for day in batch.dates
    ]
