"""Every limit of the gates, tripped by data planted in the tables, and kept by data at its edge."""

from __future__ import annotations

from decimal import Decimal
from math import ceil, floor

import pytest

from processors.discovery import load
from tests.gates.planting import (
    dates,
    evidence,
    first,
    found,
    planted,
    severities,
    verdict,
)
from tests.loop import rows
from warehouse.duckdb import DuckDBWarehouse

OFFENSE, DEFENSE, PLAYER = (
    "team_offense_game_summary",
    "team_defense_game_summary",
    "player_game_summary",
)
TEAM_CONTEXT, PLAYER_CONTEXT = (
    "upcoming_team_game_context",
    "upcoming_player_game_context",
)
FACTORS, FEATURES = "player_composite_factors", "ml_feature_store"
ZONES = ("player_shot_zone_analysis", "team_defense_zone_analysis")
FIVE = (FACTORS, "player_daily_cache", FEATURES, *ZONES)
TABLES = load().ordered()
ONE_GAME = "game_id = '0022300020'"
ONE_TEAM = (
    "game_id = '0022300020' AND team = (SELECT MIN(team) FROM TABLE WHERE game_id = "
    "'0022300020')"
)
COUNTED = (
    "fgm",
    "fga",
    "fg3m",
    "fg3a",
    "ftm",
    "fta",
    "oreb",
    "dreb",
    "reb",
    "ast",
    "stl",
    "blk",
    "pf",
    "pts",
)
PASS: set[str] = set()
WARN, BLOCK, BOTH = {"warn"}, {"block"}, {"block", "warn"}
NULLS = {
    FEATURES: "avg_points_vs_opponent", FACTORS: "pace_score",
    "player_daily_cache": "team_pace_last_10",
    ZONES[0]: "paint_rate_last_20", ZONES[1]: "paint_pct_allowed_last_15",
    PLAYER_CONTEXT: "usage_rate_season", TEAM_CONTEXT: "rest_days", PLAYER: "usage_rate",
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_f21_cells_done_warns_below_100_percent_and_blocks_below_95(
    table: str, warehouse: DuckDBWarehouse
) -> None:
    """613 of 613 dates were successful, one of them with 2 of 16 teams."""
    due = sum(m.of for m in found(warehouse, table, "cells_done_pct"))
    spare = floor(due * 5 / 100)
    for count, wanted in (
        (0, PASS),
        (spare, WARN if spare else PASS),
        (spare + 1, BOTH),
    ):
        with planted(
            warehouse,
            table,
            f"DELETE FROM TABLE WHERE {dates(warehouse, table, count)}",
        ):
            said = verdict(warehouse, table, "cells_done_pct")
        assert severities(said) == wanted
        assert len(evidence(said)) == count


@pytest.mark.parametrize("table", TABLES)
def test_f23_keys_present_warns_below_100_percent_and_blocks_below_95(
    table: str, warehouse: DuckDBWarehouse
) -> None:
    """1 of 187 players was there, and everything after it said success."""
    expected = sum(m.of for m in found(warehouse, table, "keys_present_pct"))
    spare = floor(expected * 5 / 100)
    for count, wanted in ((1, WARN), (spare, WARN), (spare + 1, BOTH)):
        with planted(warehouse, table, f"DELETE FROM TABLE WHERE {first(count)}"):
            said = verdict(warehouse, table, "keys_present_pct")
        assert severities(said) == wanted
        told = [int(key.split(": ")[1]) for key in evidence(said)]
        assert sum(told) == count or len(told) == 20


@pytest.mark.parametrize("table", TABLES)
def test_f05_one_row_that_is_there_twice_blocks(
    table: str, warehouse: DuckDBWarehouse
) -> None:
    assert severities(verdict(warehouse, table, "duplicate_keys")) == PASS
    with planted(warehouse, table, f"INSERT INTO TABLE FROM TABLE WHERE {first(1)}"):
        said = verdict(warehouse, table, "duplicate_keys")
    assert (severities(said), [b.value for b in said.breaches]) == (BLOCK, [1])
    assert len(evidence(said)) == 1


@pytest.mark.parametrize("table", TABLES)
def test_one_row_that_nobody_expects_blocks(
    table: str, warehouse: DuckDBWarehouse
) -> None:
    assert severities(verdict(warehouse, table, "unexpected_keys")) == PASS
    grain = warehouse.catalog[table].contract.grain
    other = "'ZZZ' AS team" if "team" in grain else "99999 AS player_id"
    with planted(
        warehouse,
        table,
        f"INSERT INTO TABLE SELECT * REPLACE ({other}) FROM TABLE WHERE {first(1)}",
    ):
        said = verdict(warehouse, table, "unexpected_keys")
    assert (severities(said), [b.value for b in said.breaches]) == (BLOCK, [1])
    assert len(evidence(said)) == 1


@pytest.mark.parametrize("table", TABLES)
def test_f01_one_row_that_no_game_of_the_schedule_explains_blocks(
    table: str, warehouse: DuckDBWarehouse
) -> None:
    """Two tables spelled the same game differently: half the rows joined with nothing."""
    assert severities(verdict(warehouse, table, "orphans")) == PASS
    contract = warehouse.catalog[table].contract
    has_game = any(column.name == "game_id" for column in contract.columns)
    plant = f"UPDATE TABLE SET game_id = 'ASH_BAY' WHERE {first(1)}"
    if not has_game:
        day = f"SELECT MAX({contract.date_column}) FROM TABLE"
        plant = f"UPDATE nba_raw.schedule SET game_type = '1' WHERE game_date = ({day})"
    with planted(warehouse, table, plant):
        said = verdict(warehouse, table, "orphans")
    assert severities(said) == BLOCK
    assert has_game == (evidence(said) == {"ASH_BAY"})


@pytest.mark.parametrize("table", TABLES)
def test_one_row_that_its_contract_refuses_blocks_and_is_named_by_its_key(
    table: str, warehouse: DuckDBWarehouse
) -> None:
    assert severities(verdict(warehouse, table, "rows_breaking_contract")) == PASS
    contract = warehouse.catalog[table].contract
    column = next(
        c
        for c in contract.columns
        if c.range and c.name != "season" and c.type in ("INT64", "FLOAT64")
    )
    key = " || ' ' || ".join(f"CAST({name} AS VARCHAR)" for name in contract.grain)
    named = rows(
        warehouse,
        f"SELECT {key} AS key FROM {warehouse.names(table)} ORDER BY rowid LIMIT 1",
    )[0]["key"]
    with planted(
        warehouse, table, f"UPDATE TABLE SET {column.name} = 1e6 WHERE {first(1)}"
    ):
        said = verdict(warehouse, table, "rows_breaking_contract")
    assert (severities(said), evidence(said)) == (BLOCK, {named})


@pytest.mark.parametrize(("table", "column"), NULLS.items())
def test_nulls_where_a_value_is_required_block_from_5_percent(
    table: str, column: str, warehouse: DuckDBWarehouse
) -> None:
    when = warehouse.catalog[table].contract.column(column).required_when
    (wanted,) = (m.of for m in found(warehouse, table, "null_pct") if m.item == column)
    assert wanted > 40
    for count, said in (
        (ceil(wanted * 5 / 100) - 1, PASS),
        (ceil(wanted * 5 / 100), BLOCK),
    ):
        with planted(
            warehouse,
            table,
            f"UPDATE TABLE SET {column} = NULL WHERE {first(count, f'({when})')}",
        ):
            judged = verdict(warehouse, table, "null_pct")
        assert severities(judged) == said
        assert {breach.what for breach in judged.breaches} == (
            {f"null_pct[{column}]"} if said else set()
        )
        assert bool(evidence(judged)) == bool(said)


def test_nulls_where_no_value_is_required_are_not_judged(
    warehouse: DuckDBWarehouse,
) -> None:
    change = "UPDATE TABLE SET rest_days = NULL WHERE game_number = 1"
    with planted(warehouse, TEAM_CONTEXT, change):
        assert severities(verdict(warehouse, TEAM_CONTEXT, "null_pct")) == PASS


@pytest.mark.parametrize(("missing", "wanted"), [(2, PASS), (3, BLOCK)])
def test_games_are_demanded_in_the_proportion_of_5600_of_5788(
    missing: int, wanted: set[str], warehouse: DuckDBWarehouse
) -> None:
    """81 of the league's 83 games are enough, 80 are not: the limit is 80.3."""
    games = "SELECT DISTINCT game_id FROM TABLE ORDER BY 1 LIMIT"
    with planted(
        warehouse, OFFENSE, f"DELETE FROM TABLE WHERE game_id IN ({games} {missing})"
    ):
        said = verdict(warehouse, OFFENSE, "games")
        (measured,) = found(warehouse, OFFENSE, "games")
    assert (measured.value, measured.of, len(measured.evidence)) == (
        83 - missing,
        83,
        missing,
    )
    assert severities(said) == wanted
    assert all(len(key) == 10 for key in measured.evidence)


@pytest.mark.parametrize("table", [OFFENSE, DEFENSE])
@pytest.mark.parametrize(
    "change",
    [f"DELETE FROM TABLE WHERE {ONE_TEAM}", f"INSERT INTO TABLE FROM TABLE WHERE {ONE_TEAM}",
     f"UPDATE TABLE SET team = 'ZZZ' WHERE {ONE_GAME}"],
)  # fmt: skip
def test_f02_a_game_without_exactly_two_rows_blocks(
    table: str, change: str, warehouse: DuckDBWarehouse
) -> None:
    """The same game under two ids, or half of it: every mean of the team is off."""
    assert severities(verdict(warehouse, table, "games_with_two_rows_pct")) == PASS
    with planted(warehouse, table, change):
        said = verdict(warehouse, table, "games_with_two_rows_pct")
    assert (severities(said), evidence(said)) == (BLOCK, {"0022300020"})


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [("possessions", 60, 160), ("offensive_rating", 50, 180), ("pace", 60, 140)],
)
def test_ratings_out_of_this_world_block(
    column: str, low: int, high: int, warehouse: DuckDBWarehouse
) -> None:
    for value, wanted in (
        (low - 0.001, BLOCK),
        (low, PASS),
        (high, PASS),
        (high + 0.001, BLOCK),
    ):
        with planted(
            warehouse, OFFENSE, f"UPDATE TABLE SET {column} = {value} WHERE {ONE_TEAM}"
        ):
            said = verdict(warehouse, OFFENSE, "implausible_ratings")
        assert severities(said) == wanted
        assert {key[:10] for key in evidence(said)} == (
            {"0022300020"} if wanted else set()
        )


