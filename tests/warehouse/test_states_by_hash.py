"""States told by hashes of keys are those that comparing the keys one by one tells."""

from __future__ import annotations

import pytest

from tests.loop import rows
from warehouse.base import BaseWarehouse
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb.states import states_by_hash

TABLE = "nba_precompute.player_daily_cache"
SECOND = f"SELECT DISTINCT cache_date FROM {TABLE} ORDER BY 1 LIMIT 1 OFFSET 1"
FIRST_PLAYER = f"(SELECT MIN(player_id) FROM {TABLE} WHERE cache_date = ({SECOND}))"
OF_A_CELL = f"WHERE cache_date = ({SECOND}) AND player_id = {FIRST_PLAYER}"

FAULTS = {
    "nothing": "SELECT 1",
    "a row less": f"DELETE FROM {TABLE} {OF_A_CELL}",
    "a row twice": f"INSERT INTO {TABLE} FROM {TABLE} {OF_A_CELL}",
    "another player": f"UPDATE {TABLE} SET player_id = -1 {OF_A_CELL}",
    "no player": f"UPDATE {TABLE} SET player_id = NULL {OF_A_CELL}",
    "no date": f"UPDATE {TABLE} SET cache_date = NULL {OF_A_CELL}",
    "no row of a date": f"DELETE FROM {TABLE} WHERE cache_date = ({SECOND})",
    "a date without games": (
        f"INSERT INTO {TABLE} SELECT * REPLACE (DATE '2023-07-01' AS cache_date) "
        f"FROM {TABLE} {OF_A_CELL}"
    ),
    "no row at all": f"DELETE FROM {TABLE}",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_states_are_those_that_comparing_all_keys_tells(
    league_warehouse: DuckDBWarehouse, fault: str
) -> None:
    rows(league_warehouse, FAULTS[fault])
    for table in league_warehouse.catalog.ordered():
        told = league_warehouse.cell_states(table)
        assert told == BaseWarehouse.cell_states(league_warehouse, table)
        some = sorted(filter(None, told))[::2]
        assert league_warehouse.cell_states(table, some) == {
            day: told[day] for day in some
        }


def test_the_keys_of_a_whole_table_are_not_compared_one_by_one(
    computed: DuckDBWarehouse,
) -> None:
    """The types of keys on both sides hash alike: else all dates would be compared, for nothing."""
    computed.derive_expected()
    name = "player_daily_cache"
    contract = computed.catalog[name].contract
    with computed.engine.cursor() as cursor:
        states = states_by_hash(cursor, TABLE, contract, computed.names)
    (held,) = rows(computed, f"SELECT COUNT(*) AS n FROM {TABLE}")
    assert states.unlike == []
    assert sum(state.present for state in states.told.values()) == held["n"] > 0
