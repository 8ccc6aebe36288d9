"""Look at the warehouse: calendar, ledger and state of every table, as a planner.

What was read stays known until this process writes: another one cannot, while it holds the
warehouse, and where several can, each run begins by looking anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary, ref

from core.errors import AccessDeniedError
from planning.calendar import Calendar
from planning.decisions import Planner
from planning.freshness import Book
from planning.scope import Scope
from planning.selection import Selection
from processors.catalog import Catalog
from warehouse.binding import REVISION
from warehouse.protocol import Warehouse

Value = TypeVar("Value")
SIDE_BY_SIDE = 4
"""Readings at once."""


@dataclass
class OnDemand(Mapping[str, Value], Generic[Value]):
    """Table -> what was read of it, read when first asked for and again after a write to it.

    `together`: one statement reads all tables that are to be read; else each is read alone.
    """

    tables: tuple[str, ...]
    read: Callable[..., Mapping[str, Value]]
    revision: Callable[[str], object]
    together: bool = False
    known: dict[str, tuple[object, Value]] = field(default_factory=dict)

    def __getitem__(self, table: str) -> Value:
        if not self._is_current(table):
            self._read(self._due_with(table))
        return self.known[table][1]

    def _due_with(self, table: str) -> Sequence[str]:
        """What is read when a table is: all that is due, where tables are read together."""
        if not self.together:
            return [table]
        return [name for name in self.tables if not self._is_current(name)]

    def _read(self, tables: Sequence[str]) -> None:
        revisions = list(map(self.revision, tables))
        found = self.read(*tables)
        for table, revision in zip(
            tables,
            revisions,
            strict=True,
        ):
            self.known[table] = revision, found[table]

    def _is_current(self, table: str) -> bool:
        return table in self.known and self.known[table][0] == self.revision(table)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


@dataclass
class _View:
    """What this process knows of one warehouse: the planner on it, the revisions that it has seen,
    and what was asked for so far."""

    planner: Planner
    raw: object
    tables: dict[str, object]
    scopes: dict[Selection, Scope] = field(default_factory=dict)


_views: WeakKeyDictionary[Warehouse, _View] = WeakKeyDictionary()
RAW = "schedule"
"""Any raw table: they change together."""


def survey(warehouse: Warehouse, anew: bool = False) -> Planner:
    """A planner on what the warehouse holds;
    with `anew`, nothing that was read before is believed."""
    catalog = warehouse.catalog
    raw = warehouse.revision(RAW)
    tables = {table: warehouse.revision(table) for table in catalog.ordered()}
    view = _views.get(warehouse)
    if view is None or anew or view.raw != raw:
        view = _views[warehouse] = _View(_planner(warehouse, catalog), raw, tables)
    elif written := [table for table in tables if tables[table] != view.tables[table]]:
        view = _views[warehouse] = _View(view.planner.after(written), raw, tables)
    return view.planner


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
    warehouse.observe(run_id)
    return survey(warehouse, anew=True)


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


def read_ahead(planner: Planner, selection: Selection) -> None:
    """Read what planning a selection asks for, side by side: one reading at a time leaves a core
    idle, or waits for a job of BigQuery's after the other."""
    catalog, book = planner.catalog, planner.book
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        readings: list[Future[object]] = []
        for table in catalog.ordered():
            readings.append(pool.submit(planner.states.__getitem__, table))
        if book is not None:
            # Records are read together, whichever is asked for.
            readings.append(pool.submit(book.records.__getitem__, catalog.ordered()[0]))
            for table in catalog.origins(selection.chosen_tables(catalog)):
                readings.append(pool.submit(book.contents.__getitem__, table))
        for reading in readings:
            reading.result()


def _planner(warehouse: Warehouse, catalog: Catalog) -> Planner:
    tables = catalog.ordered()
    revision = _reading(warehouse, lambda warehouse: warehouse.revision)
    records = _reading(warehouse, lambda warehouse: warehouse.records)
    contents = _reading(warehouse, lambda warehouse: warehouse.contents)
    cell_states = _reading(warehouse, lambda warehouse: warehouse.cell_states)
    book = Book(
        records=OnDemand((*catalog.raw, *tables), records, revision, together=True),
        contents=OnDemand((*catalog.raw, *tables), _each(contents), revision),
        codes={
            processor.name: processor.code_fingerprint(REVISION)
            for processor in catalog
        },
    )
    states = OnDemand(tables, _each(cell_states), revision)
    return Planner(catalog, Calendar.of(warehouse.game_days()), states, book)


def _each(read: Callable[[str], Value]) -> Callable[..., dict[str, Value]]:
    """A reading of one table as a reading of several."""
    return lambda *tables: {table: read(table) for table in tables}


def _reading(
    warehouse: Warehouse, method: Callable[[Warehouse], Callable[..., Value]]
) -> Callable[..., Value]:
    """A method that does not keep its warehouse alive:
    a view lives as long as what it is a view of."""
    held = ref(warehouse)

    def read(*arguments: str) -> Value:
        found = held()
        assert found is not None, "a planner is asked while its warehouse is there"
        return method(found)(*arguments)

    return read