def test_a_defence_that_is_not_the_opponent_s_offence_blocks_to_the_last_digit(
    warehouse: DuckDBWarehouse,
) -> None:
    assert (
        severities(verdict(warehouse, DEFENSE, "mirrored_ratings", together=True))
        == PASS
    )
    change = (
        f"UPDATE TABLE SET defensive_rating = defensive_rating + 1e-9 WHERE {ONE_TEAM}"
    )
    with planted(warehouse, DEFENSE, change):
        said = verdict(warehouse, DEFENSE, "mirrored_ratings", together=True)
    assert severities(said) == BLOCK
    assert {key[:10] for key in evidence(said)} == {"0022300020"}


def test_a_date_with_more_wins_than_losses_blocks(warehouse: DuckDBWarehouse) -> None:
    assert severities(verdict(warehouse, OFFENSE, "wins_equal_losses")) == PASS
    with planted(
        warehouse, OFFENSE, f"UPDATE TABLE SET win = NOT win WHERE {ONE_TEAM}"
    ):
        said = verdict(warehouse, OFFENSE, "wins_equal_losses")
    assert (severities(said), evidence(said)) == (BLOCK, {"2023-11-04"})


@pytest.mark.parametrize(
    ("table", "partial", "wanted"),
    [(OFFENSE, 1, PASS), (OFFENSE, 2, WARN), (OFFENSE, 7, WARN), (OFFENSE, 8, BOTH),
     (PLAYER, 99, PASS), (PLAYER, 100, WARN), (PLAYER, 597, WARN), (PLAYER, 598, BOTH)],
)  # fmt: skip
def test_shots_complete_where_the_source_covers_them(
    table: str, partial: int, wanted: set[str], warehouse: DuckDBWarehouse
) -> None:
    """99 and 95 percent of 154 team games, 90 and 40 percent
    of 996 player games; one is partial as it is."""
    covered = (
        "game_id IN (SELECT game_id FROM nba_raw.schedule WHERE covers_shots) AND "
        "shots_status = 'complete'"
    )
    change = (
        f"UPDATE TABLE SET shots_status = 'partial' WHERE {first(partial - 1, covered)}"
    )
    with planted(warehouse, table, change):
        said = verdict(warehouse, table, "shots_complete_pct", min_rows=0)
    assert severities(said) == wanted
    assert len(evidence(said)) == (min(partial, 20) if wanted else 0)


