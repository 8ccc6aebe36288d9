"""What a planner keeps decided after publications is what one decides that looks at everything
anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core.errors import PermanentWarehouseError
from planning.decisions import Planner
from planning.scope import Scope
from planning.selection import Selection
from runs.survey import observe, planner_anew, scope_of, survey
from tests.property.edits import edit
from tests.property.sequence import demand, opened_at_start
from warehouse.duckdb import DuckDBWarehouse

SEEDS = range(4)
ROUNDS, CHANGES = 2, 4


@pytest.mark.parametrize("seed", SEEDS)
def test_what_stays_decided_is_what_would_be_decided_anew(
    seed: int, tmp_path: Path
) -> None:
    """A cell that stays decided though what it hangs on moved is computed too late, or never."""
    random = Random(seed)
    warehouse = opened_at_start(bool(seed % 3), str(tmp_path / "league.duckdb"))
    told: list[object] = []
    for _ in range(ROUNDS):
        told.append(edit(warehouse, random))
        observe(warehouse, "edit")
        look(survey(warehouse), random)
        for _ in range(CHANGES):
            told.append(change(warehouse, random))
            unlike = differences(warehouse, random)
            demand(f"{one}, after {told}" for one in unlike)
    warehouse.close()


def look(planner: Planner, random: Random) -> None:
    """Have some tables decided, so that not all is known, nor nothing."""
    tables = planner.catalog.ordered()
    for table in random.sample(tables, random.randrange(1, len(tables))):
        planner.decide(table, planner.calendar.days)
        planner.by_keys({}).decide(table, planner.calendar.days)


def change(warehouse: DuckDBWarehouse, random: Random) -> str:
    """Publish, clear or fail some cells of a table, due or not."""
    planner = survey(warehouse)
    table = random.choice(planner.catalog.ordered())
    known = sorted({*planner.calendar.days, *planner.strays(table)})
    days = random.sample(known, random.choice((1, 3, len(known) // 3, len(known))))
    decision = planner.decide(table, days, rerun=days)
    warehouse.clear(table, decision.clear, "change")
    ends: list[str] = []
    for batch in planner.batches(decision, random.choice((3, 40))):
        how = random.choice(("published", "published", "failed", "left"))
        ends.append(f"{how} {len(batch.dates)}")
        if how == "published":
            warehouse.materialize(batch, "change")
        elif how == "failed":
            error = PermanentWarehouseError("division by zero")
            warehouse.fail(batch, "change", error)
    return f"{table}: cleared {len(decision.clear)}, {', '.join(ends)}"


def differences(warehouse: DuckDBWarehouse, random: Random) -> Iterator[str]:
    """How the planner that keeps what it found differs from one that looks anew."""
    kept, anew = survey(warehouse), planner_anew(warehouse)
    tables = list(anew.catalog.ordered())
    random.shuffle(tables)
    for table in tables:
        for name, one, other in (
            ("by the ledger", kept, anew),
            ("by its keys", kept.by_keys({}), anew.by_keys({})),
        ):
            if seen(one, table) != seen(other, table):
                yield f"{table} {name} is not as it would be decided anew"
    for batch_days in (7, 366):
        if on_record(kept, batch_days) != on_record(anew, batch_days):
            yield "batches are put on record with something else"
    everything = Selection()
    kept_needs = scope_of(warehouse, everything).needs
    if kept_needs != Scope(anew, everything).needs:
        yield "the needed cells are others"


def seen(planner: Planner, table: str) -> dict[str, Any]:
    """All that a planner says of a table."""
    days = {*planner.calendar.days, *planner.strays(table)}
    return {
        "decision": planner.decide(table, days),
        "incomplete": planner.incomplete(table),
        "strays": planner.strays(table),
        "states": {day: planner.state(table, day) for day in days},
    }


def on_record(planner: Planner, batch_days: int) -> list[Any]:
    """The batches of all that is due, with inputs and attempts."""
    dates: list[date] = list(planner.calendar.days)
    found: list[Any] = []
    for table in planner.catalog.ordered():
        found += planner.batches(planner.decide(table, dates), batch_days)
    return found
