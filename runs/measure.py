"""Measure a phase from the warehouse: what is there,
what should not be, and whether it can be true."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any

from core.errors import WarehouseError
from core.grouping import group
from planning.batches import whole_seasons
from planning.cells import EMPTY, CellState, Outcome
from planning.decisions import Planner
from validation.bases import WHOLE, Piece, first_keys
from validation.checks import Check
from validation.measurement import (
    BY_KEYS,
    EVIDENCE,
    NO_SOURCE,
    Kind,
    Measurement,
    Part,
    measurement_of,
)
from validation.thresholds import Reference, Threshold
from warehouse.protocol import Warehouse

COVERAGE_CHECK = "coverage"
"""All of what is counted from the keys of cells, as one check."""
GAMES_HELD = "games"
"""The check that counts the final games that a table holds."""

Numbers = tuple[float, ...]
"""What is counted of a date: kept, of how many, and perhaps the most that can be kept."""
Counted = dict[tuple[int, str], Numbers]
"""Season and month -> the sums of its dates."""
Row = Mapping[str, Any]
Count = Callable[[], Iterable[Measurement]]
"""What ends a count that was begun: it waits, and gives what was found."""
SIDE_BY_SIDE = 2
"""Queries of checks at once: one alone leaves a core idle, or waits for a job of BigQuery's; more
take memory."""


@dataclass(frozen=True)
class Judged:
    """The cells of one table that a gate judges:
    dates asked for, those not waiting or skipped, those done, those that wait for a game that is
    not final.

    A cell is done when it holds exactly its expected keys and all that those are derived from is
    there, whatever anybody says of it. Skips and waiting cells leave the denominator; gaps do not.
    """

    planner: Planner
    table: str
    dates: Sequence[date]
    due: Sequence[date]
    done: Collection[date]
    waiting: Collection[date] = ()

    @classmethod
    def of(cls, planner: Planner, table: str, dates: Sequence[date]) -> Judged:
        """The cells of a table on these dates, seen by a planner without a book."""
        settled = planner.decide(table, dates).settled
        due = [day for day in dates if _is_judged(settled.get(day))]
        done = {day for day in due if settled.get(day) is Outcome.DONE}
        waiting = {day for day in dates if settled.get(day) is Outcome.NOT_FINAL}
        return cls(planner, table, dates, due, done, waiting)

    @property
    def missing(self) -> list[str]:
        """The due dates that are not done, each with the open game that it waits for."""
        return [self._named(day) for day in self.due if day not in self.done]

    def _named(self, day: date) -> str:
        game_day = self.planner.calendar.days.get(day)
        if game_day is None or not game_day.open_games:
            return str(day)
        first, *others = game_day.open_games
        more = f" and {len(others)} more" if others else ""
        return f"{day}: {first}{more} still open"

    def state(self, day: date) -> CellState:
        """How the cell stands."""
        return self._states.get(day, EMPTY)

    @cached_property
    def _states(self) -> Mapping[date, CellState]:
        """How every cell of the table stands: asked for once, not for every date of every count."""
        return self.planner.states[self.table]

    def sums(self, number: Callable[[date], Numbers], days: Iterable[date]) -> Counted:
        """The numbers of dates, added up per season and month."""
        numbers: dict[tuple[int, str], list[Numbers]] = {}
        for day in days:
            numbers.setdefault(self._months[day], []).append(number(day))
        return {month: _sums(of_month) for month, of_month in numbers.items()}

    @cached_property
    def _months(self) -> Mapping[date, tuple[int, str]]:
        """Season and month of every date that is judged; the year where no season has it."""
        season_of = self.planner.calendar.season_of
        months = self.dates_by_month.items()
        return {
            day: (season_of(day) or day.year, month)
            for month, days in months
            for day in days
        }

    @cached_property
    def dates_by_month(self) -> Mapping[str, Sequence[date]]:
        """Month -> its dates that are judged."""
        return group(self.dates, month_of)

    @cached_property
    def due_by_month(self) -> Mapping[str, Sequence[date]]:
        """Month -> its dates that are due."""
        return group(self.due, month_of)


def month_of(day: date) -> str:
    """The month of a date, as parts name it: `2024-11`."""
    return f"{day.year}-{day.month:02}"


def _is_judged(outcome: Outcome | None) -> bool:
    return outcome is None or outcome is Outcome.DONE or outcome.is_gap


def _sums(numbers: Sequence[Numbers]) -> Numbers:
    return tuple(map(sum, zip(*numbers, strict=True)))


def by_keys(judged: Judged, names: Collection[str]) -> Iterator[Measurement]:
    """Coverage, duplicates and unexpected keys, as far as they are asked for."""
    for name, measure in _MEASURES.items():
        if name in names:
            yield measure(judged)


def cells_done(judged: Judged) -> Measurement:
    """The cells that are done, of those that should be."""

    def number(day: date) -> Numbers:
        return float(day in judged.done), 1

    counted = judged.sums(number, judged.due)
    return _measurement(judged, "cells_done_pct", counted, judged.missing)


def keys_present(judged: Judged) -> Measurement:
    """The expected keys of due cells that are there, of all expected."""
    return _keys_without(judged, "keys_present_pct", "missing", "expected")


def duplicate_keys(judged: Judged) -> Measurement:
    """The keys of due cells that are there once, of all that are there."""
    return _keys_without(judged, "duplicate_keys", "duplicates", "present")


def unexpected_keys(judged: Judged) -> Measurement:
    """The keys of due cells that are expected, of all that are there."""
    return _keys_without(judged, "unexpected_keys", "unexpected", "present")


def _keys_without(judged: Judged, name: str, fault: str, of: str) -> Measurement:
    """The keys of the due cells without a fault, of all.

    `fault` and `of` are the numbers of a cell's state that are counted.
    """
    faults = {day: getattr(judged.state(day), fault) for day in judged.due}

    def number(day: date) -> Numbers:
        keys = getattr(judged.state(day), of)
        return keys - faults[day], keys

    evidence = [f"{day}: {count}" for day, count in faults.items() if count]
    return _measurement(judged, name, judged.sums(number, judged.due), evidence)


def games_covered(judged: Judged) -> Measurement:
    """Covered final games on dates whose cell is whole, of all in the range, bootstrap included.

    `possible`: those on dates where the cell's expected set is not empty, the most there can be.
    """
    due = set(judged.due)
    days = [day for day in judged.dates if day not in judged.waiting]

    def number(day: date) -> Numbers:
        game_day = judged.planner.calendar.days.get(day)
        games = game_day.covered_final_games if game_day else 0
        is_due = day in due and judged.state(day).expected > 0
        return games * (day in judged.done), games, games * is_due

    counted = judged.sums(number, days)
    return _measurement(judged, "games_covered_pct", counted, judged.missing)


def played_dates_waiting(judged: Judged) -> Measurement:
    """Dates of which games are final and which wait all the same: for a game that is not."""
    days = judged.planner.calendar.days
    played = [day for day in judged.dates if day in days and days[day].final_games]

    def number(day: date) -> Numbers:
        return float(day not in judged.waiting), 1

    evidence = [str(day) for day in played if day in judged.waiting]
    return _measurement(
        judged, "played_dates_waiting", judged.sums(number, played), evidence
    )


_MEASURES: Mapping[str, Callable[[Judged], Measurement]] = {
    "cells_done_pct": cells_done,
    "keys_present_pct": keys_present,
    "duplicate_keys": duplicate_keys,
    "unexpected_keys": unexpected_keys,
    "games_covered_pct": games_covered,
    "played_dates_waiting": played_dates_waiting,
}


def _measurement(
    judged: Judged, name: str, counted: Counted, evidence: Sequence[str]
) -> Measurement:
    return measurement_of(judged.table, name, BY_KEYS[name], counted, evidence)


@contextmanager
def side_by_side() -> Iterator[Executor]:
    """Threads to count in; where one count fails, those that wait are not begun."""
    pool = ThreadPoolExecutor(SIDE_BY_SIDE, "check")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def begin_query(
    pool: Executor, warehouse: Warehouse, check: Check, judged: Judged
) -> Count:
    """Begin to count by a check's query, as `by_query` does."""
    counting = pool.submit(by_query, warehouse, check, judged)
    return counting.result