def test_a_game_whose_shots_the_source_lacks_is_not_judged_by_them(
    warehouse: DuckDBWarehouse,
) -> None:
    for table, judged in ((OFFENSE, 154), (PLAYER, 996)):
        (measured,) = found(warehouse, table, "shots_complete_pct", min_rows=0)
        assert measured.of == judged < warehouse.rows_held(table)


def test_one_shot_that_the_source_lost_on_one_date_is_too_little_to_judge(
    warehouse: DuckDBWarehouse,
) -> None:
    """It is one of four team games; a season's are judged from 100 on."""
    (measured,) = found(warehouse, OFFENSE, "shots_complete_pct")
    assert measured.note == "too few to judge: 2022: 24 of 100 rows"


@pytest.mark.parametrize("table", [OFFENSE, PLAYER])
def test_f15_zones_that_do_not_add_up_to_the_attempts_block_where_every_shot_is_there(
    table: str, warehouse: DuckDBWarehouse
) -> None:
    def added(status: str) -> set[str]:
        change = f"UPDATE TABLE SET paint_attempted = paint_attempted + 1 WHERE {first(1, status)}"
        with planted(warehouse, table, change):
            return severities(verdict(warehouse, table, "zones_not_attempts"))

    assert added("shots_status = 'complete'") == BLOCK
    assert added("shots_status = 'partial'") == PASS


