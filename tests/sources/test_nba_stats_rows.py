"""Which rows are rejected, with file, row, column,
reason and value, and which odd ones are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.remedy import plain
from planning.raw_load import RawLoad
from sources.nba_stats import read
from tests.sources.nba_stats_files import (
    Row,
    player_row,
    player_rows,
    shot_row,
    team_row,
    team_rows,
    write,
)


def load_players(folder: Path, rows: list[Row]) -> RawLoad:
    write(folder / "teams.csv", team_rows())
    write(folder / "players.csv", rows)
    return read(folder)


def idle(row: Row) -> Row:
    """The numbers of a row, all zero."""
    return {
        k: 0 for k, v in row.items() if isinstance(v, int) and not k.endswith("_ID")
    }


def changed(rows: list[Row], place: int, **changes: object) -> list[Row]:
    return [row | changes if i == place else row for i, row in enumerate(rows)]


def test_f10_minutes_as_a_clock_are_parsed(tmp_path: Path) -> None:
    """Coerced to NULL they left 99.5 % of a season without minutes, reported as success."""
    rows = changed(player_rows(), 0, MIN="34:12")
    rows = changed(rows, 1, MIN="34.000000:30")
    load = load_players(tmp_path, changed(rows, 2, MIN="33.5"))
    assert load.tables["player_box"]["minutes"].to_pylist()[:3] == [34.2, 34.5, 33.5]
    assert load.rejects.num_rows == 0


def test_f10_a_column_that_is_no_number_refuses_the_file_with_reason_and_count(
    tmp_path: Path,
) -> None:
    rows = [
        player_row(i, "BOS", "BOS vs. NYK", MIN="thirty" if i < 40 else 20)
        for i in range(60)
    ]
    load = load_players(tmp_path, rows + player_rows())
    (refused,) = load.refused
    assert refused.reason == (
        "40 of 70 rows are rejected: MIN is 'thirty' in 40 rows; "
        "files of this kind have minutes such as 34 or 34:12"
    )
    assert load.rejects_by_reason() == {"not_a_number": 40}
    assert load.tables["player_box"].num_rows == 0
    assert not load.tables["schedule"]["covers_player_box"][0].as_py()


def test_f10_a_few_bad_rows_do_not_refuse_the_file(tmp_path: Path) -> None:
    load = load_players(tmp_path, changed(player_rows(), 3, MIN="DNP"))
    assert load.tables["player_box"].num_rows == 9
    assert load.rejects.to_pylist() == [
        {
            "file": str(tmp_path / "players.csv"),
            "row": 4,
            "raw_table": "player_box",
            "game_id": "0022400061",
            "column": "MIN",
            "reason": "not_a_number",
            "value": "DNP",
        }
    ]


@pytest.mark.parametrize("minutes", ["", None])
def test_f19_empty_minutes_reject_the_row(tmp_path: Path, minutes: str | None) -> None:
    """They crashed six dates."""
    load = load_players(tmp_path, changed(player_rows(), 3, MIN=minutes))
    assert load.rejects_by_reason() == {"missing_minutes": 1}
    assert load.tables["player_box"].num_rows == 9
    (note,) = [f.note for f in load.files if f.raw_table == "player_box"]
    assert note.startswith(
        "MIN is empty in 1 row; files of this kind have minutes such as 34 or 34:12"
    )
    assert "request the box scores again" in note


IMPOSSIBLE = [
    ("PTS", "12:30", "not_a_number"),
    ("AST", "4.5", "not_a_number"),
    ("AST", "", "missing_value"),
    ("PLAYER_NAME", "", "missing_value"),
    ("MATCHUP", "BOS - NYK", "bad_matchup"),
    ("GAME_DATE", "10-22-2024", "bad_date"),
    ("GAME_DATE", "20241022", "bad_date"),
    ("GAME_DATE", "", "bad_date"),
    ("FGM", "18", "inconsistent_stats"),
    ("PTS", "24", "inconsistent_stats"),
    ("AST", "-1", "out_of_range"),
    ("MIN", "-5", "out_of_range"),
    ("MIN", "inf", "not_a_number"),
]


def test_a_value_that_cannot_be_is_rejected_by_name(tmp_path: Path) -> None:
    bad = [
        player_row(900 + i, "BOS", "BOS vs. NYK") | {column: value}
        for i, (column, value, _) in enumerate(IMPOSSIBLE)
    ]
    load = load_players(tmp_path, bad + player_rows())
    assert [
        (r["row"], r["column"], r["value"], r["reason"])
        for r in load.rejects.to_pylist()
    ] == [
        (i + 1, column, value or None, reason)
        for i, (column, value, reason) in enumerate(IMPOSSIBLE)
    ]
    assert load.tables["player_box"].num_rows == 10


def test_what_is_odd_but_true_is_kept(tmp_path: Path) -> None:
    rows = changed(player_rows(), 0, MIN=0)
    rows = changed(rows, 1, **idle(rows[1]) | {"PLUS_MINUS": ""})
    load = load_players(tmp_path, changed(rows, 2, AST="7.0"))
    assert load.rejects.num_rows == 0
    assert load.tables["player_box"]["minutes"].to_pylist()[:2] == [0, 0]
    assert load.tables["player_box"]["plus_minus"].to_pylist()[1] is None
    assert load.tables["player_box"]["ast"].to_pylist()[2] == 7
    assert set(load.tables["player_box"]["status"].to_pylist()) == {"played"}


def test_a_repeated_row_is_loaded_once(tmp_path: Path) -> None:
    load = load_players(tmp_path, player_rows() + player_rows()[:3])
    assert load.rejects_by_reason() == {"duplicate_row": 3}
    assert load.rejects["row"].to_pylist() == [11, 12, 13]
    assert load.tables["player_box"].num_rows == 10


def test_f02_a_stub_row_gives_way_to_the_row_with_a_result(tmp_path: Path) -> None:
    stub = team_row("NYK", "NYK @ BOS", WL="", MIN=3, AST=0)
    write(tmp_path / "teams.csv", [stub, *team_rows()])
    load = read(tmp_path)
    assert [(r["row"], r["reason"], r["value"]) for r in load.rejects.to_pylist()] == [
        (1, "stub_row", "NYK")
    ]
    assert load.tables["team_box"]["ast"].to_pylist() == [25, 25]
    assert load.tables["schedule"]["status"].to_pylist() == ["final"]


def test_f02_two_different_results_for_one_key_are_both_rejected(
    tmp_path: Path,
) -> None:
    """The game stays final without the row, so that its date says what is missing."""
    write(tmp_path / "teams.csv", [*team_rows(), team_row("NYK", "NYK @ BOS", AST=30)])
    load = read(tmp_path)
    assert load.rejects_by_reason() == {"duplicate_key": 2}
    assert load.tables["team_box"]["team"].to_pylist() == ["BOS"]
    assert load.tables["schedule"]["status"].to_pylist() == ["final"]


def test_f02_one_game_under_two_ids_loses_its_team_rows(tmp_path: Path) -> None:
    """A team has one eligible game a day; which id is the right one nobody here can know."""
    rows = (
        team_rows()
        + team_rows(game="0022400999", AST=30)
        + team_rows("DEN", "LAL", game="0022400062")
    )
    write(tmp_path / "teams.csv", rows)
    load = read(tmp_path)
    assert load.rejects_by_reason() == {"two_games_one_day": 4}
    assert load.tables["schedule"].num_rows == 3
    assert load.tables["team_box"]["team"].to_pylist() == ["DEN", "LAL"]


def test_preseason_clubs_may_play_twice_a_day(tmp_path: Path) -> None:
    write(
        tmp_path / "teams.csv",
        team_rows(game="0012400001") + team_rows(game="0012400002"),
    )
    assert read(tmp_path).rejects.num_rows == 0


def test_f02_a_game_loaded_before_its_end_is_not_final(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", team_rows(WL=""))
    assert read(tmp_path).tables["schedule"]["status"].to_pylist() == ["live"]


def test_f08_rows_of_a_game_that_the_schedule_does_not_know_are_rejected_and_counted(
    tmp_path: Path,
) -> None:
    """Rows that matched nothing were dropped in silence."""
    write(tmp_path / "teams.csv", team_rows())
    write(
        tmp_path / "players.csv",
        player_rows() + player_rows("DEN", "LAL", game="0022400062"),
    )
    write(tmp_path / "shots.csv", [shot_row(), shot_row(game="22400062", team="DEN")])
    load = read(tmp_path)
    assert load.rejects_by_reason() == {"unknown_game": 11}
    assert set(load.tables["player_box"]["game_id"].to_pylist()) == {"0022400061"}
    assert load.tables["shots"].num_rows == 1


def test_f08_a_file_of_unknown_games_alone_is_refused_with_the_repair(
    tmp_path: Path,
) -> None:
    write(tmp_path / "players.csv", player_rows())
    load = read(tmp_path)
    (refused,) = load.refused
    assert refused.reason == (
        "10 of 10 rows are rejected: unknown_game in 10 rows, such as GAME_ID '0022400061'"
    )
    assert "team game log" in refused.repair


def test_a_refused_file_that_may_know_the_games_is_named_first(tmp_path: Path) -> None:
    """The repair asked for a game log that lay beside the file, refused."""
    write(tmp_path / "teams.csv", team_rows(PTS="many"))
    write(tmp_path / "players.csv", player_rows())
    players, teams = read(tmp_path).refused
    assert Path(teams.file).name == "teams.csv"
    assert plain(players.repair).endswith(
        "beside it, which may hold these games: teams.csv"
    )


def test_f01_a_team_that_is_not_in_its_game_is_rejected(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "players.csv", [*player_rows(), player_row(9, "DEN", "DEN @ BOS")])
    write(
        tmp_path / "shots.csv", [shot_row(), shot_row(team="DEN"), shot_row(TEAM_ID=12)]
    )
    load = read(tmp_path)
    assert [
        (r["column"], r["reason"], r["value"]) for r in load.rejects.to_pylist()
    ] == [
        ("TEAM_ABBREVIATION", "unknown_team", "DEN"),
        ("TEAM_ID", "unknown_team", "1610612743"),
        ("TEAM_ID", "unknown_team", "12"),
    ]


def test_f42_a_box_score_with_nobody_active_on_a_side_is_rejected(
    tmp_path: Path,
) -> None:
    """It counted as loaded, and blocked the load of the right one."""
    rows = [
        row | idle(row) if row["TEAM_ABBREVIATION"] == "NYK" else row
        for row in player_rows()
    ]
    load = load_players(tmp_path, rows)
    assert load.rejects_by_reason() == {"nobody_active": 10}
    assert load.tables["player_box"].num_rows == 0


def test_f42_a_side_without_rows_is_left_to_the_plan(tmp_path: Path) -> None:
    """Files of one team each may be loaded one after another."""
    load = load_players(tmp_path, player_rows()[:5])
    assert load.tables["player_box"].num_rows == 5
    assert load.rejects.num_rows == 0


def test_f42_too_few_on_a_side_is_left_to_the_plan(tmp_path: Path) -> None:
    load = load_players(tmp_path, player_rows()[:8])
    assert load.tables["player_box"].num_rows == 8
    assert load.rejects.num_rows == 0
