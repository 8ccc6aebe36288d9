"""Carry counts over from earlier verdicts, where nothing that they depend on is another now.

The key of a piece holds all that its counts are made from: the check's queries, the dates judged
and due, the contents of every table and expected set that the queries read, the parameters, and the
code that counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Any

from core.errors import WarehouseError
from core.version import code_identity
from planning.decisions import Planner
from planning.ledger import NOTHING, Content
from planning.waivers import WITHOUT_SHOTS, waived_games
from processors.catalog import Catalog
from runs.measure import (
    Count,
    Judged,
    failed_measurement,
    measure_pieces,
    measurements_of,
)
from runs.survey import contents_now
from validation.bases import WHOLE, Basis, Known, Piece
from validation.checks import HELD_DATES, Check
from validation.measurement import Measurement, Part
from validation.reads import AS_OF, Reads, reads_of
from warehouse.protocol import Warehouse
from warehouse.statements import EXPECTED_RELATIONS, expected_relation

REVISION = 2
"""Another number when keys are made of something else."""
JUDGED, SEASONS = "judged", "seasons"
DUE = ("due", "expected")
"""The relations of expected keys on the due dates."""

Contents = Mapping[date | None, Content]


@lru_cache(maxsize=512)
def reads(catalog: Catalog, check: Check) -> Reads:
    """What a check's query reads."""
    dates: dict[str, str | None] = {}
    for table in (*catalog.raw, *catalog.processors):
        dates[table] = catalog.date_column(table)
    dates |= dict.fromkeys((*EXPECTED_RELATIONS, *DUE, HELD_DATES), AS_OF)
    dates[JUDGED] = catalog.date_column(check.table)
    return reads_of(check.sql, AS_OF if check.has_rows else "month", dates)