@pytest.mark.parametrize(("days", "wanted"), [(1, PASS), (2, WARN)])
def test_a_game_that_is_not_final_two_days_after_others_warns(
    days: int, wanted: set[str], warehouse: DuckDBWarehouse
) -> None:
    latest = rows(
        warehouse,
        "SELECT MAX(game_date) AS d FROM nba_raw.schedule WHERE status = 'final'",
    )[0]["d"]
    day = f"DATE '{latest}' - {days}"
    change = f"UPDATE nba_raw.schedule SET status = 'scheduled' WHERE game_date = {day}"
    with planted(warehouse, OFFENSE, change):
        said = verdict(warehouse, OFFENSE, "overdue_games")
    assert severities(said) == wanted
    assert len(evidence(said)) == (2 if wanted else 0)


def test_player_rows_are_counted_per_covered_final_game(
    warehouse: DuckDBWarehouse,
) -> None:
    """A season of fewer than 100 games is too short: on one real date 17 players made a game."""
    (few,) = found(warehouse, PLAYER, "player_rows")
    assert (few.value, few.note[:19]) == (None, "too few to judge: 2")
    (measured,) = found(warehouse, PLAYER, "player_rows", min_rows=0)
    assert (measured.value, measured.of) == (warehouse.rows_held(PLAYER), 78)
    with planted(warehouse, PLAYER, f"DELETE FROM TABLE WHERE {ONE_GAME}"):
        (lacking,) = found(warehouse, PLAYER, "player_rows", min_rows=0)
    assert (lacking.of, lacking.evidence) == (78, ("0022300020",))


@pytest.mark.parametrize(("count", "wanted"), [(10, PASS), (11, BLOCK)])
def test_f10_minutes_are_known_for_99_percent_of_rows(
    count: int, wanted: set[str], warehouse: DuckDBWarehouse
) -> None:
    """Of 1,010 rows; they were once NULL in 99.5 percent, and the run said success."""
    with planted(
        warehouse,
        PLAYER,
        f"UPDATE TABLE SET minutes_played = NULL WHERE {first(count)}",
    ):
        said = verdict(warehouse, PLAYER, "minutes_known_pct")
    assert (severities(said), len(evidence(said))) == (wanted, count if wanted else 0)


