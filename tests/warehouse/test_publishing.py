"""Publishing: whole dates, atomically, counted in the table;
and what becomes due when raw rows change."""

from __future__ import annotations

from datetime import date

import pytest

from core.errors import PermanentWarehouseError
from planning.cells import Outcome
from tests.loop import compute, planned, rows
from tests.raw_rows import World, raw_load
from tests.warehouse.planting import (
    BAD,
    CONTEXT,
    NEXT,
    PLAYER,
    PLAYER_CONTEXT,
    TEAM,
    Planted,
    batch,
)
from validation.checks import checks
from warehouse.duckdb import DuckDBWarehouse

FREE_DAY = date(2023, 11, 27)


def test_f43_rows_are_counted_in_the_table_itself(
    league_warehouse: DuckDBWarehouse,
) -> None:
    result = league_warehouse.materialize(batch(PLAYER_CONTEXT), "r")
    states = league_warehouse.cell_states(PLAYER_CONTEXT)
    assert result.rows == {day: states[day].present for day in (BAD, NEXT)}


def test_f04_publishing_a_date_again_replaces_it_whole(
    league_warehouse: DuckDBWarehouse,
) -> None:
    before = league_warehouse.contents(PLAYER_CONTEXT)
    for run in ("first", "second"):
        assert (
            league_warehouse.materialize(batch(PLAYER_CONTEXT), run).quarantined == {}
        )
    assert league_warehouse.contents(PLAYER_CONTEXT) == before


def test_a_quarantined_date_is_missing_to_what_reads_it(planted: Planted) -> None:
    warehouse = planted(CONTEXT, opponent="NULL")
    compute(warehouse, tables=(CONTEXT,))
    decision = planned(warehouse).decide(PLAYER_CONTEXT, [BAD, NEXT])
    assert (decision.settled, tuple(decision.clear)) == (
        {BAD: "upstream_missing", NEXT: "done"},
        (BAD,),
    )


def test_f05_an_error_inside_publish_leaves_the_old_rows(
    league_warehouse: DuckDBWarehouse,
) -> None:
    before = league_warehouse.contents(CONTEXT)
    rows(league_warehouse, "DROP TABLE nba_backfill.quarantine")
    with pytest.raises(
        PermanentWarehouseError,
        match="upcoming_team_game_context 2023-11-21.*quarantine",
    ):
        league_warehouse.materialize(batch(CONTEXT), "r")
    assert league_warehouse.contents(CONTEXT) == before


def test_a_query_that_raises_changes_nothing_and_names_its_batch(
    planted: Planted,
) -> None:
    warehouse = planted(CONTEXT, wins="CAST(team AS INT64)")
    before = warehouse.contents(CONTEXT)
    with pytest.raises(
        PermanentWarehouseError,
        match=r"upcoming_team_game_context 2023-11-21\.\.2023-11-22",
    ):
        warehouse.materialize(batch(CONTEXT), "r")
    assert warehouse.contents(CONTEXT) == before
    assert warehouse.materialize(batch(CONTEXT, NEXT), "r").rows.keys() == {NEXT}


def test_rows_of_a_date_outside_the_batch_are_refused(planted: Planted) -> None:
    warehouse = planted(CONTEXT, game_date=f"DATE '{NEXT}'")
    before = warehouse.contents(CONTEXT)
    with pytest.raises(
        PermanentWarehouseError, match=f"4 rows of {NEXT}, a date outside its batch"
    ):
        warehouse.materialize(batch(CONTEXT, BAD), "r")
    assert warehouse.contents(CONTEXT) == before


def test_rows_without_a_date_are_refused(planted: Planted) -> None:
    """They are counted on no date of the table, and no date would ever take them away again."""
    warehouse = planted(CONTEXT, game_date="IF(team = 'ASH', NULL, game_date)")
    before = warehouse.contents(CONTEXT)
    with pytest.raises(PermanentWarehouseError, match="1 row of None, a date outside"):
        warehouse.materialize(batch(CONTEXT), "r")
    assert warehouse.contents(CONTEXT) == before


def test_a_game_that_the_schedule_holds_twice_holds_back_its_date_alone(
    league_warehouse: DuckDBWarehouse,
) -> None:
    """Each row is looked up in the schedule while rows are counted: it is counted once."""
    before = league_warehouse.contents(PLAYER)
    rows(
        league_warehouse,
        "INSERT INTO nba_raw.schedule SELECT * FROM nba_raw.schedule "
        f"WHERE game_date = '{NEXT}'",
    )
    result = league_warehouse.materialize(batch(PLAYER), "r")
    assert [breach.check for breach in result.quarantined[NEXT]] == ["duplicate_keys"]
    assert league_warehouse.contents(PLAYER) == {
        d: f for d, f in before.items() if d != NEXT
    }


def test_clearing_removes_the_rows_of_these_dates_alone(
    league_warehouse: DuckDBWarehouse,
) -> None:
    before = league_warehouse.contents(CONTEXT)
    assert league_warehouse.clear(CONTEXT, {BAD: Outcome.NO_GAMES}, "r") == 4
    assert league_warehouse.clear(CONTEXT, {BAD: Outcome.NO_GAMES}, "r") == 0
    assert league_warehouse.contents(CONTEXT) == {
        d: f for d, f in before.items() if d != BAD
    }


def test_orphans_are_found_in_the_table_after_the_schedule_moved(
    league_warehouse: DuckDBWarehouse,
) -> None:
    assert orphans(league_warehouse, CONTEXT, BAD, NEXT) == []
    rows(
        league_warehouse,
        f"UPDATE nba_raw.schedule SET game_date = '{NEXT}' WHERE game_date = '{BAD}'",
    )
    assert len(set(orphans(league_warehouse, CONTEXT, BAD, NEXT))) == 2
    assert orphans(league_warehouse, CONTEXT, NEXT) == []


def orphans(warehouse: DuckDBWarehouse, table: str, *dates: date) -> list[str]:
    """The games that the gate's check names."""
    (check,) = (
        c
        for c in checks(warehouse.catalog, warehouse.catalog[table].phase, [table])
        if c.name == "orphans"
    )
    return [
        row["thing"]
        for row in warehouse.check_rows(check.evidence, table, dates, dates)
    ]


def test_a_moved_game_makes_both_its_dates_due(
    league_warehouse: DuckDBWarehouse, world: World
) -> None:
    """The old date holds a row too many, the new one lacks it; nobody has to remember the move."""
    moved = next(game for game in world["schedule"] if game["game_date"] == BAD)
    league_warehouse.load(raw_load({"schedule": [{**moved, "game_date": FREE_DAY}]}))
    planner = planned(league_warehouse)
    assert tuple(planner.decide(TEAM, planner.calendar.days).compute) == (BAD, FREE_DAY)
    assert compute(league_warehouse, [BAD, FREE_DAY], [TEAM]) == {}
    assert planned(league_warehouse).incomplete(TEAM) == []


def test_a_removed_game_makes_its_date_due(
    league_warehouse: DuckDBWarehouse, world: World
) -> None:
    for game in (game for game in world["schedule"] if game["game_date"] == BAD):
        league_warehouse.remove_games([game["game_id"]])
    decision = planned(league_warehouse).decide(TEAM, [BAD])
    assert (decision.settled, tuple(decision.clear)) == ({BAD: "no_games"}, (BAD,))
