"""The audit: what breaks its contract is held back by date,
with the keys that broke it as evidence."""

from __future__ import annotations

import pytest

from planning.cells import CellBreach
from tests.loop import open_warehouse, rows
from tests.warehouse.planting import (
    BAD,
    CONTEXT,
    FACTORS,
    NEXT,
    PLAYER,
    PLAYER_CONTEXT,
    TEAM,
    Planted,
    batch,
    breaches,
    quarantine,
)
from warehouse.duckdb import DuckDBWarehouse


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"spread": "1000.5", "opponent": "NULL", "wins": "wins + 1"},
            {"range.spread": 4, "null.opponent": 4, "invariant.record_counts_games": 4},
        ),
        ({"where": "home_game"}, {"missing_keys": 2}),
        (
            {"team": "IF(team = 'ASH', 'XYZ', team)"},
            {"missing_keys": 1, "unexpected_keys": 1},
        ),
    ],
)
def test_f27_what_breaks_its_contract_is_held_back_by_date(
    changes: dict[str, str], expected: dict[str, int], planted: Planted
) -> None:
    """Ten bad rows of one date must not take the next date with them."""
    warehouse = planted(CONTEXT, **changes)
    before = warehouse.contents(CONTEXT)
    result = warehouse.materialize(batch(CONTEXT), "r")
    assert breaches(result) == expected
    assert warehouse.contents(CONTEXT) == {d: f for d, f in before.items() if d != BAD}
    assert quarantine(warehouse).keys() == {(CONTEXT, BAD, check) for check in expected}


def test_f01_a_row_whose_game_the_schedule_does_not_have_is_an_orphan(
    planted: Planted,
) -> None:
    warehouse = planted(CONTEXT, game_id="IF(team = 'ASH', 'ASH_BAY', game_id)")
    assert breaches(warehouse.materialize(batch(CONTEXT), "r")) == {"orphans": 1}
    assert quarantine(warehouse) == {(CONTEXT, BAD, "orphans"): ["ASH"]}


def test_f06_a_query_that_multiplies_rows_is_caught_before_it_is_published(
    planted: Planted,
) -> None:
    warehouse = planted(PLAYER_CONTEXT, copies="[1, 2]")
    expected = warehouse.cell_states(PLAYER_CONTEXT)[BAD].expected
    result = warehouse.materialize(batch(PLAYER_CONTEXT), "r")
    assert breaches(result) == {"duplicate_keys": expected}
    assert BAD not in warehouse.contents(PLAYER_CONTEXT)
    assert result.rows.keys() == {NEXT}


def test_f06_a_team_that_plays_twice_on_a_date_is_caught_though_it_is_expected_twice(
    league_warehouse: DuckDBWarehouse,
) -> None:
    rows(
        league_warehouse,
        "INSERT INTO nba_raw.schedule SELECT * REPLACE ('twice' AS game_id) "
        f"FROM nba_raw.schedule WHERE game_date = '{BAD}' AND home_team = 'ASH'",
    )
    league_warehouse.observe("r")
    result = league_warehouse.materialize(batch(CONTEXT), "r")
    assert breaches(result)["duplicate_keys"] > 0


def test_the_keys_expected_of_a_date_are_those_of_raw_data_as_it_is_now(
    league_warehouse: DuckDBWarehouse,
) -> None:
    before = league_warehouse.materialize(batch(TEAM), "r").rows
    game, *_ = rows(
        league_warehouse,
        f"SELECT game_id FROM nba_raw.schedule WHERE game_date = '{BAD}'",
    )
    league_warehouse.remove_games([game["game_id"]])
    result = league_warehouse.materialize(batch(TEAM), "r")
    assert result.rows == {BAD: before[BAD] - 2, NEXT: before[NEXT]}


def test_f06_a_raw_row_doubled_behind_the_warehouse_s_back_is_caught_too(
    league_warehouse: DuckDBWarehouse,
) -> None:
    one_row = f"FROM nba_raw.player_box WHERE game_date = '{BAD}' AND player_id = 201"
    rows(league_warehouse, f"INSERT INTO nba_raw.player_box {one_row}")
    assert breaches(league_warehouse.materialize(batch(PLAYER), "r")).keys() == {
        "duplicate_keys"
    }
    ((key,),) = quarantine(league_warehouse).values()
    assert key.endswith("/201")
    assert {BAD, NEXT} & league_warehouse.contents(PLAYER).keys() == {NEXT}


def test_f12_a_usage_rate_of_1329_is_quarantined_not_published(
    planted: Planted,
) -> None:
    warehouse = planted(PLAYER, usage_rate="IF(player_id = 201, 1329.8, usage_rate)")
    assert breaches(warehouse.materialize(batch(PLAYER), "r")) == {
        "range.usage_rate": 1,
        "invariant.usage_at_most_100_from_5_minutes": 1,
    }


def test_f14_more_games_in_a_week_than_a_team_can_play_are_quarantined(
    planted: Planted,
) -> None:
    warehouse = planted(PLAYER_CONTEXT, games_last_7_days="24")
    assert breaches(warehouse.materialize(batch(PLAYER_CONTEXT), "r")).keys() == {
        "range.games_last_7_days"
    }


def test_f15_zones_that_do_not_add_up_to_the_attempts_are_quarantined(
    planted: Planted,
) -> None:
    warehouse = planted(
        PLAYER, paint_attempted="paint_attempted + IF(player_id = 201, 1, 0)"
    )
    assert breaches(warehouse.materialize(batch(PLAYER), "r")) == {
        "invariant.zones_add_up": 1
    }


def test_f18_an_adjustment_where_the_score_belongs_is_out_of_range(
    planted: Planted,
) -> None:
    status = "IF(player_id = 201, 'fine', pace_status)"
    warehouse = planted(FACTORS, fatigue_score="fatigue_adjustment", pace_status=status)
    assert breaches(warehouse.materialize(batch(FACTORS), "r")).keys() == {
        "range.fatigue_score",
        "values.pace_status",
        "invariant.pace_status_fits",
    }


def test_f41_a_query_that_gives_nothing_is_not_done(planted: Planted) -> None:
    warehouse = planted(CONTEXT, where="FALSE")
    assert breaches(warehouse.materialize(batch(CONTEXT), "r")) == {"missing_keys": 4}


def test_evidence_counts_every_key_and_keeps_the_first_twenty(planted: Planted) -> None:
    warehouse = planted(PLAYER_CONTEXT, opponent="NULL")
    ((breach,),) = warehouse.materialize(
        batch(PLAYER_CONTEXT), "r"
    ).quarantined.values()
    assert breach == CellBreach(
        "null.opponent",
        warehouse.cell_states(PLAYER_CONTEXT)[BAD].expected,
        breach.keys,
    )
    assert (len(breach.keys), breach.count) == (20, 27)
    assert (
        list(breach.keys) == quarantine(warehouse)[PLAYER_CONTEXT, BAD, "null.opponent"]
    )
    assert [int(key) for key in breach.keys] == sorted(int(key) for key in breach.keys)


def test_the_evidence_goes_when_the_date_is_computed_well_again(
    planted: Planted,
) -> None:
    broken = planted(CONTEXT, opponent="NULL")
    before = broken.contents(CONTEXT)
    broken.materialize(batch(CONTEXT), "r")
    broken.close()
    mended = open_warehouse(path=broken.url.removeprefix("duckdb:"))
    assert mended.materialize(batch(CONTEXT), "r").quarantined == {}
    assert quarantine(mended) == {}
    assert mended.contents(CONTEXT) == before
    mended.close()