@pytest.mark.parametrize(
    ("count", "wanted"), [(10, PASS), (11, WARN), (50, WARN), (51, BOTH)]
)
def test_f01_usage_is_known_for_95_percent_of_rows_of_a_minute(
    count: int, wanted: set[str], warehouse: DuckDBWarehouse
) -> None:
    with planted(
        warehouse, PLAYER, f"UPDATE TABLE SET usage_rate = NULL WHERE {first(count)}"
    ):
        said = verdict(warehouse, PLAYER, "usage_known_pct")
    assert (severities(said), len(evidence(said))) == (
        wanted,
        min(count, 20) if wanted else 0,
    )


def test_usage_of_less_than_a_minute_is_not_asked_for(
    warehouse: DuckDBWarehouse,
) -> None:
    change = (
        f"UPDATE TABLE SET usage_rate = NULL, minutes_played = 0.9 WHERE {first(100)}"
    )
    with planted(warehouse, PLAYER, change):
        (measured,) = found(warehouse, PLAYER, "usage_known_pct")
    assert (measured.value, measured.of) == (100, 910)


@pytest.mark.parametrize(
    ("players", "wanted"), [(4, BLOCK), (5, PASS), (18, PASS), (19, BLOCK)]
)
def test_f42_a_team_has_5_to_18_players(
    players: int, wanted: set[str], warehouse: DuckDBWarehouse
) -> None:
    new = f"SELECT * REPLACE (90000 + n AS player_id) FROM TABLE, range({players}) AS numbers(n)"
    one = f"{ONE_TEAM} AND player_id = (SELECT MIN(player_id) FROM TABLE WHERE {ONE_TEAM})"
    change = [
        f"INSERT INTO TABLE SELECT * EXCLUDE (n) FROM ({new} WHERE {one})",
        f"DELETE FROM TABLE WHERE {ONE_TEAM} AND player_id < 90000",
    ]
    with planted(warehouse, PLAYER, *change):
        said = verdict(warehouse, PLAYER, "odd_rosters")
    assert severities(said) == wanted
    assert {key[:10] for key in evidence(said)} == ({"0022300020"} if wanted else set())


@pytest.mark.parametrize("column", COUNTED)
def test_players_whose_stats_do_not_add_up_to_the_team_s_block(
    column: str, warehouse: DuckDBWarehouse
) -> None:
    one = f"{ONE_TEAM} AND player_id = (SELECT MIN(player_id) FROM TABLE WHERE {ONE_TEAM})"
    with planted(
        warehouse, PLAYER, f"UPDATE TABLE SET {column} = {column} + 1 WHERE {one}"
    ):
        said = verdict(warehouse, PLAYER, "sums_not_the_teams")
    (named,) = evidence(said)
    assert severities(said) == BLOCK
    assert (named[:10], named.split(" ")[2:]) == ("0022300020", [column])


@pytest.mark.parametrize(("change", "wanted"), [(-1, PASS), (1, BLOCK)])
def test_a_team_s_own_turnovers_belong_to_no_player(
    change: int, wanted: set[str], warehouse: DuckDBWarehouse
) -> None:
    one = (
        f"{ONE_TEAM} AND player_id = (SELECT MIN(player_id) FROM TABLE WHERE {ONE_TEAM} AND "
        "tov > 0)"
    )
    with planted(
        warehouse, PLAYER, f"UPDATE TABLE SET tov = tov + ({change}) WHERE {one}"
    ):
        assert severities(verdict(warehouse, PLAYER, "sums_not_the_teams")) == wanted


@pytest.mark.parametrize(
    ("factor", "wanted"), [(0.9501, PASS), (0.9499, BLOCK), (1, PASS), (1.001, BLOCK)]
)
def test_the_players_of_a_team_use_95_to_100_percent_of_its_plays(
    factor: float, wanted: set[str], warehouse: DuckDBWarehouse
) -> None:
    with planted(
        warehouse,
        PLAYER,
        f"UPDATE TABLE SET usage_rate = {factor} * usage_rate WHERE {ONE_TEAM}",
    ):
        said = verdict(warehouse, PLAYER, "usage_sums_off")
    assert severities(said) == wanted
    assert {key[:10] for key in evidence(said)} == ({"0022300020"} if wanted else set())


