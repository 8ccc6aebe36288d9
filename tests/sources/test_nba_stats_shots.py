"""Shots: numbered by content, repeats kept,
zones and places in one frame whatever the file's shape."""

from __future__ import annotations

import random
from pathlib import Path

from sources.nba_stats import read
from tests.sources.nba_stats_files import (
    Row,
    player_rows,
    raw_shot_row,
    shot_row,
    team_row,
    team_rows,
    write,
)


def shots(folder: Path, rows: list[Row]) -> list[Row]:
    folder.mkdir(exist_ok=True)
    write(folder / "teams.csv", team_rows())
    write(folder / "shots.csv", rows)
    rows = read(folder).tables["shots"].to_pylist()
    return list(rows)


def test_a_shot_has_its_game_its_clock_and_its_place(tmp_path: Path) -> None:
    (shot,) = shots(tmp_path, [shot_row(LOC_X="-0.0", MINS_LEFT=12, SECS_LEFT=0)])
    assert {k: v for k, v in shot.items() if k != "game_date"} == {
        "game_id": "0022400061",
        "shot_number": 1,
        "season": 2024,
        "player_id": 381,
        "team": "BOS",
        "period": 1,
        "seconds_left": 720,
        "zone": "above_break_3",
        "shot_value": 3,
        "made": True,
        "distance_ft": 25,
        "x": 0.0,
        "y": 30.55,
        "assisted": None,
    }


def test_both_shapes_tell_the_same_shot_alike(tmp_path: Path) -> None:
    assert shots(tmp_path / "season", [shot_row()]) == shots(
        tmp_path / "raw", [raw_shot_row()]
    )


ZONES = {
    "Restricted Area": "restricted_area",
    "In The Paint (Non-RA)": "paint",
    "Mid-Range": "mid_range",
    "Left Corner 3": "left_corner_3",
    "Right Corner 3": "right_corner_3",
    "Above the Break 3": "above_break_3",
    "Backcourt": "backcourt",
}


def test_a_zone_may_disagree_with_the_value(tmp_path: Path) -> None:
    two = shot_row(SHOT_TYPE="2PT Field Goal", SHOT_MADE="False")
    rows = [
        two | {"BASIC_ZONE": zone, "QUARTER": i + 1} for i, zone in enumerate(ZONES)
    ]
    loaded = shots(tmp_path, rows)
    assert [shot["zone"] for shot in loaded] == list(ZONES.values())
    assert {(shot["shot_value"], shot["made"]) for shot in loaded} == {(2, False)}


def test_numbers_do_not_depend_on_the_order_of_the_file(tmp_path: Path) -> None:
    rows = [
        shot_row(player, team, QUARTER=quarter, SECS_LEFT=second, LOC_X=x)
        for player, team in ((381, "BOS"), (382, "BOS"), (521, "NYK"))
        for quarter in (1, 2)
        for second in (5, 40)
        for x in (-1.5, 7.25)
    ]
    shuffled = random.Random(7).sample(rows, len(rows))
    first = shots(tmp_path / "a", rows)
    assert first == shots(tmp_path / "b", shuffled)
    assert [s["shot_number"] for s in first] == list(range(1, 25))
    assert [(s["period"], -s["seconds_left"]) for s in first] == sorted(
        (s["period"], -s["seconds_left"]) for s in first
    )


def test_two_equal_tip_ins_in_one_second_are_two_shots(tmp_path: Path) -> None:
    assert [s["shot_number"] for s in shots(tmp_path, [shot_row(), shot_row()])] == [
        1,
        2,
    ]


def test_a_shot_credited_to_somebody_outside_the_box_score_is_kept(
    tmp_path: Path,
) -> None:
    write(tmp_path / "players.csv", player_rows())
    assert shots(tmp_path, [shot_row(player=99)])[0]["player_id"] == 99


def test_a_team_is_called_as_the_games_box_rows_call_it(tmp_path: Path) -> None:
    """All-star sides have ids of their own, and another name each year."""
    game = "0032400001"
    ids = {"BOS": 1610616852, "NYK": 1610616855}
    names = {"BOS": "SHQ", "NYK": "TMC"}
    write(
        tmp_path / "teams.csv",
        [
            team_row(
                team,
                "SHQ vs. TMC" if team == "BOS" else "TMC @ SHQ",
                game,
                SEASON_ID="32024",
            )
            | {"TEAM_ID": ids[team], "TEAM_ABBREVIATION": names[team]}
            for team in ("BOS", "NYK")
        ],
    )
    write(tmp_path / "shots.csv", [shot_row(game=game[2:], TEAM_ID=ids["NYK"])])
    assert read(tmp_path).tables["shots"]["team"].to_pylist() == ["TMC"]


IMPOSSIBLE = [
    ("BASIC_ZONE", "Paint", "unknown_value"),
    ("SHOT_TYPE", "", "missing_value"),
    ("SHOT_MADE", "perhaps", "unknown_value"),
    ("GAME_DATE", "10/22/2024", "bad_date"),
    ("QUARTER", "0", "out_of_range"),
    ("MINS_LEFT", "13", "out_of_range"),
    ("SECS_LEFT", "60", "out_of_range"),
    ("SHOT_DISTANCE", "far", "not_a_number"),
]


def test_a_value_that_no_shot_has_is_rejected(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", team_rows())
    write(
        tmp_path / "shots.csv",
        [shot_row(), *(shot_row() | {name: bad} for name, bad, _ in IMPOSSIBLE)],
    )
    rejects = read(tmp_path).rejects.to_pylist()
    assert [(r["row"], r["column"], r["value"], r["reason"]) for r in rejects] == [
        (i + 2, name, value or None, reason)
        for i, (name, value, reason) in enumerate(IMPOSSIBLE)
    ]


def test_the_shots_of_a_game_that_one_file_has_twice_are_loaded_once(
    tmp_path: Path,
) -> None:
    """A day that a script had appended again doubled its attempts, and few days close no gate."""
    once = [shot_row(QUARTER=1, SECS_LEFT=second) for second in range(5)]
    once += [shot_row(QUARTER=2), shot_row(QUARTER=2)]
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "shots.csv", once * 3)
    load = read(tmp_path)
    assert load.tables["shots"].num_rows == 7
    assert load.rejects_by_reason() == {"duplicate_row": 14}


def test_a_lone_shot_that_is_there_twice_is_two_shots(tmp_path: Path) -> None:
    once = [shot_row(QUARTER=1, SECS_LEFT=second) for second in range(5)]
    assert len(shots(tmp_path / "one", [*once, once[0]])) == 6
    assert len(shots(tmp_path / "few", once[:4] * 2)) == 8
