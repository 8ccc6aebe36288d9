"""Expected sets: who must be in a cell, from schedule
and box scores alone, on worlds of a few rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from planning.cells import CellState
from tests.league import league
from tests.loop import compute, open_warehouse, rows
from tests.raw_rows import Row, World, game, played, raw_load, team_line
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb import warehouse as implementation

FIRST = date(2024, 10, 22)
DAY = timedelta(days=1)
COLUMNS = {
    "final_games": "game_id, team",
    "box_scores": "game_id, player_id",
    "playing_teams": "team, covered",
    "qualified_teams": "team, games_before",
    "player_history": "player_id, team, games_before",
}
Keys = Callable[..., set[tuple[Any, ...]]]


def world(*games: Row, box: list[Row] | None = None) -> World:
    """A schedule and the box scores of some of its games."""
    teams = {(row["game_id"], row["team"]) for row in box or ()}
    of = {row["game_id"]: row for row in games}
    lines = [
        team_line(of[g], team, [r for r in box or () if r["game_id"] == g])
        for g, team in sorted(teams)
    ]
    return {"schedule": list(games), "player_box": box or [], "team_box": lines}


def test_large_relations_are_compressed_and_say_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Thirty seasons of them were 160 MB of a run's memory."""
    warehouse = open_warehouse(raw_load(league()))
    tables = warehouse.catalog.ordered()
    before = {table: warehouse.cell_states(table) for table in tables}
    assert not is_compressed(warehouse)
    monkeypatch.setattr(implementation, "MOST_AS_THEY_ARE", 10)
    warehouse.load(raw_load({"schedule": league()["schedule"][:1]}))
    assert {table: warehouse.cell_states(table) for table in tables} == before
    assert is_compressed(warehouse)
    warehouse.close()


def test_what_is_read_at_the_moment_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warehouse = open_warehouse(raw_load(league()))
    before = warehouse.cell_states("player_daily_cache")
    monkeypatch.setattr(implementation, "MOST_AS_THEY_ARE", 10)
    with warehouse.engine.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"SELECT * FROM {warehouse.names('player_history')}").fetchone()
        warehouse.load(raw_load({"schedule": league()["schedule"][:1]}))
        assert warehouse.cell_states("player_daily_cache") == before
    warehouse.close()


def is_compressed(warehouse: DuckDBWarehouse) -> bool:
    """Whether rows of the largest relation of expected keys are compressed."""
    name = warehouse.names("player_history")
    (row,) = rows(
        warehouse,
        "SELECT bool_or(compression NOT IN ('Uncompressed', 'Constant')) AS found "
        f"FROM pragma_storage_info('{name}')",
    )
    return bool(row["found"])


@pytest.fixture(scope="module")
def keys() -> Iterator[Keys]:
    """(day of the world, key columns) of an expected relation on a world; day 0 is FIRST."""
    warehouse = open_warehouse()

    def found(relation: str, of: World, where: str = "TRUE") -> set[tuple[Any, ...]]:
        for known in warehouse.schedule().column("game_id").to_pylist():
            warehouse.remove_games([known])
        warehouse.load(raw_load(of))
        warehouse.derive_expected()
        name, columns = warehouse.names(relation), COLUMNS[relation]
        listed = rows(warehouse, f"SELECT as_of, {columns} FROM {name} WHERE {where}")
        assert len(listed) == len({tuple(row.values()) for row in listed})
        return {((row.pop("as_of") - FIRST).days, *row.values()) for row in listed}

    yield found
    warehouse.close()


def on_day(
    number: int, game_id: str, home: str = "ASH", away: str = "BAY", **changes: Any
) -> Row:
    return game(game_id, FIRST + number * DAY, home, away, **changes)


OPENER = on_day(0, "0022400001")


@pytest.fixture(scope="module")
def roster(keys: Keys) -> Keys:
    """(day, player, team, games before) of the players expected to play."""
    return lambda of: keys("player_history", of, "on_roster")


def test_final_games_are_both_teams_of_eligible_final_games(keys: Keys) -> None:
    ineligible = [
        on_day(0, "0012400001", "COR", "DUN"),
        on_day(0, "0032400001", "EST", "WST"),
    ]
    eligible = [on_day(1, f"00{t}2400009", "COR", "DUN") for t in "456"]
    assert keys("final_games", world(OPENER, *ineligible, *eligible)) == {
        (0, "0022400001", "ASH"),
        (0, "0022400001", "BAY"),
        *((1, row["game_id"], team) for row in eligible for team in ("COR", "DUN")),
    }


def test_f02_a_game_that_is_not_final_is_expected_nowhere_in_the_first_two_phases(
    keys: Keys,
) -> None:
    """A box score loaded in the middle of a game must not count as played."""
    open_games = [
        on_day(n, f"002240000{n}", status=s)
        for n, s in enumerate(("scheduled", "live", "postponed"))
    ]
    halfway = world(*open_games, box=[played(of, 1, "ASH") for of in open_games])
    assert keys("final_games", halfway) == keys("box_scores", halfway) == set()