@pytest.mark.parametrize(
    ("table", "name", "column"),
    [(TEAM_CONTEXT, "own_game_in_window_team", "wins"),
     (PLAYER_CONTEXT, "own_game_in_window_player", "games_played_season")],
)  # fmt: skip
def test_f30_a_row_that_counts_the_game_to_come_blocks(
    table: str, name: str, column: str, warehouse: DuckDBWarehouse
) -> None:
    assert severities(verdict(warehouse, table, name)) == PASS
    with planted(
        warehouse, table, f"UPDATE TABLE SET {column} = {column} + 1 WHERE {first(1)}"
    ):
        said = verdict(warehouse, table, name)
    assert (severities(said), len(evidence(said))) == (BLOCK, 1)


@pytest.mark.parametrize("table", FIVE)
def test_games_covered_block_below_nearly_all_that_the_schedule_allows(
    table: str, warehouse: DuckDBWarehouse
) -> None:
    """Of a zone table 95 percent of the ceiling, of the others 96.5."""
    (measured,) = found(warehouse, table, "games_covered_pct")
    assert measured.value == measured.ceiling
    assert (measured.of, (measured.ceiling or 0) < 60) == (78, True)
    share = 0.05 if table.endswith("zone_analysis") else 0.035
    spare = floor(measured.kept * share / 2)  # two games a date
    for count, wanted in ((spare, PASS), (spare + 1, BLOCK)):
        with planted(
            warehouse,
            table,
            f"DELETE FROM TABLE WHERE {dates(warehouse, table, count)}",
        ):
            said = verdict(warehouse, table, "games_covered_pct")
        assert severities(said) == wanted
        assert len(evidence(said)) == (count if wanted else 0)


@pytest.mark.parametrize("table", FIVE)
@pytest.mark.parametrize(
    ("day", "wanted"), [("2023-11-05", BLOCK), ("2023-11-07", PASS)]
)
def test_f40_a_row_on_one_of_a_season_s_first_14_days_blocks(
    day: str, wanted: set[str], table: str, warehouse: DuckDBWarehouse
) -> None:
    column = warehouse.catalog[table].contract.date_column
    row = f"SELECT * REPLACE (DATE '{day}' AS {column}) FROM TABLE WHERE {first(1)}"
    with planted(warehouse, table, f"INSERT INTO TABLE {row}"):
        said = verdict(warehouse, table, "bootstrap_exclusion")
    assert (severities(said), evidence(said)) == (wanted, {day} if wanted else set())


@pytest.mark.parametrize("table", FIVE)
def test_a_date_without_any_of_its_rows_warns(
    table: str, warehouse: DuckDBWarehouse
) -> None:
    assert severities(verdict(warehouse, table, "date_gaps")) == PASS
    with planted(
        warehouse, table, f"DELETE FROM TABLE WHERE {dates(warehouse, table, 1)}"
    ):
        said = verdict(warehouse, table, "date_gaps")
    column = warehouse.catalog[table].contract.date_column
    gone = rows(
        warehouse, f"SELECT MIN({column}) AS day FROM {warehouse.names(table)}"
    )[0]["day"]
    assert (severities(said), evidence(said)) == (WARN, {str(gone)})


@pytest.mark.parametrize("table", FIVE)
def test_a_month_warns_below_95_percent_of_its_rows_and_blocks_below_80(
    table: str, warehouse: DuckDBWarehouse
) -> None:
    column = warehouse.catalog[table].contract.date_column
    november = f"{column} < DATE '2023-12-01'"
    (measured,) = found(warehouse, table, "monthly_volume")
    (due,) = (part.of for part in measured.parts if part.month == "2023-11")
    for share, extra, wanted in (
        (5, 0, PASS),
        (5, 1, WARN),
        (20, 0, WARN),
        (20, 1, BOTH),
    ):
        count = floor(due * share / 100) + extra
        with planted(
            warehouse, table, f"DELETE FROM TABLE WHERE {first(count, november)}"
        ):
            said = verdict(warehouse, table, "monthly_volume")
        assert severities(said) == wanted
        assert bool(evidence(said)) == bool(wanted)


