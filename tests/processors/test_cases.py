"""Every case beside a query holds, every table has cases,
and the faults that they keep away are named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError
from processors.discovery import ROOT, load
from tests.processors.cases import Case, differences, given, read
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb.engine import Cursor, fetch_rows
from warehouse.store import batch_parameters

FILES = sorted(ROOT.glob("*/*/cases/*.yaml"))
FAULTS = ("f15", "f16", "f17", "f18", "f30", "f31", "f32")

Check = Callable[[Path], None]


@pytest.fixture(scope="module")
def check() -> Iterator[Check]:
    """Runs a case on empty tables, fails with everything that differs,
    and leaves the tables empty."""
    warehouse = DuckDBWarehouse(":memory:", load(), threads=1)
    warehouse.ensure_tables()

    def run(path: Path) -> None:
        table, case = path.parent.parent.name, read(path)
        with warehouse.engine.cursor() as cursor:
            cursor.execute("BEGIN")
            insert(cursor, warehouse, case, table)
            found = fetch_rows(
                cursor,
                warehouse.texts.query(table),
                batch_parameters(case.batch(table)),
            )
            cursor.execute("ROLLBACK")
        wrong = differences(case, load()[table].contract, found)
        assert not wrong, "\n".join([f"{path}: {case.harm}", *wrong])

    yield run
    warehouse.close()


def insert(cursor: Cursor, warehouse: DuckDBWarehouse, case: Case, table: str) -> None:
    for name, rows in given(case, load()[table], load()):
        places = ", ".join([f"({', '.join('?' for _ in rows[0])})"] * len(rows))
        sql = f"INSERT INTO {warehouse.names(name)} ({', '.join(rows[0])}) VALUES {places}"
        cursor.execute(sql, [value for row in rows for value in row.values()])


def cases(fault: str = "") -> pytest.MarkDecorator:
    """The cases that keep a fault away, by the start of their names;
    without one, all the others."""
    chosen = [
        p
        for p in FILES
        if p.stem.startswith(f"{fault}_") or (not fault and p.stem[:3] not in FAULTS)
    ]
    assert chosen, f"no table has a case named {fault}_…"
    return pytest.mark.parametrize(
        "path", chosen, ids=lambda path: f"{path.parent.parent.name}/{path.stem}"
    )


@pytest.mark.parametrize("table", list(load().processors))
def test_every_table_has_cases(table: str) -> None:
    """A query without a case is right only until somebody edits it."""
    folder = load()[table].folder / "cases"
    assert list(folder.glob("*.yaml")), (
        f"{folder} holds no case; add one (tests/processors/cases.py says how)"
    )


@cases()
def test_the_query_gives_what_its_case_expects(check: Check, path: Path) -> None:
    check(path)


@cases("f15")
def test_f15_the_zones_come_from_one_source_and_add_up_to_the_shots(
    check: Check, path: Path
) -> None:
    check(path)


@cases("f16")
def test_f16_what_is_not_known_stays_null_and_says_why(
    check: Check, path: Path
) -> None:
    check(path)


@cases("f17")
def test_f17_a_dnp_is_no_game_and_a_real_game_of_0_points_is_one(
    check: Check, path: Path
) -> None:
    check(path)


@cases("f18")
def test_f18_the_score_stands_where_the_score_belongs_not_the_adjustment(
    check: Check, path: Path
) -> None:
    check(path)


@cases("f30")
def test_f30_the_games_of_the_date_are_in_no_window_of_the_date(
    check: Check, path: Path
) -> None:
    check(path)


@cases("f31")
def test_f31_a_line_seen_after_tip_off_is_not_read(check: Check, path: Path) -> None:
    check(path)


@cases("f32")
def test_f32_the_roster_comes_from_earlier_games_never_from_the_box_score(
    check: Check, path: Path
) -> None:
    check(path)


@pytest.fixture
def case() -> Case:
    return Case.model_validate(
        {
            "harm": "A runner that sees no difference.",
            "as_of": date(2024, 11, 5),
            "season": 2024,
            "inputs": {
                "player_daily_cache": [{"player_id": [1, 2], "points_avg_last_5": 20}]
            },
            "expect": [
                {
                    "player_id": 1,
                    "team": "BOS",
                    "points_avg_last_5": 20.5,
                    "player_age": None,
                },
                {"player_id": 2},
            ],
            "absent": [{"player_id": 3}],
        }
    )


def test_a_case_reports_everything_that_is_not_as_it_expects(case: Case) -> None:
    """A runner that compares nothing passes every query."""
    row = {
        "cache_date": date(2024, 11, 5),
        "team": "BOS",
        "points_avg_last_5": 20.5000001,
        "player_age": None,
    }
    contract = load()["player_daily_cache"].contract
    assert (
        differences(case, contract, [{**row, "player_id": 1}, {**row, "player_id": 2}])
        == []
    )
    wrong = {"points_avg_last_5": 20.50001, "player_age": 0, "team": None}
    found = [
        {**row, **wrong, "player_id": 1},
        {**row, "player_id": 3},
        {**row, "player_id": 3},
    ]
    assert differences(case, contract, found) == [
        "2024-11-05/1 player_age: expected None, found 0",
        "2024-11-05/1 points_avg_last_5: expected 20.5, found 20.50001",
        "2024-11-05/1 team: expected 'BOS', found None",
        "2024-11-05/2 is missing",
        "2024-11-05/3 is not expected",
        "2024-11-05/3 is there twice",
        "2024-11-05/3 must not be there",
    ]


def test_a_case_fills_what_it_leaves_out_by_the_contract(case: Case) -> None:
    ((table, rows),) = given(case, load()["ml_feature_store"], load())
    assert (table, len(rows)) == ("player_daily_cache", 2)
    assert rows[1]["player_id"] == 2
    assert (rows[1]["cache_date"], rows[1]["season"]) == (date(2024, 11, 5), 2024)
    assert (rows[1]["points_avg_last_5"], rows[1]["team"], rows[1]["early_season"]) == (
        20,
        "x",
        False,
    )
    assert (rows[1]["games_played_season"], rows[1]["player_age"]) == (0, None)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"player_daily_cach": [{"player_id": 1}]}, "player_daily_cach"),
        ({"team_box": [{"team": "BOS"}]}, "team_box"),
        ({"player_daily_cache": [{"player": 1}]}, "no column named player"),
        (
            {"player_daily_cache": [{"player_id": [1, 2], "team": ["BOS"]}]},
            "too many values",
        ),
        (
            {"player_daily_cache": [{"player_id": [1, 2], "repeat": 3}]},
            "too many values",
        ),
    ],
)
def test_a_slip_in_a_case_is_no_case_that_passes(
    case: Case, inputs: dict[str, Any], said: str
) -> None:
    slipped = case.model_copy(update={"inputs": inputs})
    with pytest.raises((KeyError, ValueError, AssertionError, ConfigError), match=said):
        list(given(slipped, load()["ml_feature_store"], load()))
