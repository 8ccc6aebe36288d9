"""Look at the warehouse: calendar, ledger and state of every table, as a planner.

What was read stays known until this process writes: another one cannot, while it holds the
warehouse, and where several can, each run begins by looking anew. After a write the dates that it
wrote are read again, and all of the table where something else may have been committed.
"""

from __future__ import annotations

from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary, ref

from core.errors import AccessDeniedError
from planning.calendar import Calendar
from planning.cells import CellState
from planning.decisions import Planner
from planning.found import Dates
from planning.freshness import Book
from planning.ledger import Content, Record, not_as_recorded
from planning.scope import Scope
from planning.selection import Selection
from planning.waivers import SCHEDULE
from warehouse.binding import REVISION
from warehouse.protocol import Told, Warehouse

Value = TypeVar("Value")
Day = TypeVar("Day", bound=date | None)
Cell = TypeVar("Cell")
SIDE_BY_SIDE = 4
"""Readings at once."""


def _nothing_tells() -> None:
    """The commits of a warehouse that does not count them."""


def _nothing_is_told(_table: str, _revision: object) -> None:
    """What a write left, where it is always to be read."""


@dataclass(frozen=True)
class LastReading(Generic[Day, Cell]):
    """What was read of the cells of a table, at which of its revisions, and after which commit."""

    revision: object
    commits: object
    value: Mapping[Day, Cell]


@dataclass
class OnDemand(Mapping[str, Mapping[Day, Cell]], Generic[Day, Cell]):
    """Table -> what was read of its cells, read when first asked for and again after a write.

    `read`: reads tables, all of them or some dates. `together`: one statement reads all tables that
    are to be read; else each is read alone. `written_since`, `commits`: see `Warehouse`.
    `told_since`: what the writes of this process since a revision left of their dates, None of one
    that is empty now, where that is known of each.
    """

    tables: tuple[str, ...]
    read: Callable[
        [Sequence[str], Collection[date] | None], Mapping[str, Mapping[Day, Cell]]
    ]
    revision: Callable[[str], object]
    written_since: Callable[[str, object], frozenset[date] | None]
    together: bool = False
    commits: Callable[[], object] = _nothing_tells
    told_since: Callable[[str, object], Mapping[Day, Cell | None] | None] = (
        _nothing_is_told
    )
    known: dict[str, LastReading[Day, Cell]] = field(default_factory=dict)

    def __getitem__(self, table: str) -> Mapping[Day, Cell]:
        if not self._is_current(table):
            self._read(self._due_with(table))
        return self.known[table].value

    def now(self, table: str) -> Mapping[Day, Cell]:
        """What is there of a table now, whoever wrote it: what was read last, where nothing was
        committed since; else it is read again."""
        commits = self.commits()
        is_told = self._is_current(table) and commits is not None
        if not is_told or self.known[table].commits != commits:
            self._read([table])
        return self.known[table].value

    def take_over(self, before: OnDemand[Day, Cell]) -> None:
        """Know what another reading of the same warehouse knows, where nobody can have written
        since: nothing was committed."""
        commits = self.commits()
        if commits is None:
            return
        for table, reading in before.known.items():
            if reading.commits == commits and before._is_current(table):
                self.known[table] = reading

    def _due_with(self, table: str) -> Sequence[str]:
        """What is read when a table is: all that is due, where tables are read together."""
        if not self.together:
            return [table]
        return [name for name in self.tables if not self._is_current(name)]

    def _read(self, tables: Sequence[str]) -> None:
        # Both before reading: what is written meanwhile makes it due again.
        revisions = {table: self.revision(table) for table in tables}
        commits = self.commits()
        found = self._told(tables, commits)
        unknown = [table for table in tables if table not in found]
        written = {table: self._written(table, commits) for table in unknown}
        if whole := [table for table, dates in written.items() if dates is None]:
            found |= self.read(whole, None)
        if some := {table: dates for table, dates in written.items() if dates}:
            dates = frozenset[date]().union(*some.values())
            anew = self.read(list(some), dates)
            for table in some:
                found[table] = self._with(table, dates, anew[table])
        for table, revision in revisions.items():
            value = found[table] if table in found else self.known[table].value
            self.known[table] = LastReading(revision, commits, value)

    def _written(self, table: str, commits: object) -> frozenset[date] | None:
        """The dates of a table that are to be read again, since all else is as it was read; None
        where that is not known, or most of it was written."""
        if (known := self._alone_since(table, commits)) is None:
            return None
        dates = self.written_since(table, known.revision)
        is_most = dates is not None and 2 * len(dates) > len(known.value)
        return None if is_most else dates

    def _told(
        self, tables: Sequence[str], commits: object
    ) -> dict[str, Mapping[Day, Cell]]:
        """What is there of those tables of which all that was written since they were read is
        told."""
        found: dict[str, Mapping[Day, Cell]] = {}
        for table in tables:
            if known := self._alone_since(table, commits):
                told = self.told_since(table, known.revision)
                if told is not None:
                    found[table] = self._with(table, told, told)
        return found

    def _alone_since(
        self, table: str, commits: object
    ) -> LastReading[Day, Cell] | None:
        """What was read last of a table, where nobody else has committed anything since."""
        known = self.known.get(table)
        if known is None or commits is None or known.commits != commits:
            return None
        return known

    def _with(
        self, table: str, dates: Collection[object], anew: Mapping[Day, Cell | None]
    ) -> Mapping[Day, Cell]:
        """What was read last of a table, with some dates as they are now."""
        known = self.known[table].value.items()
        found = {day: cell for day, cell in known if day not in dates}
        for day, cell in anew.items():
            if cell is not None:
                found[day] = cell
        return found

    def _is_current(self, table: str) -> bool:
        known = self.known.get(table)
        return known is not None and known.revision == self.revision(table)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


