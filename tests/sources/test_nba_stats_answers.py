"""Answers of stats.nba.com as JSON: what becomes of each kind, and what is refused."""

from __future__ import annotations

import gzip
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planning.raw_load import RawLoad
from sources.nba_stats import read
from tests.sources.answers import (
    ROSTER,
    action,
    box_score,
    play_by_play,
    result_sets,
    schedule,
)
from tests.sources.nba_stats_files import (
    GAME,
    Row,
    player_rows,
    raw_shot_row,
    schedule_row,
    team_rows,
    write,
)


def answered(folder: Path, **answers: Any) -> RawLoad:
    """The load of a folder with these answers, each a file of its name."""
    for name, answer in answers.items():
        (folder / f"{name}.json").write_text(json.dumps(answer))
    return read(folder)


def rows(load: RawLoad, table: str) -> list[Row]:
    return list(load.tables[table].to_pylist())


def test_a_box_score_tells_who_started_who_did_not_play_and_why(tmp_path: Path) -> None:
    load = answered(tmp_path, box=box_score(), schedule=schedule(schedule_row()))
    players = {row["player_id"]: row for row in rows(load, "player_box")}
    assert len(players) == 12
    assert load.rejects.num_rows == 0
    starter, bench = players[380], players[385]
    assert (starter["status"], starter["minutes"], starter["starter"]) == (
        "played",
        48.0,
        True,
    )
    assert starter["reason"] is None
    assert (bench["status"], bench["reason"]) == ("dnp", "Coach's Decision")
    assert (bench["minutes"], bench["starter"], bench["plus_minus"]) == (
        0.0,
        False,
        None,
    )
    assert [
        (row["team"], row["pts"], row["minutes"]) for row in rows(load, "team_box")
    ] == [
        ("BOS", 115, 240.0),
        ("NYK", 114, 240.0),
    ]


def test_minutes_and_seconds_become_a_fraction_of_minutes(tmp_path: Path) -> None:
    box = box_score()
    player = box["boxScoreTraditional"]["homeTeam"]["players"][0]["statistics"]
    player["minutes"] = "47:15"
    load = answered(tmp_path, box=box, schedule=schedule(schedule_row()))
    assert rows(load, "player_box")[0]["minutes"] == 47.25


def test_a_game_caught_while_it_was_on_is_not_loaded(tmp_path: Path) -> None:
    box = box_score()
    for side in ("homeTeam", "awayTeam"):
        part = box["boxScoreTraditional"][side]
        part["statistics"]["minutes"] = "120:00"
        for player in part["players"][:5]:
            player["statistics"]["minutes"] = "24:00"
    load = answered(tmp_path, box=box, schedule=schedule(schedule_row()))
    assert load.rejects_by_reason() == {"unfinished_row": 14}
    notes = [file.note for file in load.files]
    # There is no column that could be empty.
    told = [note for note in notes if "unfinished_row" in note]
    assert told
    assert all("rows: no result follows from it" in note for note in told), told


def test_starters_are_left_empty_where_a_side_has_not_five(tmp_path: Path) -> None:
    box = box_score()
    box["boxScoreTraditional"]["homeTeam"]["players"][0]["position"] = ""
    load = answered(tmp_path, box=box, schedule=schedule(schedule_row()))
    starters = {row["team"]: row["starter"] for row in rows(load, "player_box")}
    assert starters["BOS"] is None
    assert starters["NYK"] is not None
    assert any("without five starters" in file.note for file in load.files)


def test_a_log_and_a_box_score_of_one_game_make_one_line(tmp_path: Path) -> None:
    """Side by side in a folder they were two contradicting files, and both refused."""
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "players.csv", player_rows())
    load = answered(tmp_path, box=box_score())
    assert load.refused == ()
    players = {row["player_id"]: row for row in rows(load, "player_box")}
    assert len(players) == 12
    assert players[380]["starter"] is True
    assert players[385]["status"] == "dnp"
    # The log's counts stand: the box score has the last man a free throw short.
    assert players[524]["pts"] == 23
    noted = [f.note for f in load.files if "other counts" in f.note]
    assert noted == [
        "player games that the game log has with other counts, which stand: 1"
    ]
    assert {row["pts"] for row in rows(load, "team_box")} == {115}


