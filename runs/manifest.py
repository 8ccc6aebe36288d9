"""The manifest of what is taken out: what it is, from what, and why it can be trusted.

The same warehouse gives the same text: no clock, no address and no folder is in it.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import metadata
from typing import Any

from core.version import code_version
from planning.export import CellOut, NotFresh, TableOut
from planning.labels import KeptOut, Labelling
from planning.overrides import Override
from planning.selection import Selection
from processors.catalog import Catalog
from processors.contract import Column
from reports.export import why_not_fresh
from reports.verdicts import tell_override
from reports.waive import tell_waiver
from runs.rows import Chosen
from runs.train_gates import latest_verdicts
from runs.verdicts import last_verdict
from validation.verdict import Verdict
from warehouse.protocol import Warehouse

UNDATED = "undated"
LIBRARIES = (
    "fullcourt",
    "duckdb",
    "google-cloud-bigquery",
    "numpy",
    "pyarrow",
    "sqlglot",
)


@dataclass
class LabelCounts:
    """What became of the rows of a table that was to be labelled."""

    labelled: int = 0
    did_not_play: int = 0
    kept_out: list[KeptOut] = field(default_factory=list)

    def add(self, labelling: Labelling) -> None:
        """Count what became of more rows."""
        self.labelled += labelling.labelled
        self.did_not_play += labelling.did_not_play
        self.kept_out += labelling.kept_out

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        kept_out = [
            {
                "date": str(row.day),
                "player_id": row.player_id,
                "expected_game": row.expected_game,
                "expected_team": row.expected_team,
                "played_game": row.played_game,
                "played_team": row.played_team,
            }
            for row in self.kept_out
        ]
        return {
            "labelled": self.labelled,
            "did_not_play": self.did_not_play,
            "kept_out": kept_out,
        }


def warehouse_part(
    warehouse: Warehouse, chosen: Chosen, selection: Selection, as_is: bool
) -> dict[str, Any]:
    """Which code and libraries made it, what was asked for, and how the cells and gates stand."""
    first, last = selection.chosen_range(chosen.planner.calendar)
    engine = warehouse.url.partition(":")[0]
    derived = (
        "as the last run derived them"
        if warehouse.is_read_only
        else "derived when read"
    )
    asked_for = {
        "tables": list(selection.tables),
        "first": str(first),
        "last": str(last),
        "dates": list(map(str, sorted(selection.dates))),
    }
    return {
        "made_by": {"code_version": code_version(), "libraries": _libraries()},
        "warehouse": {"engine": engine, "expected_keys": derived},
        "asked_for": asked_for,
        "as_is": as_is,
        "not_fresh": list(map(_not_fresh, chosen.not_fresh)),
        "verdicts": _verdicts(warehouse, chosen),
        "waivers": list(map(tell_waiver, warehouse.waivers())),
    }


def table_part(
    warehouse: Warehouse, out: TableOut, columns: Sequence[Column]
) -> dict[str, Any]:
    """A table: its contract, and the cells that its rows are of."""
    catalog, table = warehouse.catalog, out.table
    is_raw = table in catalog.raw
    contract = catalog.raw[table] if is_raw else catalog[table].contract
    return {
        "description": contract.description,
        "phase": None if is_raw else catalog[table].phase,
        "grain": list(catalog.grain(table)),
        "date_column": catalog.date_column(table),
        "columns": list(map(column_part, columns)),
        **source_part(out),
    }


def source_part(out: TableOut) -> dict[str, Any]:
    """The cells of a table that rows or labels are of, with their fingerprints."""
    return {
        "code": out.code,
        "cells": {str(cell.day or UNDATED): _cell(cell) for cell in out.cells},
        "outcomes": dict(out.outcomes),
        "waiting": list(map(str, out.waiting)),
    }


def labels_part(
    chosen: Chosen, counts: Mapping[str, LabelCounts]
) -> dict[str, Any] | None:
    """What labels are, which cells they were read from, what became of each table's rows."""
    if not chosen.sources:
        return None
    return {
        "label": "points of players who played, joined by game and team",
        "from": {table: source_part(out) for table, out in chosen.sources.items()},
        "tables": {table: counts[table].to_json() for table in counts},
    }


def _libraries() -> dict[str, str]:
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), **versions}


def column_part(column: Column) -> dict[str, Any]:
    """A column: its contract."""
    return {
        "name": column.name,
        "type": column.type,
        "unit": column.unit,
        "nullable": column.nullable,
        "description": column.description,
    }


def _cell(cell: CellOut) -> dict[str, Any]:
    inputs = {} if cell.inputs is None else {"inputs": cell.inputs}
    return {"rows": cell.rows, "content": cell.content, **inputs}


def _not_fresh(cell: NotFresh) -> dict[str, Any]:
    day = str(cell.day) if cell.day else None
    return {
        "table": cell.table,
        "date": day,
        "stands": str(cell.stands),
        "why": why_not_fresh(cell),
    }


def _verdicts(warehouse: Warehouse, chosen: Chosen) -> dict[str, Any]:
    """Phase -> its verdict in force on the dates, of every phase that the tables derive from."""
    catalog = warehouse.catalog
    overrides = warehouse.overrides()
    outs = [out for outs in chosen.outs.values() for out in outs]
    days = sorted({day for out in outs for day in out.days})
    verdicts: dict[str, Any] = {}
    for phase in _phases_behind(catalog, list(chosen.outs)):
        verdicts[phase] = _verdict(_in_force(warehouse, phase, days), overrides)
    return verdicts


def _in_force(warehouse: Warehouse, phase: str, days: Sequence[date]) -> Verdict | None:
    """The phase's verdict on these dates: the last one in force on any of them that closes the
    gate, else the one that judged the most of them, however few a later one judged."""
    last = last_verdict(warehouse, phase)
    if last is None or last.decision == "NO-GO":
        return last
    found = list(latest_verdicts(warehouse, phase, days).values())
    closed = [verdict for verdict in found if verdict.decision == "NO-GO"]
    if closed:
        return max(closed, key=lambda verdict: verdict.made.decided_at)

    def rank(verdict: Verdict) -> tuple[int, datetime]:
        return verdict.made.number_of(days), verdict.made.decided_at

    return max(found, key=rank, default=last)


def _phases_behind(catalog: Catalog, tables: Sequence[str]) -> Iterator[str]:
    """The phases that the tables derive from, in order."""
    origins = catalog.origins([table for table in tables if table not in catalog.raw])
    for phase in catalog.phase_names:
        if origins.intersection(catalog.tables_of(phase)):
            yield phase


def _verdict(
    verdict: Verdict | None, overrides: Sequence[Override]
) -> dict[str, Any] | None:
    if verdict is None:
        return None
    made = verdict.made
    in_force = [tell_override(one) for one in overrides if one.phase == verdict.phase]
    return {
        "decision": verdict.decision,
        "stage": made.stage,
        "verdict_id": made.verdict_id,
        "decided_at": made.decided_at.isoformat(),
        "code_version": made.code_version,
        "first_date": str(made.first_date),
        "last_date": str(made.last_date),
        "breaches": list(map(str, verdict.breaches)),
        "overrides": in_force,
    }