@dataclass(frozen=True)
class _Readings:
    """What is read of tables: how their cells stand, what they hold, what is on record of them."""

    states: OnDemand[date, CellState]
    contents: OnDemand[date | None, Content]
    records: OnDemand[date | None, Record]

    def take_over(self, before: _Readings) -> None:
        """Know what was read before and still holds."""
        self.states.take_over(before.states)
        self.contents.take_over(before.contents)
        self.records.take_over(before.records)


@dataclass
class _View:
    """What this process knows of one warehouse: the planner on it, what that reads, the revisions
    that it has seen, and what was asked for so far."""

    planner: Planner
    readings: _Readings
    raw: object
    commits: object
    tables: dict[str, object]
    scopes: dict[Selection, Scope] = field(default_factory=dict)


_views: WeakKeyDictionary[Warehouse, _View] = WeakKeyDictionary()


def survey(warehouse: Warehouse, anew: bool = False) -> Planner:
    """A planner on what the warehouse holds; with `anew`, nothing that was read before is believed
    unless nothing was committed since."""
    catalog = warehouse.catalog
    raw = tuple(map(warehouse.revision, catalog.raw))
    commits = warehouse.commits()
    tables = {table: warehouse.revision(table) for table in catalog.ordered()}
    view = _views.get(warehouse)
    if view is None or anew or view.raw != raw:
        planner, readings = _look_anew(warehouse)
        if view is not None:
            readings.take_over(view.readings)
        view = _views[warehouse] = _View(planner, readings, raw, commits, tables)
    elif tables != view.tables:
        is_alone = commits is not None and commits == view.commits
        written: dict[str, Dates] = {}
        for table, revision in view.tables.items():
            if tables[table] != revision:
                dates = warehouse.written_since(table, revision)
                written[table] = dates if is_alone else None
        planner = view.planner.after(written)
        scopes = {asked: one.seen_by(planner) for asked, one in view.scopes.items()}
        view = _View(planner, view.readings, raw, commits, tables, scopes)
        _views[warehouse] = view
    return view.planner


