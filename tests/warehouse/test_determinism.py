"""The rows of a date are the same whatever the batch, the threads and the order of the raw rows."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from planning.batches import batches
from planning.cells import Outcome
from planning.raw_load import RawLoad
from tests.league import PLAYOFFS_FROM
from tests.loop import compute, fingerprints, open_warehouse, planned, rows
from warehouse.duckdb import DuckDBWarehouse


def shuffled(load: RawLoad) -> RawLoad:
    """The same rows in another order."""
    random = Random(5)
    orders = {
        name: random.sample(range(t.num_rows), t.num_rows)
        for name, t in load.tables.items()
    }
    return RawLoad(
        {name: table.take(orders[name]) for name, table in load.tables.items()}
    )


def test_shuffled_rows_in_two_threads_and_a_season_at_once_give_the_same_content(
    league_load: RawLoad, computed: DuckDBWarehouse
) -> None:
    warehouse = open_warehouse(shuffled(league_load), threads=2)
    assert compute(warehouse, size=1000) == {}
    assert fingerprints(warehouse) == fingerprints(computed)
    warehouse.close()


@pytest.mark.parametrize(("size", "dates"), [(1, 2), (7, 10)])
def test_a_date_alone_is_what_it_is_in_a_batch(
    size: int, dates: int, computed: DuckDBWarehouse
) -> None:
    """An ad hoc rerun of one date must not show other values than the backfill did."""
    before = fingerprints(computed)
    late = [day for day in planned(computed).calendar.days if day < PLAYOFFS_FROM][
        -dates:
    ]
    assert compute(computed, late, size=size) == {}
    assert fingerprints(computed) == before


@pytest.mark.parametrize("raw", ["shots", "player_box", "team_box"])
def test_a_game_with_rows_on_two_dates_is_the_same_in_every_batch(
    raw: str, league_load: RawLoad
) -> None:
    """Rows that a hand filed under the day before are that day's,
    even where one batch holds both days."""
    warehouse = open_warehouse(league_load)
    sql = f"UPDATE nba_raw.{raw} SET game_date = game_date - 1 WHERE CAST(game_id AS INT) % 3 = 1"
    rows(warehouse, sql)
    days, tables = (
        list(planned(warehouse).calendar.days)[:9],
        warehouse.catalog.ordered()[:5],
    )
    compute(warehouse, days, tables, size=1000)
    together = fingerprints(warehouse)
    compute(warehouse, days, tables, size=1)
    assert fingerprints(warehouse) == together
    warehouse.close()


def test_batches_published_side_by_side_lose_nothing(computed: DuckDBWarehouse) -> None:
    before = fingerprints(computed)
    calendar = planned(computed).calendar
    tables = ("team_offense_game_summary", "upcoming_team_game_context")
    work = [
        batch
        for table in tables
        for batch in batches(calendar, table, calendar.days, 4)
    ]
    with ThreadPoolExecutor(4) as pool:
        results = list(
            pool.map(lambda batch: computed.materialize(batch, "side by side"), work)
        )
    assert sum(len(r.rows) for r in results) == 2 * len(calendar.days)
    assert fingerprints(computed) == before


def test_f04_one_batch_published_by_several_threads_at_once_is_there_once(
    computed: DuckDBWarehouse,
) -> None:
    """Each found no rows to replace, and all of them put theirs in place."""
    before = fingerprints(computed)
    table = "team_offense_game_summary"
    calendar = planned(computed).calendar
    computed.clear(table, dict.fromkeys(calendar.days, Outcome.UPSTREAM_MISSING), "r")
    found = batches(calendar, table, calendar.days, len(calendar.days))
    work = [batch for batch in found for _thread in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda batch: computed.materialize(batch, "r"), work))
    assert fingerprints(computed) == before


def test_a_fingerprint_names_its_algorithm_and_the_number_of_rows(
    computed: DuckDBWarehouse,
) -> None:
    for table in computed.catalog.ordered():
        states = computed.cell_states(table)
        for day, content in computed.contents(table).items():
            assert day is not None
            assert content.rows == states[day].present
            assert re.fullmatch(
                rf"duckdb-[0-9a-f]{{8}}-[0-9a-f]{{8}}:{content.rows}:[0-9a-f]+",
                content.fingerprint,
            )
