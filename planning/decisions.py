"""What becomes of each needed cell: skipped by design, waiting, fresh, a gap, or to be computed.

Decided wave by wave from the calendar, the ledger, the state of the table and the state of what it
reads. Raw data that a cell requires, and upstream cells inside its cut, must be complete before
anything is computed on them; what stands above a cell that is not complete is not complete either.
"""

from __future__ import annotations

import threading
from collections import ChainMap, Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, cast

from planning.batches import ROWS_PER_BATCH, ROWS_SIDE_BY_SIDE, Batch, batches
from planning.calendar import Calendar, GameDay
from planning.cells import EMPTY, CellState, Outcome
from planning.found import (
    NO_DATES,
    CellDecision,
    Dates,
    Earlier,
    Found,
    both,
    settled,
    unlike,
)
from planning.freshness import Book, Freshness, inside
from planning.reasons import (
    AskedAgain,
    Cause,
    GapCause,
    KeysDiffer,
    OverdueGames,
    Reason,
    Span,
    WaitsFor,
    WithoutPlayerBox,
    WithoutTeamBox,
)
from processors.catalog import Catalog, Processor
from processors.contract import Read

States = Mapping[str, Mapping[date, CellState]]
"""Table -> date -> state, as read from the warehouse."""


@dataclass(frozen=True)
class Decision:
    """The needed cells of one table, sorted by what becomes of them.

    `settled`: cells with an outcome already (fresh ones are done); `compute`: cells to be computed,
    with the reason for each; `clear`: cells that hold rows, or are on record as done, and should
    hold none; `reasons`: why a cell is a gap.
    """

    table: str
    settled: dict[date, Outcome]
    compute: dict[date, Reason]
    clear: dict[date, Outcome]
    reasons: dict[date, GapCause] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[Outcome]:
        """Settled cells per outcome."""
        return Counter(self.settled.values())


def by_design(
    processor: Processor, bootstrap_days: int, day: GameDay | None, expected: int
) -> Outcome | None:
    """The skip or wait that follows from the calendar and the raw data;
    None when the cell is to be done."""
    if day is None or not day.games:
        return Outcome.CALLED_OFF if day and day.called_off_games else Outcome.NO_GAMES
    wants = processor.contract.expected
    if wants.covered_only and not day.covered_games:
        return Outcome.NOT_COVERED
    if bootstrap_days and day.in_bootstrap(bootstrap_days):
        return Outcome.BOOTSTRAP
    if _is_held(processor, day):
        return Outcome.UPSTREAM_MISSING
    is_waiting = not day.all_final if wants.needs_own_games else day.open_before
    if is_waiting:
        return Outcome.NOT_FINAL
    if raw_gap(processor, day):
        return Outcome.UPSTREAM_MISSING
    return None if expected else Outcome.INSUFFICIENT_HISTORY


def _is_held(processor: Processor, day: GameDay) -> bool:
    """Whether a game that the cell needs is overdue: it waits for what may never come."""
    if processor.contract.expected.needs_own_games:
        return bool(day.overdue_games)
    return day.overdue_before


def raw_gap(
    processor: Processor, day: GameDay, overdue: Sequence[str] = ()
) -> GapCause | None:
    """Which game that the cell needs is overdue, or which required box scores of the date's own
    games are not there; None when nothing lacks.

    `overdue`: the overdue games of the season's first date with one, for cells that need earlier
    games.
    """
    expected = processor.contract.expected
    if not expected.needs_own_games:
        first = day.first_overdue_date
        return (
            OverdueGames(first, tuple(overdue))
            if first and day.overdue_before
            else None
        )
    if day.overdue_games:
        return OverdueGames(day.game_date, day.overdue_games)
    if day.games_without_team_box:
        return WithoutTeamBox(day.games_without_team_box, day.games_with_one_team_row)
    if expected.covered_only and day.games_without_player_box:
        return WithoutPlayerBox(day.games_without_player_box)
    return None