def by_query(warehouse: Warehouse, check: Check, judged: Judged) -> list[Measurement]:
    """What a check's query finds, one measurement per item that it judges apart.

    A query that fails gives one measurement that says so, and closes the gate.
    """
    try:
        piece = measure_piece(warehouse, check, judged)
    except WarehouseError as error:
        return [failed_measurement(check, error)]
    return measurements_of(check, judged, {WHOLE: piece})


def measure_piece(warehouse: Warehouse, check: Check, judged: Judged) -> Piece:
    """The counts of a query on the judged dates, as a whole; with the keys of what is amiss."""
    pieces = measure_pieces(warehouse, check, judged, {WHOLE: judged.dates})
    return pieces[WHOLE]


def measure_pieces(
    warehouse: Warehouse,
    check: Check,
    judged: Judged,
    pieces: Mapping[str, Sequence[date]],
) -> dict[str, Piece]:
    """The counts of a query by piece, taken by one statement, or by some where it counts season by
    season, and the keys of what is amiss, by another where anything is.

    `pieces`: a month, or WHOLE alone -> the dates that it counts; without any, nothing is asked.
    """
    if not pieces:
        return {}
    days = [day for of_piece in pieces.values() for day in of_piece]
    found = {name: Piece() for name in pieces}
    for counted in _counted_at_once(check, judged, days):
        due = _due_among(judged, counted)
        for row in warehouse.check_rows(check.counts, check.table, counted, due):
            of_piece = found[_piece_of(row, pieces)].parts
            of_piece.setdefault(row["item"], []).append(_part(row))
    if not any(_is_amiss(check.kind, piece) for piece in found.values()):
        return found
    due = _due_among(judged, days)
    for row in warehouse.check_rows(check.evidence, check.table, days, due):
        evidence = found[_piece_of(row, pieces)].evidence
        named = evidence.get(row["item"], ())
        evidence[row["item"]] = (*named, str(row["thing"]))[:EVIDENCE]
    return found