@pytest.mark.parametrize("table", FIVE)
def test_f22_a_date_that_only_the_others_have_warns_below_100_percent_and_blocks_below_95(
    table: str, warehouse: DuckDBWarehouse
) -> None:
    """A phase was announced complete with 2 of its 5 tables done."""
    (measured,) = (
        m for m in found(warehouse, table, "table_completeness", together=True)
    )
    spare = floor(measured.of * 5 / 100)
    for count, wanted in (
        (0, PASS),
        (spare, WARN if spare else PASS),
        (spare + 1, BOTH),
    ):
        with planted(
            warehouse,
            table,
            f"DELETE FROM TABLE WHERE {dates(warehouse, table, count)}",
        ):
            said = verdict(warehouse, table, "table_completeness", together=True)
        assert severities(said) == wanted
        assert len(evidence(said)) == count


@pytest.mark.parametrize(
    ("column", "within", "outside"),
    [("games_in_last_7_days", 5, 6), ("games_in_last_7_days", 0, -1), ("fatigue_score", 100, 100.1),
     ("points_avg_last_5", 80, 80.1), ("minutes_avg_last_10", 60, 60.1), ("pct_paint", 100, 100.1),
     ("pct_mid_range", 100, 100.1), ("pct_three", 100, 100.1), ("pct_free_throw", 100, 100.1),
     ("team_win_pct", 1, 1.1), ("feature_quality_score", 100, 100.1)],
)  # fmt: skip
def test_f14_a_value_of_the_latest_dates_that_no_player_can_have_blocks(
    column: str, within: float, outside: float, warehouse: DuckDBWarehouse
) -> None:
    """Games in the last 7 days once went up to 24."""
    latest = first(1, "game_date = (SELECT MAX(game_date) FROM TABLE)")
    for value, wanted in ((within, PASS), (outside, BLOCK)):
        with planted(
            warehouse, FEATURES, f"UPDATE TABLE SET {column} = {value} WHERE {latest}"
        ):
            said = verdict(warehouse, FEATURES, "sample_quality")
        assert (severities(said), len(evidence(said))) == (wanted, len(wanted))


def test_sample_quality_looks_at_the_latest_ten_dates(
    warehouse: DuckDBWarehouse,
) -> None:
    """What is older is judged by its contract."""
    held = rows(
        warehouse,
        f"SELECT COUNT(DISTINCT game_date) AS n FROM {warehouse.names(FEATURES)}",
    )[0]["n"]
    for older, wanted in ((held - 10, PASS), (held - 9, BLOCK)):
        where = dates(warehouse, FEATURES, older)
        change = f"UPDATE TABLE SET games_in_last_7_days = 6 WHERE {where}"
        with planted(warehouse, FEATURES, change):
            assert severities(verdict(warehouse, FEATURES, "sample_quality")) == wanted
            assert (
                severities(verdict(warehouse, FEATURES, "rows_breaking_contract"))
                == BLOCK
            )


@pytest.mark.parametrize(
    ("mean", "wanted"), [(80, PASS), (79.9, WARN), (75, WARN), (74.9, BOTH)]
)
def test_the_mean_quality_of_features_warns_below_80_and_blocks_below_75(
    mean: float, wanted: set[str], warehouse: DuckDBWarehouse
) -> None:
    """Of the league's 242 rows past day 28; a real season needs 2,000."""
    with planted(
        warehouse, FEATURES, f"UPDATE TABLE SET feature_quality_score = {mean}"
    ):
        assert (
            severities(
                verdict(warehouse, FEATURES, "feature_quality_mean", min_rows=242)
            )
            == wanted
        )
        (few,) = found(warehouse, FEATURES, "feature_quality_mean", min_rows=243)
    assert few.note == "too few to judge: 2023: 242 of 243 rows"


