"""Whether a phase's last verdict still stands: nothing that it was made from is another now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import TypeVar
from weakref import WeakKeyDictionary

from core.version import code_identity
from planning.decisions import Planner
from planning.ledger import Content, Records
from planning.scope import Scope
from processors.catalog import Catalog
from reports.verdicts import tell_override
from reports.waive import tell_waiver
from validation.checks import checks
from validation.limits import load_thresholds
from validation.stored import read_verdicts
from validation.verdict import Verdict
from warehouse.protocol import Warehouse

Cells = TypeVar("Cells")


def standing(warehouse: Warehouse, phase: str, scope: Scope) -> Verdict | None:
    """The phase's last verdict, where its gate judged these very cells, contents and limits."""
    latest, _unreadable = read_verdicts(warehouse.verdicts(phase, limit=1))
    if not latest or latest[0].made.stage != "gate":
        return None
    now = basis_hash(warehouse, scope.planner, phase, scope.dates(phase))
    if latest[0].made.measured_from != now:
        return None
    return latest[0]


def basis_hash(
    warehouse: Warehouse,
    planner: Planner,
    phase: str,
    dates: Mapping[str, Sequence[date]],
) -> str:
    """A hash of everything that a verdict depends on: cells, what all tables up to the phase hold,
    limits, queries, waivers, overrides."""
    assert planner.book is not None
    catalog, book = planner.catalog, planner.book
    told = _told.setdefault(warehouse, {})
    cells = [(table, list(map(str, days))) for table, days in dates.items()]
    contents = [
        _tell_once(told, f"contents {table}", book.contents[table], _contents)
        for table in _tables_up_to(catalog, phase)
    ]
    raw = [
        _tell_once(told, f"records {table}", book.records[table], _digests)
        for table in catalog.raw
    ]
    limits = list(_limits(catalog, dates))
    queries = list(map(attrgetter("counts", "evidence"), checks(catalog, phase, dates)))
    waivers = list(map(tell_waiver, warehouse.waivers()))
    overrides = list(map(tell_override, warehouse.overrides()))
    code = [phase, code_identity()]
    return _hash([cells, contents, raw, limits, queries, waivers, overrides, code])


Told = dict[str, tuple[object, str]]
"""What cells were told of -> those cells, and a hash of what was told of them."""
_told: WeakKeyDictionary[Warehouse, Told] = WeakKeyDictionary()


def _tell_once(
    told: Told, what: str, cells: Cells, tell: Callable[[Cells], object]
) -> str:
    """A hash of what is told of the cells of a table; made once for all phases, since what was read
    is never changed but read anew."""
    known = told.get(what)
    if known is None or known[0] is not cells:
        known = told[what] = cells, _hash(tell(cells))
    return known[1]


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]


def _tables_up_to(catalog: Catalog, phase: str) -> Iterator[str]:
    """The tables of the phases up to this one, upstream first."""
    names = catalog.phase_names
    upto = names[: names.index(phase) + 1]
    for table in catalog.ordered():
        if catalog[table].phase in upto:
            yield table


def _limits(catalog: Catalog, tables: Iterable[str]) -> Iterator[str]:
    thresholds = load_thresholds(catalog)
    for table in tables:
        for limit in thresholds[table]:
            yield f"{limit}{limit.severity}"


def _contents(contents: Mapping[date | None, Content]) -> list[tuple[str, int, str]]:
    """Rows and fingerprint of every cell of a computed table."""
    cells = [
        (str(day), content.rows, content.fingerprint)
        for day, content in contents.items()
    ]
    return sorted(cells)


def _digests(records: Records) -> list[tuple[str, str]]:
    """The digest of every date of a raw table."""
    return sorted((str(day), record.digest) for day, record in records.items())
