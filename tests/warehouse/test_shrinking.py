"""Raw data that shrinks or moves: what is no longer expected goes
with the next backfill, in every table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from planning.cells import Outcome
from planning.reasons import OverdueGames, WithoutTeamBox
from planning.selection import Selection
from tests.invariant import breaches
from tests.league import FIRST_DAY
from tests.loop import backfill, planned, rows
from tests.raw_rows import Row, World, raw_load
from tests.warehouse.planting import PLAYER, TEAM
from warehouse.duckdb import DuckDBWarehouse

FREE, DAY, AFTER = (FIRST_DAY + timedelta(days=n) for n in (34, 37, 38))
Change = Callable[[DuckDBWarehouse, list[Row]], object]


@pytest.fixture
def games(world: World) -> list[Row]:
    """The two games of the last covered date, on which every table holds rows."""
    return [game for game in world["schedule"] if game["game_date"] == DAY]


def of_day(
    warehouse: DuckDBWarehouse, table: str, columns: str = "*", day: date = DAY
) -> list[Row]:
    column = warehouse.catalog.date_column(table)
    return rows(
        warehouse,
        f"SELECT {columns} FROM {warehouse.names(table)} WHERE {column} = '{day}'",
    )


def settle(warehouse: DuckDBWarehouse) -> None:
    """Backfill the last days; then nothing is left to do, and table and ledger say the same."""
    backfill(warehouse, Selection(start=FREE))
    assert backfill(warehouse, Selection(start=FREE)) == []
    assert breaches(warehouse) == {}


def test_a_postponed_game_takes_its_rows_from_every_table(
    league_warehouse: DuckDBWarehouse, games: list[Row]
) -> None:
    gone, stays = games
    with_games = [
        t
        for t in league_warehouse.catalog.ordered()
        if any(c.name == "game_id" for c in league_warehouse.catalog.columns(t))
    ]
    league_warehouse.load(raw_load({"schedule": [{**gone, "status": "postponed"}]}))
    settle(league_warehouse)
    assert len(with_games) == 5
    for table in with_games:
        assert {r["game_id"] for r in of_day(league_warehouse, table)} == {
            stays["game_id"]
        }
    teams = {stays["home_team"], stays["away_team"]}
    for table in ("player_daily_cache", "player_composite_factors"):
        assert {r["team"] for r in of_day(league_warehouse, table)} == teams
    states = {
        t: league_warehouse.cell_states(t)[DAY]
        for t in league_warehouse.catalog.ordered()
    }
    assert all(state.holds_what_is_expected for state in states.values())


def test_a_box_score_that_is_withdrawn_takes_its_rows_and_those_computed_from_it(
    league_warehouse: DuckDBWarehouse, games: list[Row]
) -> None:
    """A row of yesterday's box score would go on feeding tomorrow's features."""
    rows(
        league_warehouse,
        f"DELETE FROM nba_raw.team_box WHERE game_id = '{games[0]['game_id']}'",
    )
    settle(league_warehouse)
    planner = planned(league_warehouse)
    assert of_day(league_warehouse, TEAM) == of_day(league_warehouse, PLAYER) == []
    assert of_day(league_warehouse, "upcoming_team_game_context", day=AFTER) == []
    assert len(of_day(league_warehouse, "upcoming_team_game_context")) == 4
    assert planner.find(TEAM, DAY).outcome is Outcome.UPSTREAM_MISSING
    gap = planner.find(TEAM, DAY).gap
    assert isinstance(gap, OverdueGames | WithoutTeamBox)
    assert games[0]["game_id"] in gap.games


def test_a_player_who_is_taken_from_a_box_score_is_gone(
    league_warehouse: DuckDBWarehouse, world: World, games: list[Row]
) -> None:
    game_id = games[0]["game_id"]
    lines = [
        row
        for row in world["player_box"]
        if row["game_id"] == game_id and row["status"] == "played"
    ]
    before = {r["player_id"] for r in of_day(league_warehouse, PLAYER)}
    league_warehouse.load(raw_load({"player_box": lines[1:]}))
    settle(league_warehouse)
    assert before - {r["player_id"] for r in of_day(league_warehouse, PLAYER)} == {
        lines[0]["player_id"]
    }


WAYS: dict[str, Change] = {
    "postponed": lambda warehouse, games: warehouse.load(
        raw_load({"schedule": [{**g, "status": "postponed"} for g in games]})
    ),
    "removed": lambda warehouse, games: [
        warehouse.remove_games([g["game_id"]]) for g in games
    ],
    "moved": lambda warehouse, games: warehouse.load(
        raw_load({"schedule": [{**g, "game_date": FREE} for g in games]})
    ),
    "deleted by hand": lambda warehouse, games: rows(
        warehouse, f"DELETE FROM nba_raw.schedule WHERE game_date = '{DAY}'"
    ),
}


@pytest.mark.parametrize("way", list(WAYS))
def test_a_date_that_loses_all_its_games_loses_its_rows_in_all_ten_tables(
    way: str, league_warehouse: DuckDBWarehouse, games: list[Row]
) -> None:
    """Whether the date is still on the schedule or not:
    what hangs there would be read by every window."""
    tables = league_warehouse.catalog.ordered()
    assert {t for t in tables if of_day(league_warehouse, t)} == set(tables)
    before = games_counted(league_warehouse)
    WAYS[way](league_warehouse, games)
    settle(league_warehouse)
    for table in tables:
        assert of_day(league_warehouse, table) == []
        ended = Outcome.CALLED_OFF if way == "postponed" else Outcome.NO_GAMES
        assert league_warehouse.entries(table, DAY)[-1].outcome is ended
        assert planned(league_warehouse).find(table, DAY).outcome is ended
        assert bool(of_day(league_warehouse, table, day=FREE)) is (way == "moved")
    lost = 0 if way == "moved" else 1
    played = {team for game in games for team in (game["home_team"], game["away_team"])}
    assert games_counted(league_warehouse) == {
        t: n - lost * (t in played) for t, n in before.items()
    }


def games_counted(warehouse: DuckDBWarehouse) -> dict[str, int]:
    """How many games the teams of the date after have behind them."""
    listed = of_day(
        warehouse, "upcoming_team_game_context", "team, wins + losses AS games", AFTER
    )
    return {row["team"]: row["games"] for row in listed}