def test_a_game_without_player_coverage_has_teams_but_no_players(keys: Keys) -> None:
    of = on_day(0, "0042400001", covers_player_box=False)
    uncovered = world(of, box=[played(of, 1, "ASH")])
    assert len(keys("final_games", uncovered)) == 2
    assert keys("box_scores", uncovered) == set()


def test_f17_who_played_is_who_is_said_to_have_or_has_anything_to_show_for_it(
    keys: Keys,
) -> None:
    nothing = {"minutes": 0.0, "fgm": 0, "fga": 0, "pts": 0}
    box = [
        played(OPENER, 1, "ASH"),
        played(OPENER, 2, "ASH", **nothing),
        played(OPENER, 3, "ASH", status="dnp", **nothing),
        played(OPENER, 4, "BAY", status="inactive", **nothing),
        played(OPENER, 5, "BAY", **(nothing | {"status": "dnp", "pf": 1})),
    ]
    assert {player for _, _, player in keys("box_scores", world(OPENER, box=box))} == {
        1,
        2,
        5,
    }


def test_teams_play_on_the_date_of_any_game_that_is_not_postponed(keys: Keys) -> None:
    statuses = ("scheduled", "live", "final", "postponed")
    games = [
        on_day(n, f"002240000{n}", status=s, covers_player_box=n > 0)
        for n, s in enumerate(statuses)
    ]
    assert keys("playing_teams", world(*games)) == {
        (day, team, day > 0) for day in range(3) for team in ("ASH", "BAY")
    }


def test_teams_qualify_by_earlier_finals_of_the_season_whether_they_play_or_not(
    keys: Keys,
) -> None:
    season_before = game("0022300001", date(2024, 4, 1))
    games = [
        season_before,
        OPENER,
        on_day(1, "0022400002", "ASH", "COR"),
        on_day(2, "0022400003", "DUN", "ELM"),
    ]
    assert {k for k in keys("qualified_teams", world(*games)) if k[0] >= 0} == {
        (1, "ASH", 1),
        (1, "BAY", 1),
        (2, "ASH", 2),
        (2, "BAY", 1),
        (2, "COR", 1),
    }


def test_a_postponed_game_qualifies_nobody_and_is_no_game_day(keys: Keys) -> None:
    games = [
        OPENER,
        on_day(1, "0022400002", status="postponed"),
        on_day(2, "0022400003"),
    ]
    assert keys("qualified_teams", world(*games)) == {(2, "ASH", 1), (2, "BAY", 1)}


def test_a_history_counts_covered_games_played_before_the_date_in_the_season(
    keys: Keys,
) -> None:
    before = game("0022300001", date(2024, 4, 1))
    uncovered = on_day(2, "0062400001", covers_player_box=False)
    games = [
        before,
        OPENER,
        on_day(1, "0022400002"),
        uncovered,
        on_day(3, "0022400003"),
    ]
    box = [played(of, 1, "ASH") for of in games] + [played(OPENER, 2, "BAY")]
    found = {k for k in keys("player_history", world(*games, box=box)) if k[0] >= 0}
    assert found == {
        (1, 1, "ASH", 1),
        (1, 2, "BAY", 1),
        (3, 1, "ASH", 2),
        (3, 2, "BAY", 1),
    }


def test_a_history_is_there_on_covered_dates_on_which_his_team_rests(
    keys: Keys, roster: Keys
) -> None:
    games = [OPENER, on_day(1, "0022400002", "COR", "DUN")]
    of = world(*games, box=[played(OPENER, 1, "ASH")])
    assert keys("player_history", of) == {(1, 1, "ASH", 1)}
    assert roster(of) == set()


def test_f32_a_roster_is_who_played_before_not_who_plays_on_the_date(
    roster: Keys,
) -> None:
    tonight = on_day(2, "0022400002")
    box = [
        played(OPENER, 1, "ASH"),
        played(tonight, 2, "ASH"),
        played(tonight, 3, "BAY"),
    ]
    assert roster(world(OPENER, tonight, box=box)) == {(2, 1, "ASH", 1)}


def test_a_traded_player_counts_for_his_old_team_until_his_first_game_for_the_new_one(
    roster: Keys,
) -> None:
    games = [
        OPENER,
        on_day(2, "0022400002", "COR", "DUN"),
        on_day(2, "0022400003"),
        on_day(4, "0022400004", "COR", "DUN"),
        on_day(4, "0022400005"),
    ]
    box = [played(OPENER, 1, "ASH"), played(games[1], 1, "COR")]
    assert roster(world(*games, box=box)) == {(2, 1, "ASH", 1), (4, 1, "COR", 2)}


