"""Faults planted in published tables and taken back,
and what the gate says of one check of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

from processors.discovery import load
from runs.judge import PhaseUnderGate
from runs.measure import Judged, by_keys, by_query
from runs.survey import survey
from tests.loop import rows
from tests.validation.small_case import made
from validation.limits import load_thresholds
from validation.measurement import BY_KEYS, Measurement
from validation.thresholds import Thresholds
from validation.verdict import Case, Verdict, judge
from warehouse.duckdb import DuckDBWarehouse

DATASETS = r"nba_(?:raw|analytics|precompute|predictions)\.(\w+)"


@contextmanager
def planted(warehouse: DuckDBWarehouse, table: str, *changes: str) -> Iterator[None]:
    """The warehouse after these statements (`TABLE` is the table,
    whole names are others), put back later."""
    statements = [
        re.sub(r"\bTABLE\b", warehouse.names(table), change) for change in changes
    ]
    touched = sorted(
        {name for text in statements for name in re.findall(DATASETS, text)}
    )
    for name in touched:
        rows(
            warehouse,
            f"CREATE OR REPLACE TABLE memory.main.kept_{name} AS FROM {warehouse.names(name)}",
        )
    try:
        for statement in statements:
            rows(warehouse, statement)
        yield
    finally:
        for name in touched:
            rows(warehouse, f"DELETE FROM {warehouse.names(name)}")
            rows(
                warehouse,
                f"INSERT INTO {warehouse.names(name)} FROM memory.main.kept_{name}",
            )


def first(count: int, where: str = "TRUE") -> str:
    """A condition that holds for so many of the rows of TABLE where another one holds."""
    return (
        f"rowid IN (SELECT rowid FROM TABLE WHERE {where} ORDER BY rowid LIMIT {count})"
    )


def dates(warehouse: DuckDBWarehouse, table: str, count: int) -> str:
    """A condition that holds for so many of the table's first dates."""
    column = warehouse.catalog[table].contract.date_column
    return f"{column} IN (SELECT DISTINCT {column} FROM TABLE ORDER BY 1 LIMIT {count})"


@cache
def limits() -> Thresholds:
    """The limits of every table, read once: the tests look hundreds of times."""
    return load_thresholds(load())


def bench(
    warehouse: DuckDBWarehouse, table: str, together: bool = False
) -> PhaseUnderGate:
    """What a gate would see of the table alone, or of its whole phase; all dates."""
    planner, phase = survey(warehouse), warehouse.catalog[table].phase
    tables = (
        [p.name for p in warehouse.catalog.of_phase(phase)] if together else [table]
    )
    seen = planner.by_keys({name: warehouse.cell_states(name) for name in tables})
    days = tuple(planner.calendar.days)
    return PhaseUnderGate(warehouse, phase, seen, dict.fromkeys(tables, days), limits())


def found(
    warehouse: DuckDBWarehouse,
    table: str,
    name: str,
    together: bool = False,
    min_rows: int | None = None,
) -> list[Measurement]:
    """What a check measures of a table; `min_rows`:
    instead of the number that takes a season's rows."""
    seen = bench(warehouse, table, together)
    judged = Judged.of(seen.planner, table, seen.dates[table])
    if name in BY_KEYS:
        return list(by_keys(judged, [name]))
    (check,) = (c for c in seen.checks if (c.table, c.name) == (table, name))
    return by_query(
        warehouse,
        check if min_rows is None else replace(check, min_rows=min_rows),
        judged,
    )


def verdict(
    warehouse: DuckDBWarehouse, table: str, name: str, **options: Any
) -> Verdict:
    """The verdict on one check of a table by the table's own limits."""
    applied = tuple(limit for limit in limits()[table] if limit.measurement == name)
    facts: dict[str, Any] = {
        "phase": warehouse.catalog[table].phase,
        "made": made(),
        "tables": (table,),
    }
    facts |= {
        "measurements": found(warehouse, table, name, **options),
        "thresholds": {table: applied},
    }
    return judge(Case(**facts))


def severities(found: Verdict) -> set[str]:
    """The severities of the limits that it broke."""
    return {breach.threshold.severity for breach in found.breaches}


def evidence(found: Verdict) -> set[str]:
    """The keys that its breaches name."""
    return {key for breach in found.breaches for key in breach.evidence}
