"""`fullcourt ingest remove`: several games at once, all of them or none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fullcourt.conftest import Call
from tests.league import league
from tests.raw_rows import raw_load
from warehouse.connections import open_warehouse

FIRST, SECOND, THIRD = (game["game_id"] for game in league()["schedule"][:3])
UNKNOWN = "0022399999"


@pytest.fixture
def own_home(tmp_path: Path) -> Path:
    """A home whose warehouse holds the raw data of the small league."""
    with open_warehouse(f"duckdb:{tmp_path / 'warehouse.duckdb'}") as warehouse:
        warehouse.load(raw_load(league()))
    return tmp_path


def games_of(home: Path, table: str) -> frozenset[str]:
    with open_warehouse(f"duckdb:{home / 'warehouse.duckdb'}") as warehouse:
        return warehouse.games_of(table)


def test_several_games_go_with_one_command(call: Call, own_home: Path) -> None:
    """Each game took a command of its own."""
    asked = ("ingest", "remove", FIRST, SECOND, FIRST, "--json")
    code, out, err = call(*asked, home=own_home)
    assert code == 0, err
    removed = json.loads(out)
    assert (removed["schedule"], removed["team_box"]) == (2, 4)
    left = games_of(own_home, "schedule")
    assert not left & {FIRST, SECOND}
    assert THIRD in left


@pytest.mark.parametrize("table", [(), ("--table", "shots")])
def test_where_one_game_is_unknown_none_is_removed(
    call: Call, own_home: Path, table: tuple[str, ...]
) -> None:
    before = {name: games_of(own_home, name) for name in ("schedule", "shots")}
    asked = ("ingest", "remove", FIRST, UNKNOWN, SECOND, *table)
    code, _, err = call(*asked, home=own_home)
    assert code == 2
    assert f"game {UNKNOWN}; " in err
    assert FIRST not in err
    assert "nothing was removed" in err
    after = {name: games_of(own_home, name) for name in ("schedule", "shots")}
    assert after == before


def test_a_game_without_rows_in_the_table_stays_covered_by_it(
    call: Call, own_home: Path
) -> None:
    """The refusal came after the game had been marked as one without shots."""
    remove = ("ingest", "remove", FIRST, "--table", "shots")
    assert call(*remove, home=own_home)[0] == 0
    with open_warehouse(f"duckdb:{own_home / 'warehouse.duckdb'}") as warehouse:
        games = [game for game in league()["schedule"] if game["game_id"] == FIRST]
        warehouse.load(raw_load({"schedule": games}))
    code, _, err = call(*remove, home=own_home)
    assert (code, f"shots holds no row of game {FIRST}" in err) == (2, True)
    with open_warehouse(f"duckdb:{own_home / 'warehouse.duckdb'}") as warehouse:
        rows = warehouse.schedule().to_pylist()
    (game,) = [row for row in rows if row["game_id"] == FIRST]
    assert game["covers_shots"]