@dataclass(frozen=True)
class Planner:
    """Decides cells from catalog, calendar and states; pure, made anew whenever a state changes.

    With a book, a cell is done when it is fresh by the ledger and its table. Without one, it is
    done when it holds exactly its expected keys, whatever anybody recorded: this is how a gate
    looks at it. `joins_seasons`: whether a batch may have dates of several seasons.
    """

    catalog: Catalog
    calendar: Calendar
    states: States
    book: Book | None = None
    joins_seasons: bool = False
    assumed: Mapping[str, Mapping[date, str]] = field(default_factory=dict)
    _found: dict[str, Found] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _earlier: dict[str, Earlier] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _cells: dict[str, Mapping[date, CellState]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _lock: threading.RLock = field(
        default_factory=threading.RLock, init=False, repr=False, compare=False
    )
    """Held while what was found changes hands: a program may ask how a warehouse stands in one
    thread and run a flow in another, and both look through the same planner."""

    @cached_property
    def freshness(self) -> Freshness:
        """The judge of freshness; needs a book."""
        assert self.book is not None, (
            "a planner without a book knows nothing of freshness"
        )
        return Freshness(self.catalog, self.book, self.assumed)

    def by_keys(self, states: Mapping[str, Mapping[date, CellState]]) -> Planner:
        """The same warehouse seen without the ledger, some tables in the state given."""
        changed = self._tables_that_differ(states)
        if not changed:
            return self._without_book
        all_states = ChainMap(dict(states), cast(Any, self.states))
        planner = Planner(self.catalog, self.calendar, all_states)
        return self._without_book._keeping(planner, self.catalog.downstream(changed))

    def _tables_that_differ(
        self, states: Mapping[str, Mapping[date, CellState]]
    ) -> list[str]:
        return [table for table, cells in states.items() if cells != self.states[table]]

    @cached_property
    def _without_book(self) -> Planner:
        """The same warehouse seen without the ledger;
        kept, since every gate of a run asks for it."""
        return Planner(self.catalog, self.calendar, self.states)

    def after(self, written: Mapping[str, Dates]) -> Planner:
        """A planner for when these dates of tables were written;
        what does not hang on them stays decided."""
        planner = replace(self)
        with self._lock:
            decided = {table: Earlier(found) for table, found in self._found.items()}
            known = {**self._earlier, **decided}
        for table, earlier in known.items():
            dates = written.get(table, NO_DATES)
            planner._earlier[table] = earlier.after(dates)
        if "freshness" in vars(self):
            vars(planner)["freshness"] = self.freshness.after(written)
        if "_without_book" in vars(self):
            vars(planner)["_without_book"] = self._without_book.after(written)
        return planner

    def _keeping(self, planner: Planner, touched: Collection[str]) -> Planner:
        """The planner with all that was found of the other tables."""
        with self._lock:
            for table in self.catalog.ordered():
                if table in touched:
                    continue
                if table in self._found:
                    planner._found[table] = self._found[table].copy()
                elif table in self._earlier:
                    planner._earlier[table] = self._earlier[table]
        return planner

    def _found_of(self, table: str) -> Found:
        """What was found of a table; at first what holds still of what was found earlier."""
        found = self._found.get(table)
        if found is None:
            with self._lock:
                found = self._found.get(table) or self._take_up(table)
        return found

    def _take_up(self, table: str) -> Found:
        """What is there of a table to begin with: what holds still of what was found earlier."""
        if table not in self._earlier:
            self._found[table] = Found()
            return self._found[table]
        for _, read in self.catalog.upstream(table):
            self._found_of(read.table)
        earlier = self._earlier.pop(table)
        self._found[table] = found = self._kept(table, earlier)
        moved = self._moved(table, earlier, found)
        for reader, one in self._earlier.items():
            if any(read.table == table for _, read in self.catalog.upstream(reader)):
                self._earlier[reader] = one.beside(table, moved)
        return found

    def _kept(self, table: str, earlier: Earlier) -> Found:
        """What holds still of what was found earlier of a table."""
        if not earlier.has_news:
            return earlier.found.copy()
        moved: list[tuple[Read, list[date]]] = []
        for _, read in self.catalog.upstream(table):
            dates = earlier.moved.get(read.table, None)
            if dates is None:
                return Found()
            moved.append((read, sorted(dates)))
        written = earlier.written
        if written is None:
            return Found()
        cells = {
            day: cell
            for day, cell in earlier.found.copy().cells.items()
            if day not in written and not self._is_reached(day, moved)
        }
        strays = None if written else earlier.found.strays
        return Found(cells, strays=strays)

    def _is_reached(self, day: date, moved: Sequence[tuple[Read, list[date]]]) -> bool:
        """Whether a cut of the date contains one of the dates that moved."""
        game_day = self.calendar.days.get(day)
        return game_day is not None and any(
            inside(read, game_day, dates) for read, dates in moved
        )

    def _moved(self, table: str, earlier: Earlier, found: Found) -> Dates:
        """The dates of a table that were written, became complete or ceased to be; None where that
        is not known."""
        before = earlier.found.incomplete
        if before is None:
            return None
        return both(earlier.written, unlike(before, self.incomplete(table)))

    def assuming(
        self, table: str, states: Mapping[date, CellState], digests: Mapping[date, str]
    ) -> Planner:
        """The planner as it would be with a table in another state;
        what is upstream of it stays decided."""
        planner = replace(
            self,
            states={**self.states, table: states},
            assumed={**self.assumed, table: digests},
        )
        return self._keeping(planner, self.catalog.downstream((table,)))

    def state(self, table: str, day: date) -> CellState:
        """How a cell stood when this planner first asked for its table."""
        if table not in self._cells:
            self._cells[table] = self.states[table]
        return self._cells[table].get(day, EMPTY)

    def rows_expected(self, table: str, days: Iterable[date]) -> int:
        """The keys that these cells of a table are to hold."""
        states = self.states[table]
        return sum(states.get(day, EMPTY).expected for day in days)

    def decide(
        self, table: str, dates: Iterable[date], rerun: Collection[date] = ()
    ) -> Decision:
        """What becomes of these cells of a table;
        `rerun` dates are computed although they are fresh."""
        decision = Decision(table, {}, {}, {}, {})
        again = Reason(Cause.RERUN, AskedAgain())
        for day in sorted(dates):
            found = self.find(table, day)
            if found.outcome is None or (
                found.outcome is Outcome.DONE and day in rerun
            ):
                decision.compute[day] = found.reason or again
                continue
            decision.settled[day] = found.outcome
            if found.gap:
                decision.reasons[day] = found.gap
            if self.is_to_empty(table, day, found.outcome):
                decision.clear[day] = found.outcome
        return decision

    def is_to_empty(self, table: str, day: date, outcome: Outcome) -> bool:
        """Whether a cell that ends so is to lose rows that it has, or had by the ledger."""
        return outcome is not Outcome.DONE and self._holds(table, day)

    def batches(self, decision: Decision, size: int) -> Iterator[Batch]:
        """The cells to compute in batches of at most `size` dates,
        with what they are put on record with."""
        for batch in self.split(decision.table, decision.compute, size):
            yield batch if self.book is None else self._on_record(batch, self.book)

    def split(self, table: str, days: Iterable[date], size: int) -> Iterator[Batch]:
        """Cells of a table in batches of at most `size` dates, by the rows that they are to hold;
        nothing in them to put on record."""
        states = self.states[table]

        def rows_on(day: date) -> int:
            return states.get(day, EMPTY).expected

        is_alone = self.catalog.is_alone(table)
        most_rows = ROWS_SIDE_BY_SIDE if is_alone else ROWS_PER_BATCH
        joins = self.joins_seasons
        return batches(self.calendar, table, days, size, rows_on, joins, most_rows)

    def _on_record(self, batch: Batch, book: Book) -> Batch:
        """The batch with its code, and with the inputs and the last attempt of each date."""
        inputs: dict[date, str] = {}
        attempts: dict[date, int] = {}
        for day in batch.dates:
            game_day = self.calendar.days[day]
            inputs[day] = self.freshness.inputs_of_batch(batch.table, game_day)
            if record := self.freshness.record(batch.table, day):
                attempts[day] = record.last.attempt
        code = book.codes[batch.table]
        return replace(
            batch,
            code=code,
            inputs=inputs,
            attempts=attempts,
        )

    def find(self, table: str, day: date) -> CellDecision:
        """What becomes of one cell."""
        cells = self._found_of(table).cells
        if day not in cells:
            cells[day] = self._look_at(table, day)
        return cells[day]

    def _look_at(self, table: str, day: date) -> CellDecision:
        game_day, state = self.calendar.days.get(day), self.state(table, day)
        processor = self.catalog[table]
        outcome = by_design(
            processor, self.catalog.bootstrap_days(table), game_day, state.expected
        )
        if game_day is None or (outcome and outcome is not Outcome.UPSTREAM_MISSING):
            return settled(outcome)
        gap: GapCause | None = None
        if outcome is not None:
            overdue = self.calendar.overdue_games(game_day)
            gap = raw_gap(processor, game_day, overdue)
        if gap := gap or self._missing_in_cut(table, game_day):
            return CellDecision(Outcome.UPSTREAM_MISSING, gap=gap)
        reason = self._reason(table, game_day, state)
        return CellDecision(None, reason) if reason else settled(Outcome.DONE)

    def _reason(self, table: str, day: GameDay, state: CellState) -> Reason | None:
        """Why a cell that is to be done is to be computed; None when it need not be."""
        if self.book is not None:
            return self.freshness.reason(table, day, state)
        if state.holds_what_is_expected:
            return None
        return Reason(Cause.MISSING, KeysDiffer(state))

    def _holds(self, table: str, day: date) -> bool:
        """Whether the table has rows of a cell, or the ledger says so."""
        if self.state(table, day).present:
            return True
        if self.book is None or day in self.assumed.get(table, {}):
            return False
        return self._has_rows_on_record(table, day)

    def _has_rows_on_record(self, table: str, day: date) -> bool:
        record = self.freshness.record(table, day)
        return record is not None and record.content.rows > 0

    def strays(self, table: str) -> list[date]:
        """Dates that are not on the schedule and have rows all the same,
        in the table or by the ledger."""
        found = self._found_of(table)
        if found.strays is None:
            found.strays = self._find_strays(table)
        return found.strays

    def _find_strays(self, table: str) -> list[date]:
        recorded = self.book.records.get(table, {}) if self.book else {}
        off: list[date] = []
        for day in {*self.states[table], *recorded} - {*self.calendar.days}:
            if day and self._holds(table, day):
                off.append(day)
        return sorted(off)

    def incomplete(self, table: str) -> list[date]:
        """The dates on which a table is neither what it should
        be nor skipped by design, in order."""
        found = self._found_of(table)
        if found.incomplete is None:
            found.incomplete = self._find_incomplete(table)
        return found.incomplete

    def _find_incomplete(self, table: str) -> list[date]:
        days = sorted({*self.calendar.days, *self.strays(table)})
        return [day for day in days if not self._is_complete(table, day)]

    def _is_complete(self, table: str, day: date) -> bool:
        """Whether a table downstream may build on a cell:
        done and fresh, or skipped by design and empty."""
        outcome = self.find(table, day).outcome
        if outcome is None or not outcome.is_complete:
            return False
        return outcome is Outcome.DONE or not self._holds(table, day)

    def _missing_in_cut(self, table: str, day: GameDay) -> WaitsFor | None:
        """The first input with cells inside the date's cut that are not complete; None without."""
        for read, incomplete in self._waits_for(table):
            if found := inside(read, day, incomplete):
                return WaitsFor(read.table, Span.of(found))
        return None

    def _waits_for(self, table: str) -> list[tuple[Read, list[date]]]:
        """What a table reads that is not complete on some dates, with those."""
        found = self._found_of(table)
        if found.waits_for is None:
            found.waits_for = []
            for _, read in self.catalog.upstream(table):
                if incomplete := self.incomplete(read.table):
                    found.waits_for.append((read, incomplete))
        return found.waits_for