def planner_anew(warehouse: Warehouse) -> Planner:
    """A planner that believes nothing that was read before, and leaves that as it is."""
    planner, _ = _look_anew(warehouse)
    return planner


def states_now(warehouse: Warehouse, table: str) -> Mapping[date, CellState]:
    """How the cells of a table stand now, whoever wrote them."""
    survey(warehouse)
    return _views[warehouse].readings.states.now(table)


def contents_now(warehouse: Warehouse, table: str) -> Mapping[date | None, Content]:
    """What the cells of a table hold now, whoever wrote them."""
    survey(warehouse)
    return _views[warehouse].readings.contents.now(table)


def scope_of(warehouse: Warehouse, selection: Selection) -> Scope:
    """The scope of a selection on what the warehouse holds; made once for all who ask."""
    planner = survey(warehouse)
    scopes = _views[warehouse].scopes
    if selection not in scopes:
        scopes[selection] = Scope(planner, selection)
    return scopes[selection]


def observe(warehouse: Warehouse, run_id: str) -> Planner:
    """Put on record what changed in raw tables, and look at everything anew:
    how each run and plan begins."""
    if changed := _raw_not_on_record(warehouse):
        warehouse.observe(run_id, changed)
    return survey(warehouse, anew=True)


def _raw_not_on_record(warehouse: Warehouse) -> list[str]:
    """The raw tables of which the ledger is not known to say what they hold now.

    Of the others both were read, and nothing was committed since; every one is named where nothing
    tells of commits.
    """
    if warehouse.commits() is None:
        return list(warehouse.catalog.raw)
    survey(warehouse)
    readings = _views[warehouse].readings
    changed: list[str] = []
    for table in warehouse.catalog.raw:
        # All records that are due are read at once, whichever is asked for.
        readings.records[table]
        contents, known = readings.contents.now(table), readings.records.now(table)
        if next(not_as_recorded(contents, known), None):
            changed.append(table)
    return changed


def look(warehouse: Warehouse, run_id: str) -> tuple[Planner, str]:
    """As `observe`, or by what is on record where this account may only read:
    then the words for that."""
    try:
        return observe(warehouse, run_id), ""
    except AccessDeniedError as error:
        note = (
            "raw tables as last put on record, since this account may not record anything: "
            f"{error}"
        )
        return survey(warehouse, anew=True), note


def read_ahead(
    planner: Planner,
    selection: Selection,
    is_wanted: Callable[[], bool] = lambda: True,
    raw: Iterable[str] = (),
) -> None:
    """Read what planning a selection asks for, side by side: one reading at a time leaves a core
    idle, or waits for a job of BigQuery's after the other. No reading begins once none is wanted.

    `raw`: raw tables to be observed, whose contents are read beside that.
    """
    catalog, book = planner.catalog, planner.book

    def read(found: Mapping[str, object], table: str) -> None:
        if is_wanted():
            found[table]

    def read_records(book: Book) -> None:
        # All that are due are read together, whichever is asked for first.
        for table in catalog.ordered():
            read(book.records, table)

    first, *others = catalog.ordered()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        # What is expected is derived for the first, which takes longest.
        readings = [pool.submit(read, planner.states, first)]
        if book is not None:
            # Contents share with records what they have in common.
            pool.submit(read_records, book).result()
            for table in raw:
                readings.append(pool.submit(read, book.contents, table))
        for table in others:
            readings.append(pool.submit(read, planner.states, table))
        if book is not None:
            for table in catalog.origins(selection.chosen_tables(catalog)):
                readings.append(pool.submit(read, book.contents, table))
        for reading in readings:
            reading.result()