def _counted_at_once(
    check: Check, judged: Judged, days: Sequence[date]
) -> Iterable[Sequence[date]]:
    """The dates that each statement of a check counts: all, or some seasons where those can be
    counted apart, so that what is counted stays in memory whatever the range."""
    if not check.by_season:
        return (days,)

    def rows_on(day: date) -> int:
        return judged.state(day).present

    return whole_seasons(judged.planner.calendar, days, rows_on)


def _due_among(judged: Judged, days: Sequence[date]) -> list[date]:
    """Those of the dates that are due."""
    return sorted({*judged.due} & {*days})


def _piece_of(row: Row, pieces: Mapping[str, Sequence[date]]) -> str:
    """The piece that a row of a query belongs to."""
    return WHOLE if WHOLE in pieces else str(row["month"])


def measurements_of(
    check: Check, judged: Judged, pieces: Mapping[str, Piece]
) -> list[Measurement]:
    """The measurements that the pieces of a check add up to, one per item."""
    by_item: dict[str, list[Part]] = {}
    for name in sorted(pieces):
        for item, parts in pieces[name].parts.items():
            by_item.setdefault(item, []).extend(parts)
    if not by_item:
        note = NO_SOURCE if check.optional else "nothing to judge"
        return [_blank_measurement(check, note)]
    columns = judged.planner.catalog[check.table].contract.column_names
    found: list[Measurement] = []
    for item in sorted(by_item, key=partial(_place, columns)):
        measured = _of_item(check, item, by_item[item], first_keys(pieces, item))
        found.append(measured.without_small_seasons(check.min_rows))
    return found


