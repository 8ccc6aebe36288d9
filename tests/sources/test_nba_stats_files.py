"""Several files together: games in two of them, cut responses,
chosen seasons, players, the load again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import SourceError
from sources.nba_stats import read
from tests.sources.nba_stats_files import (
    GAME,
    player_rows,
    raw_shot_row,
    schedule_row,
    shot_row,
    team_rows,
    write,
)


def test_two_files_with_the_same_game_and_different_rows_are_both_refused(
    tmp_path: Path,
) -> None:
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "a.csv", player_rows())
    write(tmp_path / "b.csv", [*player_rows()[:9], player_rows()[9] | {"AST": 6}])
    load = read(tmp_path)
    a, b = load.refused
    assert (Path(a.file).name, Path(b.file).name) == ("a.csv", "b.csv")
    assert b.file in a.reason
    assert a.file in b.reason
    assert GAME in a.reason
    assert load.tables["player_box"].num_rows == 0
    assert load.tables["team_box"].num_rows == 2


def test_a_file_that_agrees_is_not_drawn_into_the_quarrel_of_two_others(
    tmp_path: Path,
) -> None:
    other = "0022400062"
    write(tmp_path / "teams.csv", team_rows() + team_rows("DEN", "LAL", other))
    write(tmp_path / "a.csv", player_rows() + player_rows("DEN", "LAL", other))
    write(tmp_path / "b.csv", [player_rows()[0] | {"AST": 6}])
    write(tmp_path / "c.csv", player_rows("DEN", "LAL", other))
    load = read(tmp_path)
    assert [Path(r.file).name for r in load.refused] == ["a.csv", "b.csv"]
    assert set(load.tables["player_box"]["game_id"].to_pylist()) == {other}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_same_rows_in_two_files_are_loaded_once(
    tmp_path: Path, suffix: str
) -> None:
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "a.csv", [shot_row(), shot_row()])
    write(tmp_path / f"b.{suffix}", [shot_row(), shot_row()])
    load = read(tmp_path)
    assert load.tables["shots"].num_rows == 2
    assert load.refused == ()
    (note,) = [f.note for f in load.files if Path(f.file).stem == "b"]
    assert "games that an earlier file has with the same rows, loaded once: 1" in note


def test_a_refused_team_file_states_no_games(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", team_rows())
    write(tmp_path / "b.csv", team_rows(AST=30))
    load = read(tmp_path)
    assert len(load.refused) == 2
    assert load.tables["schedule"].num_rows == 0


def write_shots(path: Path, last_period: int) -> None:
    """A shot chart of 102,400 rows: 640 games of 160 attempts,
    the last of which ends in some period."""
    rows = 102_400
    shots = {column: [value] * rows for column, value in raw_shot_row().items()}
    shots["SHOT_MADE_FLAG"] = [i % 2 for i in range(rows)]
    shots["SECONDS_REMAINING"] = [i % 40 for i in range(rows)]
    shots["GAME_ID"] = [f"00224{i // 160 + 1:05d}" for i in range(rows)]
    shots["PERIOD"] = [
        min(i % 160 // 40 + 1, last_period if i >= rows - 160 else 4)
        for i in range(rows)
    ]
    pq.write_table(pa.table(shots), path)


def schedule_of_the_limit(folder: Path) -> None:
    write(
        folder / "schedule.csv",
        [schedule_row(game=f"00224{n + 1:05d}") for n in range(640)],
    )


def test_a_response_cut_at_the_limit_within_a_game_is_refused(tmp_path: Path) -> None:
    schedule_of_the_limit(tmp_path)
    write_shots(tmp_path / "shots.parquet", last_period=1)
    load = read(tmp_path)
    (refused,) = load.refused
    assert refused.reason == (
        "cut by the API at exactly 102,400 rows; last game 0022400640 ends in period 1 after 160 "
        "attempts"
    )
    assert "smaller pieces" in refused.repair
    assert load.tables["shots"].num_rows == 0


def test_a_response_cut_in_the_last_period_is_known_by_the_team_rows(
    tmp_path: Path,
) -> None:
    schedule_of_the_limit(tmp_path)
    write(tmp_path / "teams.csv", team_rows(game="0022400640"))
    write_shots(tmp_path / "shots.parquet", last_period=4)
    (refused,) = read(tmp_path).refused
    assert "last game 0022400640 ends in period 4 after 160 attempts" in refused.reason


def test_a_response_of_the_limit_that_ends_with_a_game_is_whole(tmp_path: Path) -> None:
    schedule_of_the_limit(tmp_path)
    write_shots(tmp_path / "shots.parquet", last_period=4)
    assert read(tmp_path).tables["shots"].num_rows == 102_400


def test_only_the_chosen_seasons_are_read(tmp_path: Path) -> None:
    old = "0022300061"
    write(tmp_path / "teams.csv", team_rows() + team_rows(game=old, date="2023-10-24"))
    write(tmp_path / "old.csv", player_rows(game=old, date="2023-10-24"))
    load = read(tmp_path, seasons=[2024])
    assert load.tables["schedule"]["game_id"].to_pylist() == [GAME]
    assert [(f.rows, f.note) for f in load.files] == [
        (0, "no row of the chosen seasons"),
        (2, ""),
    ]
    assert load.rejects.num_rows == 0


@pytest.mark.parametrize("chosen", [[1999], [2025], [2024, 1999]])
def test_a_chosen_season_that_no_file_has_is_refused_with_those_that_they_have(
    tmp_path: Path, chosen: list[int]
) -> None:
    """Nothing was loaded of it, and the command ended as if all were well."""
    old = team_rows(game="0022300061", date="2023-10-24")
    write(tmp_path / "teams.csv", team_rows() + old)
    with pytest.raises(SourceError) as refused:
        read(tmp_path, seasons=chosen)
    (missing,) = set(chosen) - {2023, 2024}
    told = str(refused.value)
    assert (
        f"no file has a row of season {missing}; the files have seasons 2023, 2024"
        in told
    )


def test_a_refused_file_is_told_rather_than_the_season_that_it_may_have(
    tmp_path: Path,
) -> None:
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "other.csv", [{"a": 1}])
    assert read(tmp_path, seasons=[1999]).refused


def test_players_bear_their_latest_name_and_a_birth_date_where_a_file_tells_it(
    tmp_path: Path,
) -> None:
    late = "0022400900"
    write(tmp_path / "teams.csv", team_rows() + team_rows(game=late, date="2024-10-20"))
    renamed = [
        row | {"PLAYER_NAME": "Old Name"}
        for row in player_rows(game=late, date="2024-10-20")
    ]
    write(tmp_path / "players.csv", player_rows() + renamed)
    info = {
        "PERSON_ID": 380,
        "DISPLAY_FIRST_LAST": "P.",
        "BIRTHDATE": "1990-05-01T00:00:00",
    }
    write(tmp_path / "info.csv", [info, info | {"PERSON_ID": 7, "BIRTHDATE": ""}])
    players = {p["player_id"]: p for p in read(tmp_path).tables["players"].to_pylist()}
    assert players[380] == {
        "player_id": 380,
        "player_name": "Player 380",
        "birth_date": date(1990, 5, 1),
        "position": None,
    }
    unknown = {"birth_date": None, "position": None}
    assert players[381] == {"player_id": 381, "player_name": "Player 381"} | unknown
    assert players[7] == {"player_id": 7, "player_name": "P."} | unknown


@pytest.mark.parametrize("word", ["infinity", "epoch"])
def test_a_word_that_duckdb_takes_for_a_date_is_no_birth_date(
    word: str, tmp_path: Path
) -> None:
    """Such a player was born in 1900, and 124 years old in every feature."""
    write(tmp_path / "teams.csv", team_rows())
    roster = {"PLAYER": "P.", "PLAYER_ID": 380, "POSITION": "F", "BIRTH_DATE": word}
    write(tmp_path / "roster.csv", [roster | {"SEASON": 2024, "TeamID": 1}])
    load = read(tmp_path)
    (player,) = load.tables["players"].to_pylist()
    assert player["birth_date"] is None
    notes = [file.note for file in load.files if file.raw_table == "players"]
    assert f"BIRTH_DATE is '{word}' in 1 row and is left empty there" in notes[0]


def test_the_same_files_give_the_same_load(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", team_rows() + team_rows()[:1])
    write(
        tmp_path / "players.csv",
        [*player_rows(), *player_rows("DEN", "LAL", "0022400062")],
    )
    write(
        tmp_path / "shots.csv",
        [shot_row(player=i % 7, SECS_LEFT=i % 50) for i in range(100)],
    )
    write(tmp_path / "other.csv", [{"a": 1}])
    assert read(tmp_path) == read(tmp_path)
