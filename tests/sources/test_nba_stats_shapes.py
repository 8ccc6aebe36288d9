"""Which files are recognised, whatever they are called, and what is said of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import SourceError
from sources.nba_stats import read
from tests.sources.nba_stats_files import (
    player_rows,
    raw_shot_row,
    shot_row,
    team_rows,
    write,
)


def test_files_are_recognised_by_their_columns_not_their_names(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", [shot_row()])
    write(tmp_path / "b.parquet", player_rows())
    write(tmp_path / "shots.csv", team_rows())
    load = read(tmp_path)
    assert [(f.raw_table, f.rows, f.rejected) for f in load.files] == [
        ("shots", 1, 0),
        ("player_box", 10, 0),
        ("team_box", 2, 0),
    ]
    assert {name: table.num_rows for name, table in load.tables.items()} == {
        "schedule": 1,
        "team_box": 2,
        "player_box": 10,
        "shots": 1,
        "players": 10,
    }


def test_csv_and_parquet_give_the_same_rows(tmp_path: Path) -> None:
    for suffix in ("csv", "parquet"):
        folder = tmp_path / suffix
        folder.mkdir()
        write(folder / f"teams.{suffix}", team_rows())
        write(folder / f"players.{suffix}", player_rows())
        write(
            folder / f"shots.{suffix}",
            [shot_row(), shot_row(SHOT_MADE="FALSE", LOC_X=None)],
        )
    assert read(tmp_path / "csv").tables == read(tmp_path / "parquet").tables


def test_a_file_with_unknown_columns_is_refused_and_the_others_are_loaded(
    tmp_path: Path,
) -> None:
    write(tmp_path / "teams.csv", team_rows())
    rows = [
        {k: v for k, v in row.items() if k != "PTS"} | {"POINTS": 1}
        for row in player_rows()
    ]
    write(tmp_path / "players.csv", rows)
    load = read(tmp_path)
    (refused,) = load.refused
    assert refused.file == str(tmp_path / "players.csv")
    assert "player game log" in refused.reason
    assert "missing PTS; not known to it: POINTS" in refused.reason
    assert load.tables["team_box"].num_rows == 2


@pytest.mark.parametrize("joined", ["", " ", "-"])
def test_a_player_log_whose_columns_are_spelled_otherwise_is_called_one(
    tmp_path: Path, joined: str
) -> None:
    """It was called a team log, of which it lacked the fewest columns, and none of a player's."""
    rows = [
        {column.replace("_", joined): text for column, text in row.items()}
        for row in player_rows()
    ]
    write(tmp_path / "players.csv", rows)
    write(tmp_path / "teams.csv", team_rows())
    (refused,) = read(tmp_path).refused
    assert refused.reason.startswith("nearly a player game log")
    assert "missing GAME_DATE, GAME_ID, PLAYER_ID" in refused.reason
    assert f"not known to it: SEASON{joined}ID" in refused.reason


def test_a_file_of_something_else_is_refused_with_its_columns(tmp_path: Path) -> None:
    write(tmp_path / "prices.csv", [{"symbol": "X", "close": 1}])
    (refused,) = read(tmp_path).refused
    assert "columns of no known kind of file: symbol, close" in refused.reason


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "teams.parquet").write_bytes(b"PAR1 not really")
    (tmp_path / "empty.csv").write_text("")
    write(tmp_path / "good.csv", team_rows())
    load = read(tmp_path)
    assert {Path(r.file).name for r in load.refused} == {"teams.parquet", "empty.csv"}
    assert load.tables["team_box"].num_rows == 2


def test_a_ragged_csv_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "teams.csv", team_rows())
    path.write_text(path.read_text() + "22024,1\n")
    (refused,) = read(tmp_path).refused
    assert refused.reason.startswith("line 4 has 2 values and the header")


def test_a_file_of_headers_alone_is_read_as_empty(tmp_path: Path) -> None:
    path = write(tmp_path / "teams.csv", team_rows())
    path.write_text(path.read_text().splitlines()[0] + "\n")
    (file,) = read(tmp_path).files
    assert (file.rows, file.note) == (0, "no rows")


def test_a_missing_or_empty_directory_is_an_error_that_says_what_to_put_there(
    tmp_path: Path,
) -> None:
    with pytest.raises(SourceError, match="no such directory"):
        read(tmp_path / "nowhere")
    with pytest.raises(
        SourceError, match=r"holds no \.parquet, \.csv, \.csv\.gz or \.json file"
    ):
        read(tmp_path)


def test_a_directory_named_like_a_pattern_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "season [2024]*"
    folder.mkdir()
    write(folder / "teams.csv", team_rows())
    write(folder / "shots.parquet", [shot_row()])
    assert len(read(folder).files) == 2


def test_each_file_is_announced_schedule_and_teams_first(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", [raw_shot_row()])
    write(tmp_path / "b.csv", player_rows())
    write(tmp_path / "c.csv", team_rows())
    seen: list[str] = []
    read(tmp_path, on_file=seen.append)
    assert [Path(path).name for path in seen] == ["c.csv", "b.csv", "a.csv"]
