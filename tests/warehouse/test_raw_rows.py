"""Loading raw rows: replaced by game, dated by the schedule,
the same files twice change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from planning.ledger import Content
from planning.raw_load import (
    Held,
    LeftOut,
    LoadedFile,
    RawLoad,
    RefusedFile,
    reject_schema,
)
from runs.sides import complete_games
from tests.league import game_line, injury, prop, report
from tests.loop import open_warehouse, rows
from tests.raw_rows import World, game, played, raw_load, team_line
from warehouse.duckdb import DuckDBWarehouse

DAY, LATER = date(2024, 11, 5), date(2024, 11, 9)
FIRST, SECOND = game("0022400001", DAY), game("0022400002", DAY, "COR", "DUN")
DATED = (
    "schedule",
    "team_box",
    "player_box",
    "shots",
    "player_props",
    "game_lines",
    "injury_reports",
    "injuries",
)


@pytest.fixture
def warehouse() -> Iterator[DuckDBWarehouse]:
    found = open_warehouse(raw_load(two_games()))
    yield found
    found.close()


def two_games() -> World:
    """Both games with two players each, a shot, a prop, a line and an injury."""
    box = [
        played(of, n, of[side])
        for of in (FIRST, SECOND)
        for n, side in ((1, "home_team"), (2, "away_team"))
    ]
    shot = {
        "player_id": 1,
        "team": "ASH",
        "period": 1,
        "seconds_left": 1,
        "zone": "paint",
        "shot_value": 2,
    }
    shot |= {
        "shot_number": 1,
        "made": True,
        "distance_ft": 1,
        "x": None,
        "y": None,
        "assisted": None,
    }
    return {
        "schedule": [FIRST, SECOND],
        "player_box": box,
        "team_box": [team_line(FIRST, "ASH", box), team_line(FIRST, "BAY", box)],
        "shots": [shot | {c: FIRST[c] for c in ("game_id", "game_date", "season")}],
        "players": [
            {"player_id": 1, "player_name": "Player 1", "birth_date": date(1999, 2, 3)}
        ],
        "player_props": [prop(FIRST, 1, "ace", -1, 10.5)],
        "game_lines": [game_line(FIRST, "ace", -1, -3.5, 210.5)],
        "injury_reports": [report(FIRST, "ASH", -1)],
        "injuries": [injury(FIRST, 1, "ASH", -1, "Out")],
    }


def found(warehouse: DuckDBWarehouse, columns: str, table: str) -> set[tuple[Any, ...]]:
    listed = rows(warehouse, f"SELECT {columns} FROM nba_raw.{table}")
    return {tuple(row.values()) for row in listed}


def contents(warehouse: DuckDBWarehouse) -> dict[str, dict[date | None, Content]]:
    return {table: warehouse.contents(table) for table in DATED}


def test_a_load_says_how_many_rows_it_wrote() -> None:
    world = two_games()
    assert open_warehouse().load(raw_load(world)) == {
        table: len(rows) for table, rows in world.items()
    }


def test_a_game_s_rows_replace_all_its_rows_and_no_other_s(
    warehouse: DuckDBWarehouse,
) -> None:
    corrected = played(FIRST, 1, "ASH", pts=11)
    warehouse.load(raw_load({"player_box": [corrected]}))
    assert found(warehouse, "game_id, player_id, pts", "player_box") == {
        ("0022400001", 1, 11),
        ("0022400002", 1, 10),
        ("0022400002", 2, 10),
    }
    assert len(found(warehouse, "game_id, team", "team_box")) == 2


def test_the_same_load_twice_leaves_identical_fingerprints(
    warehouse: DuckDBWarehouse,
) -> None:
    before = contents(warehouse)
    warehouse.load(raw_load(two_games()))
    assert contents(warehouse) == before
    assert all(before[table].keys() == {DAY} for table in DATED)


def test_other_content_has_another_fingerprint(warehouse: DuckDBWarehouse) -> None:
    before = contents(warehouse)
    warehouse.load(
        raw_load(
            {
                "player_box": [
                    played(FIRST, 1, "ASH", minutes=24.5),
                    played(FIRST, 2, "BAY"),
                ]
            }
        )
    )
    changed = contents(warehouse)
    assert {table for table in DATED if changed[table] != before[table]} == {
        "player_box"
    }


def test_f07_rows_are_dated_by_the_schedule_whatever_date_they_came_with() -> None:
    """A late game filed under its UTC date would join with nothing."""
    utc = {"game_date": DAY + timedelta(days=1), "season": 2031}
    box = [played(FIRST, n, "ASH", **utc) for n in (1, 2)]
    warehouse = open_warehouse(
        raw_load(
            {
                "schedule": [FIRST],
                "player_box": box,
                "team_box": [team_line(FIRST, "ASH", box)],
            }
        )
    )
    assert found(warehouse, "game_date, season", "player_box") == {(DAY, 2024)}
    assert found(warehouse, "game_date, season", "team_box") == {(DAY, 2024)}


def test_a_moved_game_takes_all_its_raw_rows_with_it(
    warehouse: DuckDBWarehouse,
) -> None:
    warehouse.load(raw_load({"schedule": [FIRST | {"game_date": LATER}]}))
    for table in DATED:
        assert {
            r
            for r in found(warehouse, "game_id, game_date", table)
            if r[0] == "0022400001"
        } == {("0022400001", LATER)}
    assert {day.game_date: day.games for day in warehouse.game_days()} == {
        DAY: 1,
        LATER: 1,
    }


def test_a_known_birth_date_outlives_a_source_without_one(
    warehouse: DuckDBWarehouse,
) -> None:
    unknown = {"player_id": 1, "player_name": "Player 1", "birth_date": None}
    warehouse.load(raw_load({"players": [unknown]}))
    assert found(warehouse, "player_id, birth_date", "players") == {
        (1, date(1999, 2, 3))
    }
    warehouse.load(raw_load({"players": [unknown | {"birth_date": date(1998, 2, 3)}]}))
    assert found(warehouse, "player_id, birth_date", "players") == {
        (1, date(1998, 2, 3))
    }


@pytest.mark.parametrize("latest_first", [False, True])
def test_f08_a_player_s_name_is_the_latest_whatever_the_order_of_loading(
    latest_first: bool,
) -> None:
    earlier, later = FIRST, game("0022400003", LATER)
    loads = [
        raw_load(
            {
                "schedule": [of],
                "player_box": [played(of, 1, "ASH", player_name=name)],
                "players": [{"player_id": 1, "player_name": name, "birth_date": None}],
            }
        )
        for of, name in ((earlier, "B. Smith"), (later, "Bob Smith Jr."))
    ]
    warehouse = open_warehouse()
    for load in reversed(loads) if latest_first else loads:
        warehouse.load(load)
    assert found(warehouse, "player_name", "players") == {("Bob Smith Jr.",)}


def test_removing_a_game_takes_its_rows_out_of_every_raw_table(
    warehouse: DuckDBWarehouse,
) -> None:
    assert warehouse.remove_games(["0022400001"]) == {
        "schedule": 1, "team_box": 2, "player_box": 2, "shots": 1, "player_props": 1,
        "game_lines": 1, "injury_reports": 1, "injuries": 1,
        "waivers": 0,
    }  # fmt: skip
    assert found(warehouse, "DISTINCT game_id", "player_box") == {("0022400002",)}
    assert set(warehouse.remove_games(["0022400001"]).values()) == {0}


def test_several_games_are_removed_together(warehouse: DuckDBWarehouse) -> None:
    removed = warehouse.remove_games(["0022400001", "0022400002"])
    assert removed["schedule"] == 2
    assert found(warehouse, "DISTINCT game_id", "player_box") == set()


def rejecting(file: str, *reasons: str) -> RawLoad:
    row = {
        "file": file,
        "row": 1,
        "raw_table": "shots",
        "game_id": "1",
        "column": "x",
        "value": "",
    }
    rejects = (
        reject_schema()
        .empty_table()
        .from_pylist([row | {"reason": r} for r in reasons], schema=reject_schema())
    )
    return RawLoad({}, rejects, (LoadedFile(file, "shots", 9, len(reasons)),))


def test_the_rejects_of_a_file_are_those_of_its_last_reading() -> None:
    warehouse = open_warehouse()
    for load in (
        rejecting("a", "empty", "text"),
        rejecting("b", "empty"),
        rejecting("a", "text"),
        rejecting("b"),
    ):
        warehouse.load(load)
    listed = rows(warehouse, "SELECT file, reason FROM nba_backfill.rejects")
    assert [tuple(row.values()) for row in listed] == [("a", "text")]


def rejected_of(game_id: str, file: str, *tables: str) -> RawLoad:
    """A load of which a row of a game was rejected in each of these tables."""
    row = {"file": file, "row": 1, "game_id": game_id, "reason": "unfinished_row"}
    listed = [row | {"raw_table": table} for table in tables]
    return RawLoad({}, pa.Table.from_pylist(listed, reject_schema()))


def test_rows_of_a_game_settle_what_was_rejected_of_them_before() -> None:
    """22 rows were told as left out for ever, though their game had been loaded since."""
    warehouse = open_warehouse()
    game_id = FIRST["game_id"]
    warehouse.load(rejected_of(game_id, "live", "team_box", "player_box"))
    warehouse.load(rejected_of(SECOND["game_id"], "live", "player_box"))
    assert warehouse.left_out().rows == {"unfinished_row": 3}
    again = rejected_of(game_id, "another", "player_box")
    of_first = {"player_box": two_games()["player_box"][:2], "schedule": [FIRST]}
    warehouse.load(replace(raw_load(of_first), rejects=again.rejects))
    listed = rows(
        warehouse, "SELECT file, raw_table, game_id FROM nba_backfill.rejects"
    )
    assert sorted(tuple(row.values()) for row in listed) == [
        ("another", "player_box", game_id),
        ("live", "player_box", SECOND["game_id"]),
        ("live", "team_box", game_id),
    ]


def test_rows_of_one_side_settle_nothing_of_the_other() -> None:
    warehouse = open_warehouse()
    game_id = FIRST["game_id"]
    warehouse.load(rejected_of(game_id, "live", "player_box"))
    load = raw_load({"player_box": two_games()["player_box"][:1], "schedule": [FIRST]})
    warehouse.load(complete_games(warehouse, Held(), load).raw)
    assert warehouse.left_out().rows == {"unfinished_row": 1}


def test_what_a_folder_holds_unread_is_that_of_its_last_ingest() -> None:
    warehouse = open_warehouse()
    inside = RefusedFile("/data/old", "a folder with 1 such file", "load it")
    beside = RefusedFile("/data2/x.csv", "is empty", "request it again")
    warehouse.load(RawLoad({}, unread=(inside,), folder="/data"))
    warehouse.load(RawLoad({}, refused=(beside,), folder="/data2"))
    found = warehouse.left_out()
    assert found.unread == {"/data/old": "a folder with 1 such file; load it"}
    assert found.refused == {"/data2/x.csv": "is empty; request it again"}
    assert found.rows == {}
    warehouse.load(RawLoad({}, folder="/data/old"))
    assert warehouse.left_out().unread == {}
    warehouse.load(RawLoad({}, folder="/data2"))
    assert warehouse.left_out() == LeftOut()


def test_a_load_that_fails_halfway_changes_nothing(warehouse: DuckDBWarehouse) -> None:
    before = contents(warehouse)
    broken = raw_load({"schedule": [FIRST | {"game_date": LATER}], "shots": []})
    broken = RawLoad({**broken.tables, "shots": broken.tables["schedule"]})
    with pytest.raises(Exception, match="shot_number"):
        warehouse.load(broken)
    assert contents(warehouse) == before
    assert [day.game_date for day in warehouse.game_days()] == [DAY]


def test_a_new_warehouse_is_empty_but_can_be_asked() -> None:
    warehouse = open_warehouse()
    assert warehouse.game_days() == []
    assert warehouse.schedule().num_rows == 0
    assert all(warehouse.cell_states(t) == {} for t in warehouse.catalog.ordered())
