"""Game ids: leading zeros are put back and said so, lost digits are never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sources.nba_stats import read
from tests.sources.nba_stats_files import (
    GAME,
    Row,
    player_rows,
    schedule_row,
    shot_row,
    team_rows,
    write,
)


def with_ids(rows: list[Row], game_id: Any) -> list[Row]:
    return [row | {"GAME_ID": game_id} for row in rows]


@pytest.mark.parametrize("game_id", [22400061, "22400061", "0022400061"])
def test_ids_that_lost_their_leading_zeros_are_repaired(
    tmp_path: Path, game_id: Any
) -> None:
    write(tmp_path / "teams.parquet", with_ids(team_rows(), game_id))
    load = read(tmp_path)
    assert load.tables["schedule"]["game_id"].to_pylist() == [GAME]
    (file,) = load.files
    assert file.note == (
        "" if game_id == GAME else "2 ids had lost their leading zeros: repaired"
    )


@pytest.mark.parametrize("game_id", ["2.24e+07", "2.24E+07", "2.24E7", "2.24001E7"])
def test_ids_spelt_as_numbers_refuse_the_file(tmp_path: Path, game_id: Any) -> None:
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "players.parquet", with_ids(player_rows(), game_id))
    load = read(tmp_path)
    (refused,) = load.refused
    assert "collapsed" in refused.reason
    assert "text of ten characters" in refused.repair
    assert load.tables["player_box"].num_rows == 0


@pytest.mark.parametrize(
    "game_id", ["22400061.0", "22400061.00", 22400061.0, "2.2400061e+07", "2.2400061E7"]
)
def test_ids_written_as_numbers_with_all_their_digits_are_repaired_and_counted(
    tmp_path: Path, game_id: Any
) -> None:
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "players.parquet", with_ids(player_rows(), game_id))
    load = read(tmp_path)
    assert set(load.tables["player_box"]["game_id"].to_pylist()) == {GAME}
    assert "10 ids were written as numbers with a point: repaired" in load.files[0].note


@pytest.mark.parametrize("season", ["22024.0", 22024.0])
def test_seasons_written_as_numbers_with_a_point_are_repaired_and_counted(
    tmp_path: Path, season: Any
) -> None:
    write(tmp_path / "teams.parquet", team_rows(SEASON_ID=season))
    load = read(tmp_path)
    assert load.tables["team_box"].num_rows == 2
    assert (
        load.files[0].note == "2 seasons were written as numbers with a point: repaired"
    )


def test_round_ids_that_stand_for_many_games_refuse_the_file(tmp_path: Path) -> None:
    rows = team_rows() + team_rows("DEN", "LAL", game="0022400062")
    write(tmp_path / "teams.csv", with_ids(rows, "22000000"))
    (refused,) = read(tmp_path).refused
    assert "collapsed" in refused.reason
    assert "22000000" in refused.reason


def test_ids_rounded_to_fewer_digits_are_found_by_the_teams_under_one_id(
    tmp_path: Path,
) -> None:
    rows = team_rows() + team_rows("DEN", "LAL", game="0022400062")
    write(tmp_path / "teams.csv", with_ids(rows, "22400100"))
    (refused,) = read(tmp_path).refused
    assert "such as 22400100" in refused.reason


def test_a_schedule_of_round_ids_is_refused(tmp_path: Path) -> None:
    write(
        tmp_path / "schedule.csv",
        [schedule_row(game="22400000"), schedule_row("DEN", "LAL", "22400000")],
    )
    (refused,) = read(tmp_path).refused
    assert "collapsed" in refused.reason


def test_f01_an_id_of_another_form_rejects_its_row(tmp_path: Path) -> None:
    """Two spellings of one game joined half of the rows, and nobody saw it for three seasons."""
    strange = [
        "",
        "2024-10-22_BOS_NYK",
        "0092400061",
        "1022400061",
        "00224000610",
        "61",
    ]
    rows = [team_rows("DEN", "LAL")[0] | {"GAME_ID": game_id} for game_id in strange]
    write(tmp_path / "teams.csv", team_rows() + rows)
    load = read(tmp_path)
    assert load.rejects_by_reason() == {
        "bad_game_id": len(strange) - 1,
        "other_league": 1,
    }
    assert load.rejects["value"].to_pylist() == [None, *strange[1:]]
    assert load.tables["team_box"].num_rows == 2


def test_a_season_that_contradicts_the_id_rejects_the_row(tmp_path: Path) -> None:
    write(
        tmp_path / "teams.csv",
        team_rows() + team_rows("DEN", "LAL", "0022400062", SEASON_ID="22023"),
    )
    write(tmp_path / "shots.csv", [shot_row(), shot_row(SEASON_1=2024)])
    load = read(tmp_path)
    assert load.rejects_by_reason() == {"season_contradiction": 3}
    assert load.tables["schedule"]["game_id"].to_pylist() == [GAME]


def test_ids_of_the_last_century_belong_to_it(tmp_path: Path) -> None:
    write(
        tmp_path / "teams.csv",
        team_rows(game="0029600001", date="1996-11-01", SEASON_ID="21996"),
    )
    assert read(tmp_path).tables["schedule"]["season"].to_pylist() == [1996]


def test_a_game_whose_ids_lost_their_digits_is_left_out_alone(tmp_path: Path) -> None:
    """5 games of a season's 1,230 once cost the shots of all the others."""
    lost = [
        row | {"GAME_ID": "2.24E+07"} for row in player_rows("DEN", "LAL", "0022400062")
    ]
    write(tmp_path / "teams.csv", team_rows() + team_rows("DEN", "LAL", "0022400062"))
    write(
        tmp_path / "players.csv",
        [*player_rows(), *player_rows(game="0022400063", date="2024-10-24"), *lost],
    )
    write(tmp_path / "more.csv", team_rows(game="0022400063", date="2024-10-24"))
    load = read(tmp_path)
    assert load.refused == ()
    assert set(load.tables["player_box"]["game_id"].to_pylist()) == {GAME, "0022400063"}
    assert load.rejects_by_reason() == {"collapsed_id": len(lost)}
    (noted,) = (file.note for file in load.files if file.file.endswith("players.csv"))
    assert f"{len(lost)} rows of 1 game whose ids lost their digits: left out" in noted


def test_a_game_that_kept_some_of_its_ids_goes_as_a_whole(tmp_path: Path) -> None:
    """Half of a game's shots would count as all of them."""
    other = "0022400062"
    write(tmp_path / "teams.csv", team_rows() + team_rows("DEN", "LAL", other))
    write(tmp_path / "players.csv", player_rows() + player_rows("DEN", "LAL", other))
    shots = [shot_row(), shot_row(player=382), shot_row(team="DEN", game=other[2:])]
    shots += [shot_row(team="DEN", GAME_ID="2.24E+07"), shot_row(player=383)]
    write(tmp_path / "shots.csv", shots)
    load = read(tmp_path)
    assert set(load.tables["shots"]["game_id"].to_pylist()) == {GAME}
    assert load.rejects_by_reason() == {"collapsed_id": 2}
    covered = {
        row["game_id"]: row["covers_shots"]
        for row in load.tables["schedule"].to_pylist()
    }
    assert covered == {GAME: True, other: False}
