"""Whether a phase's last verdict still stands: nothing that it was made from is another now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date

from core.version import code_version
from planning.decisions import Planner
from planning.selection import Selection
from runs.survey import survey
from validation.checks import checks
from validation.stored import read_verdicts
from validation.thresholds import load_thresholds
from validation.verdict import Verdict
from warehouse.protocol import Warehouse


def standing(warehouse: Warehouse, phase: str, selection: Selection) -> Verdict | None:
    """The phase's last verdict, where its gate judged these very cells, contents and limits."""
    latest, _unreadable = read_verdicts(warehouse.verdicts(phase, limit=1))
    if not latest or latest[0].made.stage != "gate":
        return None
    planner = survey(warehouse)
    wanted = selection.needs(planner)
    dates = {p.name: wanted.dates(p.name) for p in planner.catalog.of_phase(phase) if p.name in wanted.tables}
    if latest[0].made.measured_from != measured_from(warehouse, planner, phase, dates):
        return None
    return latest[0]


def measured_from(
    warehouse: Warehouse, planner: Planner, phase: str, dates: Mapping[str, Sequence[date]]
) -> str:
    """A hash of everything that a verdict depends on: cells, what all tables up to the phase hold, limits,
    queries, waivers, overrides."""
    assert planner.book is not None
    catalog, names = planner.catalog, [p.name for p in planner.catalog.phases]
    upto = names[: names.index(phase) + 1]
    held = [
        sorted((str(day), c.rows, c.fingerprint) for day, c in planner.book.contents[t].items())
        for t in catalog.ordered()
        if catalog[t].phase in upto
    ]
    raw = [sorted((str(day), r.digest) for day, r in planner.book.records[t].items()) for t in catalog.raw]
    limits = load_thresholds(catalog)
    told = [
        [(table, list(map(str, days))) for table, days in dates.items()],
        held,
        raw,
        [str(limit) + limit.severity for table in dates for limit in limits[table]],
        [(check.counts, check.evidence) for check in checks(catalog, phase, dates)],
        [str(waiver) for waiver in warehouse.waivers()],
        [str(override) for override in warehouse.overrides()],
        [phase, code_version()],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
