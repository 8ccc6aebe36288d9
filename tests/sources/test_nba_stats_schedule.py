"""The schedule: derived from team rows, read from a schedule file,
or known already; and what is covered."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from planning.raw_load import Held
from sources.nba_stats import read
from tests.sources.nba_stats_files import (
    GAME,
    Row,
    player_rows,
    schedule_row,
    shot_row,
    team_row,
    team_rows,
    write,
)

OTHER = "0022400062"


def games(directory: Path, known: pa.Table | None = None) -> dict[str, Row]:
    rows = read(directory, held=Held(known)).tables["schedule"].to_pylist()
    return {row["game_id"]: row for row in rows}


def known_schedule(directory: Path, **changes: Any) -> pa.Table:
    """The schedule as the warehouse would have it after loading the directory."""
    table = read(directory).tables["schedule"]
    for name, value in changes.items():
        place = table.schema.get_field_index(name)
        field = table.schema.field(name)
        table = table.set_column(
            place, field, pa.array([value] * table.num_rows, field.type)
        )
    return table


@pytest.fixture
def ordinary(tmp_path: Path) -> Path:
    """A directory with the team rows of one ordinary game."""
    folder = tmp_path / "ordinary"
    folder.mkdir()
    write(folder / "teams.csv", team_rows())
    return folder


def test_home_and_away_follow_from_the_matchup(ordinary: Path) -> None:
    assert games(ordinary)[GAME] == {
        "game_id": GAME,
        "game_date": date(2024, 10, 22),
        "season": 2024,
        "game_type": "2",
        "home_team": "BOS",
        "away_team": "NYK",
        "status": "final",
        "tip_off": None,
        "neutral_site": None,
        "covers_player_box": False,
        "covers_shots": False,
        "covers_props": False,
    }


def test_games_of_every_type_are_kept(tmp_path: Path) -> None:
    ids = [f"00{game_type}2400001" for game_type in "123456"]
    rows = [
        row
        for i, game in enumerate(ids)
        for row in team_rows(game=game, date=f"2024-10-1{i}")
    ]
    write(tmp_path / "teams.csv", rows)
    assert [game["game_type"] for game in games(tmp_path).values()] == list("123456")


def test_a_neutral_game_whose_rows_repeat_one_string_is_at_its_designated_home(
    tmp_path: Path,
) -> None:
    write(
        tmp_path / "teams.csv", [team_row(team, "NYK @ BOS") for team in ("BOS", "NYK")]
    )
    game = games(tmp_path)[GAME]
    assert (game["home_team"], game["away_team"], game["neutral_site"]) == (
        "BOS",
        "NYK",
        True,
    )


def test_where_both_teams_read_away_nobody_is_chosen(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", [*both_away(), *team_rows("DEN", "LAL", OTHER)])
    write(tmp_path / "players.csv", player_rows() + player_rows("DEN", "LAL", OTHER))
    load = read(tmp_path)
    assert load.rejects_by_reason() == {"home_undetermined": 12}
    assert load.tables["schedule"]["game_id"].to_pylist() == [OTHER]
    assert "add the schedule (ScheduleLeagueV2)" in load.files[1].note


def both_away() -> list[Row]:
    return [team_row("BOS", "BOS @ NYK"), team_row("NYK", "NYK @ BOS")]


def test_a_known_schedule_tells_the_home_of_a_neutral_game(
    tmp_path: Path, ordinary: Path
) -> None:
    write(tmp_path / "teams.csv", both_away())
    game = games(tmp_path, known_schedule(ordinary, status="live"))[GAME]
    assert (game["home_team"], game["away_team"], game["neutral_site"]) == (
        "BOS",
        "NYK",
        True,
    )


def test_a_schedule_file_tells_the_home_of_a_neutral_game(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", both_away())
    write(tmp_path / "schedule.csv", [schedule_row("NYK", "BOS", isNeutral="True")])
    load = read(tmp_path)
    (game,) = load.tables["schedule"].to_pylist()
    assert (game["home_team"], game["neutral_site"]) == ("NYK", True)
    assert load.tables["team_box"].num_rows == 2


def test_a_game_of_which_one_team_row_is_there_is_final_and_lacks_a_row(
    tmp_path: Path,
) -> None:
    """Final, so that its date ends in a gap that names it, and does not wait for ever."""
    write(tmp_path / "teams.csv", team_rows()[1:])
    load = read(tmp_path)
    (game,) = load.tables["schedule"].to_pylist()
    assert (game["home_team"], game["status"]) == ("BOS", "final")
    assert load.tables["team_box"].num_rows == 1


def test_a_game_on_two_dates_is_not_dated_by_guess(tmp_path: Path) -> None:
    home, away = team_rows()
    write(
        tmp_path / "teams.csv",
        [home, away | {"GAME_DATE": "2024-10-23"}, *team_rows("DEN", "LAL", OTHER)],
    )
    load = read(tmp_path)
    assert load.rejects_by_reason() == {"date_undetermined": 2}


def test_f07_the_schedule_dates_every_row(tmp_path: Path) -> None:
    """A late game filed under the UTC date belongs to the day before."""
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "players.csv", player_rows(date="2024-10-23"))
    write(tmp_path / "shots.csv", [shot_row(GAME_DATE="10-23-2024")])
    load = read(tmp_path)
    for table in ("player_box", "shots", "team_box"):
        assert set(load.tables[table]["game_date"].to_pylist()) == {date(2024, 10, 22)}
    assert (
        load.files[0].note
        == "rows that bear another date than the schedule, which wins: 10"
    )


def test_f07_a_schedule_file_dates_team_rows_too(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", team_rows(date="2024-10-23"))
    write(tmp_path / "schedule.parquet", [schedule_row(isNeutral=False)])
    load = read(tmp_path)
    (game,) = load.tables["schedule"].to_pylist()
    assert game["game_date"] == date(2024, 10, 22)
    assert game["tip_off"] == datetime(2024, 10, 22, 23, 30, tzinfo=UTC)
    assert game["neutral_site"] is False
    assert load.tables["team_box"]["game_date"].to_pylist() == [date(2024, 10, 22)] * 2


STATUSES: list[tuple[Row, str]] = [
    ({"gameStatus": 1}, "scheduled"),
    ({"gameStatus": 2}, "live"),
    ({"gameStatus": 3}, "final"),
    ({"gameStatus": 1, "postponedStatus": "Y"}, "postponed"),
    ({"gameStatus": 1, "postponedStatus": ""}, "scheduled"),
    ({"gameStatus": 3, "postponedStatus": "Y"}, "final"),
]


def test_a_schedule_file_gives_the_status(tmp_path: Path) -> None:
    rows = [
        schedule_row(game=f"002240000{i + 1}") | told
        for i, (told, _) in enumerate(STATUSES)
    ]
    write(tmp_path / "schedule.csv", rows)
    assert [game["status"] for game in games(tmp_path).values()] == [
        status for _, status in STATUSES
    ]


TEXTS: list[tuple[Row, str]] = [
    ({"gameStatusText": "PPD"}, "postponed"),
    ({"gameStatusText": "Postponed"}, "postponed"),
    ({"gameStatusText": "Cancelled"}, "cancelled"),
    ({"gameStatusText": "Canceled"}, "cancelled"),
    ({"gameStatusText": "7:30 pm ET"}, "scheduled"),
    ({"gameStatusText": "7:30 pm ET", "postponedStatus": "P"}, "scheduled"),
    ({"gameStatusText": "TBD", "postponedStatus": "P"}, "postponed"),
    ({"gameStatusText": ""}, "scheduled"),
]


def test_the_words_of_a_schedule_go_before_its_flags(tmp_path: Path) -> None:
    rows = [
        schedule_row(game=f"002240000{i + 1}", gameStatus=1) | told
        for i, (told, _) in enumerate(TEXTS)
    ]
    texts = [row | {"gameStatusText": row.get("gameStatusText", "")} for row in rows]
    write(tmp_path / "schedule.csv", texts)
    assert [game["status"] for game in games(tmp_path).values()] == [
        said for _, said in TEXTS
    ]


@pytest.mark.parametrize(("flagged", "believed"), [(1, True), (30, False)])
def test_a_flag_on_more_than_a_few_of_the_coming_games_is_not_believed(
    flagged: int, believed: bool, tmp_path: Path
) -> None:
    """A feed that set its flag on every coming game postponed the rest of a season."""
    rows = [
        schedule_row(
            game=f"00224{number:05}",
            gameStatus=1,
            postponedStatus="P" if number <= flagged else "A",
        )
        for number in range(1, 61)
    ]
    write(tmp_path / "schedule.csv", rows)
    load = read(tmp_path)
    statuses = load.tables["schedule"]["status"].to_pylist()
    assert statuses.count("postponed") == (flagged if believed else 0)
    assert ("not believed" in load.files[0].note) is not believed


def test_a_schedule_without_gamedateest_is_read_by_its_own_format(
    tmp_path: Path,
) -> None:
    row = schedule_row()
    del row["gameDateEst"]
    write(tmp_path / "schedule.csv", [row])
    assert games(tmp_path)[GAME]["game_date"] == date(2024, 10, 22)


def test_a_schedule_older_than_the_results_is_noted(tmp_path: Path) -> None:
    write(tmp_path / "schedule.csv", [schedule_row(gameStatus=1)])
    write(tmp_path / "teams.csv", team_rows())
    load = read(tmp_path)
    assert load.tables["schedule"]["status"].to_pylist() == ["final"]
    assert load.files[0].note == (
        "games with results in the team rows that are not final here: 1; taken as final; "
        "request the schedule again"
    )


def test_games_without_teams_yet_are_rejected(tmp_path: Path) -> None:
    write(tmp_path / "schedule.csv", [schedule_row(), schedule_row("", "", OTHER)])
    assert read(tmp_path).rejects_by_reason() == {"teams_unknown": 1}


def test_player_and_shot_files_alone_are_loaded_against_the_known_schedule(
    tmp_path: Path, ordinary: Path
) -> None:
    write(tmp_path / "players.csv", player_rows())
    write(tmp_path / "shots.csv", [shot_row()])
    load = read(tmp_path, held=Held(known_schedule(ordinary)))
    assert (load.tables["player_box"].num_rows, load.tables["shots"].num_rows) == (
        10,
        1,
    )
    (game,) = load.tables["schedule"].to_pylist()
    assert (game["covers_player_box"], game["covers_shots"], game["covers_props"]) == (
        True,
        True,
        False,
    )


def test_box_scores_cover_all_games_of_their_season_and_type_shots_the_games_they_have(
    tmp_path: Path,
) -> None:
    """580 of 1,230 games of a season had shots,
    and the other 650 counted as shots that were lost."""
    rows = (
        team_rows()
        + team_rows("DEN", "LAL", OTHER)
        + team_rows(game="0012400001", date="2024-10-10")
    )
    write(tmp_path / "teams.csv", rows)
    write(tmp_path / "players.csv", player_rows())
    write(tmp_path / "shots.csv", [shot_row()])
    covered = {
        game: (row["covers_player_box"], row["covers_shots"])
        for game, row in games(tmp_path).items()
    }
    assert covered == {
        GAME: (True, True),
        OTHER: (True, False),
        "0012400001": (False, False),
    }


def test_shots_that_come_later_cover_their_game_and_keep_the_others_covered(
    tmp_path: Path,
) -> None:
    write(tmp_path / "teams.csv", team_rows() + team_rows("DEN", "LAL", OTHER))
    write(tmp_path / "players.csv", player_rows())
    write(tmp_path / "shots.csv", [shot_row()])
    known = read(tmp_path).tables["schedule"]
    (tmp_path / "shots.csv").unlink()
    assert games(tmp_path, known) == {}
    write(tmp_path / "more.csv", [shot_row(GAME_ID=OTHER, TEAM_ID=1610612743)])
    assert {
        game: row["covers_shots"] for game, row in games(tmp_path, known).items()
    } == {OTHER: True}


def test_a_new_game_is_covered_as_its_kind_is(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "players.csv", player_rows())
    known = read(tmp_path).tables["schedule"]
    write(tmp_path / "more.csv", team_rows(game="0022400063", date="2024-10-24"))
    new = games(tmp_path, known)
    assert list(new) == ["0022400063"]
    assert new["0022400063"]["covers_player_box"]


def test_coverage_of_props_is_carried_on(tmp_path: Path, ordinary: Path) -> None:
    write(tmp_path / "players.csv", player_rows())
    assert games(tmp_path, known_schedule(ordinary, covers_props=True))[GAME][
        "covers_props"
    ]


def test_what_a_schedule_file_told_outlives_new_team_rows(ordinary: Path) -> None:
    tip_off = datetime(2024, 10, 22, 23, 30, tzinfo=UTC)
    known = known_schedule(ordinary, status="live", tip_off=tip_off, neutral_site=False)
    game = games(ordinary, known)[GAME]
    assert (game["status"], game["tip_off"], game["neutral_site"]) == (
        "final",
        tip_off,
        False,
    )


def test_a_game_that_moved_gets_its_new_date_and_loses_its_old_tip_off(
    tmp_path: Path, ordinary: Path
) -> None:
    known = known_schedule(ordinary, tip_off=datetime(2024, 10, 22, 23, 30, tzinfo=UTC))
    write(tmp_path / "teams.csv", team_rows(date="2025-01-15"))
    game = games(tmp_path, known)[GAME]
    assert (game["game_date"], game["tip_off"]) == (date(2025, 1, 15), None)


def test_loading_what_is_known_changes_no_game(tmp_path: Path) -> None:
    write(tmp_path / "schedule.csv", [schedule_row()])
    write(tmp_path / "teams.csv", team_rows() + team_rows("DEN", "LAL", OTHER))
    write(tmp_path / "players.csv", player_rows())
    first = read(tmp_path)
    again = read(tmp_path, held=Held(first.tables["schedule"]))
    assert again.tables["schedule"].num_rows == 0
    assert again.tables["player_box"] == first.tables["player_box"]


@pytest.mark.parametrize(
    "day", ["9999-12-31", "0001-01-01", "2023-10-22", "2026-03-01"]
)
def test_a_date_outside_of_its_game_s_season_is_rejected(
    tmp_path: Path, day: str
) -> None:
    """A game of the year 9999 was taken, and no command could count the days behind it."""
    write(tmp_path / "schedule.csv", [schedule_row(gameDateEst=f"{day}T00:00:00Z")])
    write(tmp_path / "teams.csv", team_rows(date=day))
    load = read(tmp_path)
    assert load.tables["schedule"].num_rows == 0
    assert set(load.rejects_by_reason()) == {"season_contradiction"}