def test_shots_of_a_play_by_play_have_zone_distance_and_assist(tmp_path: Path) -> None:
    miss = action(
        -225,
        10,
        actionType="Missed Shot",
        description="MISS Garland",
        clock="PT11M41.00S",
    )
    load = answered(
        tmp_path, plays=play_by_play(action(), miss), schedule=schedule(schedule_row())
    )
    shots = rows(load, "shots")
    assert len(shots) == 2
    assert [shot["zone"] for shot in shots] == ["left_corner_3", "above_break_3"]
    assert [shot["distance_ft"] for shot in shots] == [22, 25]
    assert [shot["assisted"] for shot in shots] == [False, True]
    assert [shot["seconds_left"] for shot in shots] == [701, 37]
    assert (shots[1]["x"], shots[1]["y"]) == (-1.5, 30.55)


def test_missed_heaves_are_left_out_where_that_makes_shots_attempts(
    tmp_path: Path,
) -> None:
    game, day = "0022500061", "2025-10-22"
    said = {"gameDateEst": f"{day}T00:00:00Z", "gameId": game}
    write(
        tmp_path / "teams.csv",
        team_rows(
            game=game, date=day, FGA=1, FGM=1, FG3M=1, FG3A=1, FTM=0, FTA=0, PTS=3
        ),
    )
    heave = action(
        10, 600, actionType="Missed Shot", clock="PT00M01.90S", description="MISS"
    )
    plays = play_by_play(action(), heave, game=game)
    load = answered(tmp_path, plays=plays, schedule=schedule(schedule_row() | said))
    assert [shot["made"] for shot in rows(load, "shots")] == [True]
    assert any("missed heaves" in file.note for file in load.files)


def test_a_heave_stays_where_the_shots_are_no_more_than_the_attempts(
    tmp_path: Path,
) -> None:
    write(tmp_path / "teams.csv", team_rows())
    heave = action(
        10, 600, actionType="Missed Shot", clock="PT00M01.90S", description="MISS"
    )
    load = answered(tmp_path, plays=play_by_play(action(), heave))
    assert len(rows(load, "shots")) == 2


def test_rosters_and_the_index_tell_birth_dates_and_positions(tmp_path: Path) -> None:
    index = {"PERSON_ID": 380, "PLAYER_LAST_NAME": "380", "PLAYER_FIRST_NAME": "Player"}
    info = {
        "PERSON_ID": 7,
        "DISPLAY_FIRST_LAST": "P. Seven",
        "BIRTHDATE": "1996-09-07T00:00:00",
    }
    load = answered(
        tmp_path,
        roster=result_sets("CommonTeamRoster", [ROSTER]),
        index=result_sets("PlayerIndex", [index | {"POSITION": "G"}]),
        info=result_sets("CommonPlayerInfo", [info | {"POSITION": "Forward-Center"}]),
    )
    assert load.refused == ()
    named = {row["player_id"]: row for row in rows(load, "players")}
    assert named[380]["birth_date"] == date(1999, 7, 28)
    assert named[380]["position"] == "G-F"
    assert (named[7]["position"], named[7]["birth_date"]) == ("F-C", date(1996, 9, 7))