def _look_anew(warehouse: Warehouse) -> tuple[Planner, _Readings]:
    """A planner that has not looked at anything yet, and what it reads."""
    catalog = warehouse.catalog
    tables = catalog.ordered()
    every = (*catalog.raw, *tables)
    revision = _reading(warehouse, lambda warehouse: warehouse.revision)
    # What a table holds and what is on record of it hang on no raw data, as its states do.
    of_table = _reading(warehouse, lambda warehouse: warehouse.table_revision)
    written = _reading(warehouse, lambda warehouse: warehouse.written_since)
    commits = _reading(warehouse, lambda warehouse: warehouse.commits)
    records = _reading(warehouse, lambda warehouse: warehouse.records)
    contents = _reading(warehouse, lambda warehouse: warehouse.contents)
    cell_states = _reading(warehouse, lambda warehouse: warehouse.cell_states)
    told_since = _reading(warehouse, lambda warehouse: warehouse.told_since)
    on_record: OnDemand[date | None, Record] = OnDemand(
        every,
        lambda tables, dates: records(*tables, dates=dates),
        of_table,
        written,
        together=True,
        commits=commits,
        told_since=_each_told(told_since, lambda told: told.record),
    )
    readings = _Readings(
        states=OnDemand(
            tables,
            _each(cell_states),
            revision,
            written,
            commits=commits,
            told_since=_each_told(told_since, lambda told: told.state),
        ),
        contents=OnDemand(
            every,
            lambda tables, dates: {
                table: _as_recorded(
                    contents(table, dates=dates), on_record.known.get(table)
                )
                for table in tables
            },
            of_table,
            written,
            commits=commits,
            told_since=_each_told(told_since, _content_told),
        ),
        records=on_record,
    )
    book = Book(
        records=readings.records,
        contents=readings.contents,
        codes={
            processor.name: processor.code_fingerprint(REVISION)
            for processor in catalog
        },
    )
    calendar = _calendar(warehouse)
    planner = Planner(catalog, calendar, readings.states, book, warehouse.joins_seasons)
    return planner, readings


def _calendar(warehouse: Warehouse) -> Calendar:
    """The schedule's game days; of one without any, the games that it has all the same."""
    days = warehouse.game_days()
    uncounted = 0 if days else warehouse.rows_held(SCHEDULE)
    return Calendar.of(days, uncounted)


def _each_told(
    told_since: Callable[[str, object], Mapping[date | None, Told] | None],
    part: Callable[[Told], Cell | None],
) -> Callable[[str, object], dict[Any, Cell | None] | None]:
    """A part of what is told of each cell that was published since a revision."""

    def parts_since(table: str, revision: object) -> dict[Any, Cell | None] | None:
        told = told_since(table, revision)
        if told is None:
            return None
        return {day: part(cell) for day, cell in told.items()}

    return parts_since


def _content_told(told: Told) -> Content | None:
    """What a cell holds, as it was read back before it was put on record."""
    content = told.record.content
    return content if content.rows else None


def _as_recorded(
    found: Mapping[date | None, Content],
    on_record: LastReading[date | None, Record] | None,
) -> Mapping[date | None, Content]:
    """What a table holds, held in memory once with what is on record of it, where those agree."""
    known = on_record.value if on_record else {}
    return {day: _same(content, known.get(day)) for day, content in found.items()}


def _same(content: Content, record: Record | None) -> Content:
    """A cell's content, as the object on record where that is equal."""
    if record is None or record.content != content:
        return content
    return record.content


def _each(
    read: Callable[..., Value],
) -> Callable[[Sequence[str], Collection[date] | None], dict[str, Value]]:
    """A reading of one table as a reading of several."""
    return lambda tables, dates: {table: read(table, dates=dates) for table in tables}


def _reading(
    warehouse: Warehouse, method: Callable[[Warehouse], Callable[..., Value]]
) -> Callable[..., Value]:
    """A method that does not keep its warehouse alive:
    a view lives as long as what it is a view of."""
    held = ref(warehouse)

    def read(*arguments: Any, **options: Any) -> Value:
        found = held()
        assert found is not None, "a planner is asked while its warehouse is there"
        return method(found)(*arguments, **options)

    return read