def test_a_player_is_expected_up_to_thirty_days_after_his_latest_game(
    keys: Keys, roster: Keys
) -> None:
    games = [on_day(n, f"00224001{n:02d}") for n in (1, 29, 30, 31)]
    of = world(OPENER, *games, box=[played(OPENER, 1, "ASH")])
    assert {day for day, *_ in roster(of)} == {1, 29, 30}
    assert {day for day, *_ in keys("player_history", of)} == {1, 29, 30, 31}


def test_nobody_is_expected_for_a_postponed_or_an_uncovered_game(roster: Keys) -> None:
    games = [
        on_day(1, "0022400002", status="postponed"),
        on_day(2, "0022400003", covers_player_box=False),
    ]
    others = [on_day(n, f"002240001{n}", "COR", "DUN") for n in (1, 2)]
    assert (
        roster(world(OPENER, *games, *others, box=[played(OPENER, 1, "ASH")])) == set()
    )


def test_a_player_who_sat_out_is_expected_by_the_last_game_he_played(
    roster: Keys,
) -> None:
    games = [OPENER, on_day(1, "0022400002"), on_day(2, "0022400003")]
    sat_out = played(games[1], 1, "ASH", status="dnp", minutes=0.0, fgm=0, fga=0, pts=0)
    assert roster(world(*games, box=[played(OPENER, 1, "ASH"), sat_out])) == {
        (1, 1, "ASH", 1),
        (2, 1, "ASH", 1),
    }


def test_the_roster_is_empty_on_a_season_s_first_date(roster: Keys) -> None:
    before = game("0022300001", date(2024, 10, 1) - 180 * DAY)
    assert roster(world(before, OPENER, box=[played(before, 1, "ASH")])) == set()


def test_f06_a_box_score_row_that_is_there_twice_is_expected_once(keys: Keys) -> None:
    of = world(OPENER, on_day(1, "0022400002"), box=[played(OPENER, 1, "ASH")] * 2)
    assert keys("box_scores", of) == {(0, "0022400001", 1)}
    assert keys("player_history", of) == {(1, 1, "ASH", 1)}


def test_f42_a_required_box_score_that_is_not_there_is_known_before_anything_is_computed() -> (
    None
):
    """Two team rows and five active players on each side, decided from raw rows."""
    full = [played(OPENER, n, "ASH") for n in range(5)] + [
        played(OPENER, 10 + n, "BAY") for n in range(5)
    ]
    short = [*full[:9], played(OPENER, 14, "BAY", minutes=0.0, fgm=0, fga=0, pts=0)]
    lacking = {
        name: world(OPENER, box=box)
        for name, box in {"full": full, "short": short, "none": []}.items()
    }
    lacking["one team"] = {
        **world(OPENER, box=full),
        "team_box": world(OPENER, box=full)["team_box"][:1],
    }
    days = {
        name: open_warehouse(raw_load(of)).game_days()[0]
        for name, of in lacking.items()
    }
    assert {
        n: (d.games_without_team_box, d.games_without_player_box)
        for n, d in days.items()
    } == {
        "full": ((), ()),
        "short": ((), ("0022400001",)),
        "none": (("0022400001",), ("0022400001",)),
        "one team": (("0022400001",), ()),
    }
    one_row = {name: day.games_with_one_team_row for name, day in days.items()}
    assert one_row.pop("one team") == ("0022400001",)
    assert not any(one_row.values())


def test_f21_on_the_whole_league_the_queries_give_exactly_the_expected_keys(
    computed: DuckDBWarehouse,
) -> None:
    """Query and expected set are two ways to the same keys, and both of them are not empty."""
    for table in computed.catalog.ordered():
        states = {d: s for d, s in computed.cell_states(table).items() if s.present}
        assert len(states) > 10
        assert all(state.holds_what_is_expected for state in states.values())


def test_the_league_has_each_of_the_cases_that_expected_sets_tell_apart(
    computed: DuckDBWarehouse,
) -> None:
    sql = (
        "SELECT DISTINCT team FROM nba_analytics.upcoming_player_game_context WHERE "
        "player_id = $id"
    )
    assert {row["team"] for row in rows(computed, sql, id=205)} == {"BAY", "COR"}
    (hurt,) = rows(
        computed,
        "SELECT MAX(days_rest) AS rest, MAX(games_played_season) AS played "
        "FROM nba_analytics.upcoming_player_game_context WHERE player_id = 306",
    )
    assert (hurt["rest"], hurt["played"]) == (29, 3)


def test_computing_again_finds_nothing_missing(
    league_warehouse: DuckDBWarehouse,
) -> None:
    before = league_warehouse.cell_states("player_daily_cache")
    assert compute(league_warehouse, tables=["player_daily_cache"]) == {}
    assert league_warehouse.cell_states("player_daily_cache") == before
    assert set(before.values()) != {CellState()}