def test_a_log_as_json_is_the_log_as_a_file(tmp_path: Path) -> None:
    as_file, as_answer = tmp_path / "file", tmp_path / "answer"
    for folder in (as_file, as_answer):
        folder.mkdir()
    write(as_file / "teams.csv", team_rows())
    write(as_file / "players.csv", player_rows())
    write(
        as_file / "shots.csv", [raw_shot_row(SHOT_MADE_FLAG=i % 2) for i in range(10)]
    )
    load = answered(
        as_answer,
        teams=result_sets("LeagueGameLog", team_rows()),
        players=result_sets("LeagueGameLog", player_rows()),
        shots=result_sets(
            "Shot_Chart_Detail", [raw_shot_row(SHOT_MADE_FLAG=i % 2) for i in range(10)]
        ),
    )
    assert load.tables == read(as_file).tables


def test_a_compressed_answer_is_read(tmp_path: Path) -> None:
    answer = json.dumps(result_sets("LeagueGameLog", team_rows())).encode()
    (tmp_path / "teams.json.gz").write_bytes(gzip.compress(answer))
    assert read(tmp_path).tables["team_box"].num_rows == 2


def test_columns_in_another_order_are_read_by_name(tmp_path: Path) -> None:
    turned = [dict(reversed(row.items())) for row in team_rows()]
    load = answered(tmp_path, teams=result_sets("LeagueGameLog", turned))
    assert {row["pts"] for row in rows(load, "team_box")} == {115}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{}", "is an answer without data: it is empty"),
        (
            '{"Message": "An error has occurred."}',
            "the site said 'An error has occurred.'",
        ),
        ("<html>Access Denied</html>", "is not JSON throughout"),
        (
            '{"resultSets": [{"name": "LeagueGameLog", "headers": ["GAME_ID"], "row',
            "is not JSON",
        ),
        ('{"other": 1}', "is JSON of no known kind: its keys are other"),
        ("[1, 2]", "is JSON and no answer of stats.nba.com"),
        ('{"resultSets": [{"name": "X"}]}', "is an answer with a part missing"),
    ],
)
def test_an_answer_without_rows_is_refused_with_what_it_is(
    tmp_path: Path, body: str, reason: str
) -> None:
    write(tmp_path / "teams.csv", team_rows())
    (tmp_path / "answer.json").write_text(body)
    (refused,) = read(tmp_path).refused
    assert reason in refused.reason


def test_recorded_answers_are_read(shared_data: Path, tmp_path: Path) -> None:
    recorded = shared_data / "recorded"
    for name in (
        "LeagueGameLog",
        "BoxScoreTraditionalV3",
        "PlayByPlayV3",
        "CommonTeamRoster",
    ):
        shutil.copy(recorded / f"{name}.json", tmp_path)
    for name in ("CommonPlayerInfo", "PlayerIndex", "ShotChartDetail"):
        shutil.copy(recorded / f"{name}.json", tmp_path)
    said = {"gameId": "0022200552", "gameDateEst": "2023-01-02T00:00:00Z"}
    load = answered(tmp_path, schedule=schedule(schedule_row("CLE", "CHI") | said))
    assert {name: table.num_rows for name, table in load.tables.items()} == {
        "schedule": 840,
        "team_box": 1680,
        "player_box": 23,
        "shots": 187,
        "players": 564,
    }
    assert load.rejects_by_reason() == {"home_undetermined": 10}
    (refused,) = load.refused
    assert Path(refused.file).name == "ShotChartDetail.json"
    assert "532 shots and not one miss" in refused.reason
    assert "ContextMeasure=FGA" in refused.repair
    box = [row for row in rows(load, "player_box") if row["game_id"] == "0022200552"]
    assert sum(row["starter"] for row in box) == 10
    assert {row["reason"] for row in box if row["status"] == "dnp"} == {
        "Coach's Decision",
        "Injury/Illness",
    }
    shots = rows(load, "shots")
    for team in ("CLE", "CHI"):
        attempts = sum(row["fga"] for row in box if row["team"] == team)
        assists = sum(row["ast"] for row in box if row["team"] == team)
        assert sum(shot["team"] == team for shot in shots) == attempts
        assert (
            sum(shot["team"] == team and shot["assisted"] for shot in shots) == assists
        )
    assert GAME not in {row["game_id"] for row in box}
