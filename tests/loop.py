"""The whole computation as a plain loop:
table by table, batch by batch, without flows and gates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from random import Random
from typing import Any

from planning.batches import DATES_PER_BATCH
from planning.cells import CellBreach
from planning.decisions import Planner
from planning.raw_load import RawLoad
from planning.selection import Selection
from processors.catalog import Catalog
from processors.discovery import load
from runs.publish import Receipt, publish
from runs.survey import observe, scope_of, survey
from runs.waves import clear, decide, has_work
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import Warehouse

Cell = tuple[str, date]
EVERYTHING = Selection()


def open_warehouse(
    raw: RawLoad | None = None,
    path: str = ":memory:",
    catalog: Catalog | None = None,
    threads: int = 1,
) -> DuckDBWarehouse:
    """A warehouse with its tables, and these raw rows."""
    warehouse = DuckDBWarehouse(path, catalog or load(), threads)
    warehouse.ensure_tables()
    if raw:
        warehouse.load(raw)
    return warehouse


def planned(warehouse: Warehouse) -> Planner:
    """A planner on what the warehouse holds now."""
    return survey(warehouse, anew=True)


def compute(
    warehouse: DuckDBWarehouse,
    dates: Collection[date] = (),
    tables: Collection[str] = (),
    size: int = DATES_PER_BATCH,
) -> dict[Cell, tuple[CellBreach, ...]]:
    """Compute these cells (all by default) anew, upstream first;
    the quarantined ones with their breaches."""
    quarantined: dict[Cell, tuple[CellBreach, ...]] = {}
    planner = planned(warehouse)
    dates = dates or planner.calendar.days
    for table in (t for t in planner.catalog.ordered() if not tables or t in tables):
        decision = planner.decide(table, dates, rerun=dates)
        warehouse.clear(table, decision.clear, "loop")
        for batch in planner.batches(decision, size):
            result = warehouse.materialize(batch, "loop")
            quarantined |= {
                (table, day): broken for day, broken in result.quarantined.items()
            }
        planner = survey(warehouse)
    return quarantined


def backfill(
    warehouse: Warehouse,
    selection: Selection = EVERYTHING,
    batch_days: int = DATES_PER_BATCH,
    shuffle: Random | None = None,
    run_id: str = "backfill",
) -> list[Receipt]:
    """What flows/backfill.py does without flows and gates;
    `shuffle` disorders the batches of each wave."""
    receipts: list[Receipt] = []
    observe(warehouse, run_id)
    for phase in scope_of(warehouse, selection).phases:
        scope = scope_of(warehouse, selection)
        if not has_work(scope, phase):
            continue
        for wave in warehouse.catalog.waves(phase):
            planner = survey(warehouse)
            tables = [table for table in wave if table in scope.needs.tables]
            decisions = decide(planner, scope, tables)
            clear(warehouse, decisions, run_id)
            batches = [
                batch for d in decisions for batch in planner.batches(d, batch_days)
            ]
            if shuffle:
                shuffle.shuffle(batches)
            receipts += [publish(warehouse, batch, run_id) for batch in batches]
    return receipts


def fingerprints(warehouse: DuckDBWarehouse) -> dict[Cell, str]:
    """The content of every cell of the computed tables."""
    tables = warehouse.catalog.ordered()
    held = {t: warehouse.contents(t) for t in tables}
    return {
        (t, day): c.fingerprint for t in tables for day, c in held[t].items() if day
    }


def rows(
    warehouse: DuckDBWarehouse, sql: str, **parameters: Any
) -> list[dict[str, Any]]:
    """What a statement in DuckDB's SQL gives."""
    return warehouse.engine.rows(sql, parameters)