def _place(columns: Sequence[str], item: str) -> tuple[int, str]:
    """Where an item stands: columns as in their table, others by name."""
    place = columns.index(item) if item in columns else len(columns)
    return place, item


def failed_measurement(check: Check, error: WarehouseError) -> Measurement:
    """What a query that cannot run gives: it closes the gate."""
    return _blank_measurement(check, error=str(error))


def _blank_measurement(check: Check, note: str = "", error: str = "") -> Measurement:
    return Measurement(
        table=check.table, name=check.name, kind=check.kind, note=note, error=error
    )


def _is_amiss(kind: Kind, piece: Piece) -> bool:
    """Whether there can be keys to name."""
    every = itertools.chain.from_iterable(piece.parts.values())
    return any(_is_part_amiss(kind, part) for part in every)


def _is_part_amiss(kind: Kind, part: Part) -> bool:
    """How many things there should be, of an amount, only its limit knows."""
    if kind == "amount":
        return True
    enough = 2 if kind == "fewest" else part.of
    return part.kept < enough


def _of_item(
    check: Check, item: str, parts: Sequence[Part], evidence: tuple[str, ...]
) -> Measurement:
    in_order = sorted(parts, key=lambda part: (part.season, part.month or ""))
    return Measurement(
        table=check.table,
        name=check.name,
        kind=check.kind,
        item=item,
        parts=tuple(in_order),
        evidence=evidence,
    )


def _part(row: Row) -> Part:
    return Part(
        season=row["season"],
        month=row["month"],
        kept=row["kept"] or 0,
        of=row["row_count"] or 0,
        possible=row.get("possible"),
    )


def with_games_awaited(
    measurement: Measurement, planner: Planner, dates: Iterable[date]
) -> Measurement:
    """The games that a table lacks, with those before them that they wait for: the open ones of
    dates whose others are final."""
    if measurement.name != GAMES_HELD or not measurement.evidence:
        return measurement
    days = planner.calendar.days
    played = [days[day] for day in dates if day in days and days[day].final_games]
    waited_for = [
        f"{game} still open" for game_day in played for game in game_day.open_games
    ]
    named = (*waited_for, *measurement.evidence)[:EVIDENCE]
    return measurement.model_copy(update={"evidence": named})


def with_reference(
    measurement: Measurement, thresholds: Sequence[Threshold], planner: Planner
) -> Measurement:
    """An amount with what the schedule has in the reference range
    of its threshold, where it spans that."""
    reference = _reference_of(measurement, thresholds)
    if reference is None or not _spans(planner, reference):
        return measurement
    base = _final_games(planner, measurement.table, reference)
    known = {"reference_base": base}
    return measurement.model_copy(update=known)


def _reference_of(
    measurement: Measurement, thresholds: Sequence[Threshold]
) -> Reference | None:
    """The reference range of the first limit on a measurement that has one."""
    for limit in thresholds:
        if limit.measurement == measurement.name and limit.reference:
            return limit.reference
    return None


def _spans(planner: Planner, reference: Reference) -> bool:
    """Whether the schedule reaches over the whole range of a reference."""
    calendar = planner.calendar
    if not calendar:
        return False
    return calendar.first <= reference.start and calendar.last >= reference.end


def _final_games(planner: Planner, table: str, reference: Reference) -> int:
    """The final games of the range that a table is expected to hold."""
    calendar = planner.calendar
    days = [
        calendar.days[day] for day in calendar.between(reference.start, reference.end)
    ]
    if planner.catalog[table].contract.expected.covered_only:
        return sum(day.covered_final_games for day in days)
    return sum(day.final_games for day in days)