@dataclass
class Carrying:
    """The counting of one gate: pieces that stand are carried over, the others measured.

    `raw`: raw table -> what it holds, as this run looked at it. `known`: the pieces of earlier
    verdicts; without any, everything is measured. `bases`: what the counts so far were made from.
    """

    warehouse: Warehouse
    planner: Planner
    raw: Mapping[str, Contents]
    known: Known
    bases: list[Basis] = field(default_factory=list)
    _contents: dict[str, Contents] = field(default_factory=dict)
    _digests: dict[tuple[str, ...], str] = field(default_factory=dict)
    _lists: dict[tuple[date, ...], str] = field(default_factory=dict)

    def begin(self, pool: Executor, check: Check, judged: Judged) -> Count:
        """Begin to count what is not carried over; its end gives one measurement per item, as
        `by_query` would find them."""
        read = reads(self.planner.catalog, check)
        dates = _dates_by_piece(judged, read)
        try:
            keys = (
                self._keys(check, judged, read, dates) if self._can_tell(read) else {}
            )
        except WarehouseError as error:
            failed = failed_measurement(check, error)
            return lambda: [failed]
        pieces = self.known.pieces(check.table, check.name, keys)
        lacking = {name: dates[name] for name in dates if name not in pieces}
        counting = pool.submit(measure_pieces, self.warehouse, check, judged, lacking)
        return partial(self._end, check, judged, keys, pieces, counting)

    def _end(
        self,
        check: Check,
        judged: Judged,
        keys: Mapping[str, str],
        carried: Mapping[str, Piece],
        counting: Future[dict[str, Piece]],
    ) -> list[Measurement]:
        """What a check finds, by the pieces carried over and those that are being counted."""
        try:
            pieces = {**carried, **counting.result()}
        except WarehouseError as error:
            return [failed_measurement(check, error)]
        measured = measurements_of(check, judged, pieces)
        self._record(check, keys, pieces, measured)
        return measured

    def _can_tell(self, read: Reads) -> bool:
        """Whether all that a query's answer depends on is known: else it is always measured."""
        catalog = self.planner.catalog
        told = {*catalog.raw, *catalog.processors, *EXPECTED_RELATIONS}
        told |= {JUDGED, SEASONS, HELD_DATES, *DUE}
        return read.is_steady and read.on_dates | read.whole <= told

    def _record(
        self,
        check: Check,
        keys: Mapping[str, str],
        pieces: Mapping[str, Piece],
        measured: Sequence[Measurement],
    ) -> None:
        """Note what the pieces were made from that a later verdict can find in this one."""
        told = dict(keys)
        if check.min_rows:
            # Seasons too small to judge are left out of what is measured.
            told = {n: keys[n] for n in keys if _is_told(pieces[n], measured)}
        if not told:
            return
        basis = Basis(
            table=check.table,
            name=check.name,
            keys=told,
            origins={n: pieces[n].origin for n in told if pieces[n].origin},
            evidence={n: pieces[n].evidence for n in told if pieces[n].evidence},
        )
        self.bases.append(basis)

    def _keys(
        self,
        check: Check,
        judged: Judged,
        read: Reads,
        dates: Mapping[str, Sequence[date]],
    ) -> dict[str, str]:
        """Piece -> its key."""
        due = _due_by_piece(judged, read)
        always = self._always(check, read)
        relations = self._relations(check, read)
        keys: dict[str, str] = {}
        for piece, days in dates.items():
            of_due = due.get(piece, ())
            told = [self._listed(days), self._listed(of_due)]
            for table, is_due in relations:
                told.append(self._digest(table, of_due if is_due else days))
            keys[piece] = _hash([always, *told])
        return keys

    def _always(self, check: Check, read: Reads) -> str:
        """What every piece of a check depends on."""
        catalog = self.planner.catalog
        contract = catalog[check.table].contract
        queries = [check.kind, check.min_rows, check.counts, check.evidence]
        bound = [
            contract.expected.model_dump(mode="json"),
            list(contract.grain),
            contract.date_column,
            catalog.bootstrap_days(check.table),
            list(catalog.tables_of(catalog[check.table].phase)),
        ]
        waived: list[str] = []
        if WITHOUT_SHOTS in check.sql:
            waived = list(waived_games(self.warehouse.waivers(), "shots"))
        whole = [self._whole(name) for name in sorted(read.whole)]
        return _hash([REVISION, code_identity(), queries, bound, waived, whole])

    def _relations(self, check: Check, read: Reads) -> list[tuple[str, bool]]:
        """The tables of which a piece's dates alone matter, each with whether those are the due
        ones."""
        found: list[tuple[str, bool]] = []
        for name in sorted(read.on_dates):
            found += [(table, name in DUE) for table in self._tables(check, name)]
        return found

    def _listed(self, days: Sequence[date]) -> str:
        """A hash of dates; made once for all checks that count them."""
        key = tuple(days)
        if key not in self._lists:
            self._lists[key] = _hash(list(map(str, days)))
        return self._lists[key]

    def _tables(self, check: Check, name: str) -> Iterable[str]:
        """The tables that a relation of a check is made of."""
        catalog = self.planner.catalog
        if name == JUDGED:
            return (check.table,)
        if name in DUE:
            return (expected_relation(catalog[check.table].contract.expected),)
        if name == HELD_DATES:
            return catalog.tables_of(catalog[check.table].phase)
        return (name,)

    def _whole(self, name: str) -> str:
        """A hash of all that a relation holds."""
        if name == SEASONS:
            return self._seasons()
        key = (name,)
        if key not in self._digests:
            told = [_told(day, content) for day, content in self._of(name).items()]
            self._digests[key] = _hash(sorted(told))
        return self._digests[key]

    def _seasons(self) -> str:
        """A hash of the first regular date of each season."""
        days = self.planner.calendar.days.values()
        firsts = {(day.season, str(day.first_regular_date)) for day in days}
        return _hash(sorted(firsts))

    def _digest(self, table: str, days: Sequence[date]) -> str:
        """A hash of what a table holds on these dates."""
        key = (table, self._listed(days))
        if key not in self._digests:
            held = self._of(table)
            told = [_told(day, held.get(day, NOTHING)) for day in days]
            self._digests[key] = _hash(told)
        return self._digests[key]

    def _of(self, name: str) -> Contents:
        """What a table or a relation of expected keys holds; of computed ones, as of now."""
        if name in self.planner.catalog.raw:
            return self.raw[name]
        if name not in self._contents:
            if name in EXPECTED_RELATIONS:
                self._contents[name] = self.warehouse.expected_contents(name)
            else:
                self._contents[name] = contents_now(self.warehouse, name)
        return self._contents[name]


def _dates_by_piece(judged: Judged, read: Reads) -> Mapping[str, Sequence[date]]:
    """The dates of each piece of a check."""
    return judged.dates_by_month if read.by_month else {WHOLE: judged.dates}


def _due_by_piece(judged: Judged, read: Reads) -> Mapping[str, Sequence[date]]:
    """The due dates of each piece of a check."""
    return judged.due_by_month if read.by_month else {WHOLE: judged.due}


def _is_told(piece: Piece, measured: Sequence[Measurement]) -> bool:
    """Whether all parts of a piece are in the measurements: seasons too small to judge are not."""
    told: dict[str, set[Part]] = {}
    for measurement in measured:
        told[measurement.item] = {*measurement.parts}
    return all({*piece.parts[item]} <= told.get(item, set()) for item in piece.parts)


def _told(day: date | None, content: Content) -> tuple[str, int, str]:
    return str(day), content.rows, content.fingerprint


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]
