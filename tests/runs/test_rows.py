"""Rows are read of the cells that were chosen, or not at all."""

from __future__ import annotations

import pytest

from core.errors import NotFreshError, TransientWarehouseError
from planning.cells import Outcome
from planning.selection import Selection
from runs.rows import (
    choose,
    read_by_season,
    read_rows,
    require_fresh,
    require_unchanged,
)
from tests.loop import rows
from warehouse.duckdb import DuckDBWarehouse

TEAM = "team_offense_game_summary"
ASKED = Selection(tables=(TEAM,))


def test_what_is_written_while_rows_are_read_is_not_taken_out(
    warehouse: DuckDBWarehouse,
) -> None:
    """Half of an old table and half of a new one are rows that never were."""
    chosen = choose(warehouse, ASKED)
    require_unchanged(warehouse, chosen)
    parts = list(
        read_by_season(warehouse, chosen.planner.calendar, chosen.tables[TEAM])
    )
    assert [part.season for part in parts] == [2022, 2023]
    warehouse.clear(
        TEAM, {chosen.tables[TEAM].days[0]: Outcome.NO_GAMES}, "another run"
    )
    with pytest.raises(
        TransientWarehouseError, match=f"{TEAM} changed while it was read"
    ):
        require_unchanged(warehouse, chosen)
    with pytest.raises(
        TransientWarehouseError, match=f"{TEAM} changed while it was read"
    ):
        list(read_by_season(warehouse, chosen.planner.calendar, chosen.tables[TEAM]))


def test_rows_of_equal_keys_come_in_one_order(warehouse: DuckDBWarehouse) -> None:
    """A damaged table gives the same bytes twice too."""
    name = f"nba_analytics.{TEAM}"
    rows(warehouse, f"INSERT INTO {name} SELECT * REPLACE (fgm + 1 AS fgm) FROM {name}")
    with pytest.raises(NotFreshError, match="is damaged"):
        require_fresh(choose(warehouse, ASKED))
    first, not_fresh = read_rows(warehouse, ASKED, as_is=True)
    rows(
        warehouse, f"CREATE TABLE other AS SELECT * FROM {name} ORDER BY fgm DESC, team"
    )
    rows(warehouse, f"DELETE FROM {name}")
    rows(warehouse, f"INSERT INTO {name} SELECT * FROM other")
    assert read_rows(warehouse, ASKED, as_is=True)[0].equals(first)
    assert len({cell.day for cell in not_fresh}) == len(not_fresh) > 0