def test_f13_a_feature_that_never_changes_in_a_season_or_is_never_known_blocks(
    warehouse: DuckDBWarehouse,
) -> None:
    """back_to_back was 0 and pace_score nearly always for years, at a quality score of 100."""
    change = "UPDATE TABLE SET home_away = 0, pace_score = 0, opponent_pace = NULL, "
    change += "back_to_back = CAST({} AS INTEGER)"
    with planted(warehouse, FEATURES, change.format("0")):
        said = verdict(warehouse, FEATURES, "distinct_values", min_rows=242)
        (few,) = (
            m
            for m in found(warehouse, FEATURES, "distinct_values", min_rows=243)
            if m.item == "home_away"
        )
    values = {b.what: b.value for b in said.breaches}
    dead = {
        f"distinct_values[{name}]": 1.0
        for name in ("back_to_back", "home_away", "pace_score")
    }
    assert values == {**dead, "distinct_values[opponent_pace]": 0.0}
    assert severities(said) == BLOCK
    assert evidence(said) == {"2023: 0", "2023: 1"}
    assert (few.value, few.note) == (None, "too few to judge: 2023: 242 of 243 rows")
    with planted(warehouse, FEATURES, change.format("IF(rowid % 2 = 0, 0, 1)")):
        said = verdict(warehouse, FEATURES, "distinct_values", min_rows=242)
    assert {b.what for b in said.breaches} == values.keys() - {
        "distinct_values[back_to_back]"
    }


def test_a_feature_is_judged_where_its_source_covers_whatever_its_statuses_say(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """Statuses once decided: players of few games said insufficient_history
    in a season without shots."""

    def judged_features() -> set[str]:
        return {
            m.item
            for m in found(own_warehouse, FEATURES, "distinct_values", min_rows=242)
        }

    before = judged_features()
    table = own_warehouse.names(FEATURES)
    rows(
        own_warehouse,
        f"UPDATE {table} SET pct_paint = NULL, pct_paint_status = 'absent'",
    )
    assert judged_features() == before
    said = verdict(own_warehouse, FEATURES, "distinct_values", min_rows=242)
    assert {b.what for b in said.blocking} == {"distinct_values[pct_paint]"}
    rows(own_warehouse, "UPDATE nba_raw.schedule SET covers_shots = false")
    zones = {"pct_paint", "pct_mid_range", "pct_three", "shot_zone_mismatch_score"}
    assert before - judged_features() == zones
    rows(own_warehouse, "UPDATE nba_raw.schedule SET covers_props = false")
    lines = {name for name in before if "vegas" in name}
    assert (len(lines), before - judged_features()) == (4, zones | lines)
    assert not {"playoff_game", "injury_risk"} & before


def test_a_mean_quality_is_of_an_exact_sum(warehouse: DuckDBWarehouse) -> None:
    """Its last digits followed the order in which threads added up."""
    change = "UPDATE TABLE SET feature_quality_score = 96.1"
    with planted(warehouse, FEATURES, change):
        (measured,) = found(warehouse, FEATURES, "feature_quality_mean", min_rows=242)
    expected = [float(Decimal("96.1") * int(part.of)) for part in measured.parts]
    assert [part.kept for part in measured.parts] == expected != []


def test_a_mean_quality_is_held_against_what_the_sources_of_its_games_allow(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """Without shots four of 33 features are unknown, and 80 of 100 cannot be had."""

    def ceiling() -> float:
        (measured,) = found(
            own_warehouse, FEATURES, "feature_quality_mean", min_rows=242
        )
        return measured.ceiling or 0

    assert ceiling() == pytest.approx(100 * 32 / 33)
    rows(own_warehouse, "UPDATE nba_raw.schedule SET covers_props = false")
    assert ceiling() == pytest.approx(100 * 28 / 33)
    rows(own_warehouse, "UPDATE nba_raw.schedule SET covers_shots = false")
    assert ceiling() == pytest.approx(100 * 24 / 33)
    for mean, wanted in ((68.8, PASS), (68.7, WARN), (64.4, WARN), (64.3, BOTH)):
        rows(
            own_warehouse,
            f"UPDATE {own_warehouse.names(FEATURES)} SET feature_quality_score = {mean}",
        )
        assert (
            severities(
                verdict(own_warehouse, FEATURES, "feature_quality_mean", min_rows=242)
            )
            == wanted
        )
