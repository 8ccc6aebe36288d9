"""What a backfill is asked for at random: cells, a way to choose them, a batch size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from planning.batches import DATES_PER_BATCH
from planning.selection import Selection
from tests.property.games import games
from warehouse.duckdb import DuckDBWarehouse


@dataclass(frozen=True)
class Asked:
    """A selection and the size of its batches."""

    selection: Selection = Selection()
    batch_days: int = DATES_PER_BATCH

    def __str__(self) -> str:
        flags = " --only" * self.selection.only + " --rerun" * self.selection.rerun
        return f"backfill {self.selection}{flags}, batches of {self.batch_days}"


def asked(warehouse: DuckDBWarehouse, random: Random) -> Asked:
    """Some dates of some tables, in batches of 1, 7 or a season; of 1 where there are few."""
    dates = _dates(warehouse, random)
    few = "dates" in dates or "last_days" in dates
    only, rerun = random.random() < 0.3, random.random() < 0.2
    return Asked(
        Selection(**dates, **_tables(warehouse, random), only=only, rerun=rerun),
        random.choice(
            (1, 7, DATES_PER_BATCH) if few else (7, DATES_PER_BATCH, DATES_PER_BATCH)
        ),
    )


def _dates(warehouse: DuckDBWarehouse, random: Random) -> dict[str, Any]:
    """A range, an open one, single dates, the last days, or everything; a range begins or ends a
    little beyond the schedule too, but a single date without a game is refused."""
    day, other = (random.choice(games(warehouse))["game_date"] for _ in range(2))
    first, last = sorted((day, other + timedelta(days=random.randint(-3, 3))))
    single = (min(day, other), max(day, other))
    return random.choice(
        (
            {},
            {"start": first, "end": last},
            {"start": day},
            {"end": day},
            {"dates": single},
            {"dates": single[:1]},
            {"last_days": random.randint(1, 6)},
        )
    )


def _tables(warehouse: DuckDBWarehouse, random: Random) -> dict[str, Any]:
    ordered = warehouse.catalog.ordered()
    some = tuple(random.sample(ordered, random.randint(1, 3)))
    phases = tuple(random.sample([phase.name for phase in warehouse.catalog.phases], 2))
    return random.choice(
        ({}, {"tables": some}, {"tables": some[:1]}, {"phases": phases})
    )
