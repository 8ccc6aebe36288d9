"""Codes of teams in other spellings, in small letters, and where no team is known yet."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from planning.raw_load import Held, RawLoad
from sources.nba_stats import read
from sources.nba_stats.teams import league_code
from tests.sources.nba_stats_files import (
    GAME,
    TEAM_IDS,
    Row,
    player_rows,
    raw_shot_row,
    schedule_row,
    team_row,
    team_rows,
    write,
)

NBA = ("BOS", "NYK", "DEN", "LAL", "MIN", "ATL", "CHI")
OWN = ("ASH", "BAY", "COR", "DUN", "ELM", "FEN")


@pytest.fixture(autouse=True)
def ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ids of the teams that are spelled otherwise, too."""
    for spelling, team_id in (("PHO", 1610612756), ("PHX", 1610612756)):
        monkeypatch.setitem(TEAM_IDS, spelling, team_id)


def load(folder: Path, held: Held | None = None, **files: list[Row]) -> RawLoad:
    for name, rows in files.items():
        write(folder / f"{name}.csv", rows)
    return read(folder, held=held or Held())


def pairs(found: RawLoad) -> list[tuple[str, str]]:
    rows = found.tables["schedule"].to_pylist()
    return [(row["home_team"], row["away_team"]) for row in rows]


def coming(pairs: list[tuple[str, str]], status: int = 1) -> list[Row]:
    """A schedule of these games."""
    return [
        schedule_row(home, away, f"00224{number:05}", gameStatus=status)
        for number, (home, away) in enumerate(pairs, 1)
    ]


def test_codes_in_small_letters_are_repaired_and_counted(tmp_path: Path) -> None:
    """Twelve of twelve games were left out, though the schedule named their teams."""
    found = load(tmp_path, schedule=coming([("bos", "Nyk"), ("DEN", "LAL")]))
    assert pairs(found) == [("BOS", "NYK"), ("DEN", "LAL")]
    assert found.files[0].note == (
        "team codes spelled otherwise in 1 row: repaired (Nyk is NYK, bos is BOS)"
    )


def test_small_letters_of_a_made_up_league_are_repaired(tmp_path: Path) -> None:
    found = load(tmp_path, schedule=coming([("ash", "bay"), ("cor", "dun")]))
    assert pairs(found) == [("ASH", "BAY"), ("COR", "DUN")]


def test_another_spelling_is_repaired_in_every_file(tmp_path: Path) -> None:
    """The rows of the log that spelled the team right were rejected and blamed."""
    found = load(
        tmp_path,
        schedule=[schedule_row("BOS", "PHO")],
        teams=team_rows("BOS", "PHX"),
        players=player_rows("BOS", "PHO"),
        shots=[raw_shot_row(team="PHX")],
    )
    assert found.rejects_by_reason() == {}
    assert pairs(found) == [("BOS", "PHX")]
    assert set(found.tables["player_box"]["team"].to_pylist()) == {"BOS", "PHX"}
    assert found.tables["shots"]["team"].to_pylist() == ["PHX"]
    notes = {Path(file.file).stem: file.note for file in found.files}
    assert notes["players"] == (
        "team codes spelled otherwise in 10 rows: repaired (PHO is PHX)"
    )


def test_the_warehouse_s_spelling_of_a_team_stays(tmp_path: Path) -> None:
    """Else a season would hold one team as two."""
    (tmp_path / "before").mkdir()
    known = load(tmp_path / "before", schedule=[schedule_row("BOS", "PHX")])
    schedule = known.tables["schedule"]
    place = schedule.schema.get_field_index("away_team")
    held = Held(
        schedule.set_column(place, schedule.schema.field(place), [["PHO"]]),
        {"team_box": [GAME]},
    )
    other = "0022400077"
    found = load(tmp_path, held, teams=team_rows("BOS", "PHX", other))
    assert pairs(found) == [("BOS", "PHO")]
    assert found.files[0].note.endswith("repaired (PHX is PHO)")


@pytest.mark.parametrize(
    ("season", "code", "team"),
    [
        (2024, "BRK", "BKN"),
        (2010, "BRK", "NJN"),
        (2010, "NJN", "NJN"),
        (2024, "CHO", "CHA"),
        (2012, "NOH", "NOH"),
        (2006, "NOP", "NOK"),
        (2024, "utah", "UTA"),
        (2024, "SEA", "SEA"),
        (1985, "PHO", "PHO"),
        (2024, "ASH", "ASH"),
    ],
)
def test_a_team_has_the_code_of_its_season(season: int, code: str, team: str) -> None:
    assert league_code(season, code) == team


@pytest.mark.parametrize("word", ["XXX", "BYE", "ZZZ", "QRS", "East", "BOS/NYK", "0"])
def test_a_code_of_no_team_is_left_out_until_the_teams_are_known(
    word: str, tmp_path: Path
) -> None:
    """The game was loaded with them, and its real teams were called another league."""
    games = [*combinations(NBA, 2), (word, f"{word}A")]
    found = load(tmp_path, schedule=coming(games))
    assert found.rejects_by_reason() == {"teams_unknown": 1}
    assert len(pairs(found)) == len(games) - 1
    note = found.files[0].note
    assert (
        f"homeTeam_teamTricode is no known team's in 1 row, such as '{word}'; files of "
        "this kind have a team's code such as BOS" in note
    )


def test_a_schedule_of_no_teams_at_all_costs_no_file(tmp_path: Path) -> None:
    games = [("XXX", "XXXA"), ("bye", "BYEA"), ("UNK", "UNK"), ("bos", "BOS")]
    found = load(tmp_path, schedule=coming(games))
    assert found.refused == ()
    assert found.rejects_by_reason() == {"teams_unknown": 3, "team_plays_itself": 1}


def test_a_league_of_other_codes_is_taken(tmp_path: Path) -> None:
    """A list of the NBA's teams must not refuse it, on its first day either."""
    games = [("ASH", "BAY"), ("COR", "DUN"), ("SEA", "OKC")]
    found = load(tmp_path, schedule=coming(games))
    assert pairs(found) == games


def test_a_code_that_plays_once_where_others_play_often_is_left_out(
    tmp_path: Path,
) -> None:
    games = [*combinations(OWN, 2), ("QFA", "QFB")]
    found = load(tmp_path, schedule=coming(games))
    assert found.rejects_by_reason() == {"teams_unknown": 1}


def test_a_new_team_of_the_nba_is_one_by_whom_it_meets(tmp_path: Path) -> None:
    games = [*combinations(NBA, 2), *(("LVG", team) for team in NBA)]
    assert pairs(load(tmp_path, schedule=coming(games))) == games


def test_box_scores_make_a_team_of_any_code(tmp_path: Path) -> None:
    row = team_row("BOS", "BOS vs. QRS")
    other = row | {
        "TEAM_ID": 12,
        "TEAM_ABBREVIATION": "QRS",
        "MATCHUP": "QRS @ BOS",
        "WL": "L",
    }
    found = load(tmp_path, schedule=[schedule_row("BOS", "QRS")], teams=[row, other])
    assert pairs(found) == [("BOS", "QRS")]
    assert found.rejects_by_reason() == {}


@pytest.mark.parametrize("name", ["Celtics", "BSX"])
def test_a_played_game_with_an_unknown_code_names_column_example_and_expected(
    name: str, tmp_path: Path
) -> None:
    games = [*combinations(NBA, 2), (name, "NYK")]
    found = load(tmp_path, schedule=coming(games, status=3))
    assert found.rejects_by_reason() == {"bad_team": 1}
    assert (
        f"homeTeam_teamTricode is no known team's in 1 row, such as '{name}'; files of "
        "this kind have a team's code such as BOS" in found.files[0].note
    )


def test_clubs_of_the_preseason_are_teams(tmp_path: Path) -> None:
    row = schedule_row("BOS", "RMD", "0012400001", gameStatus=1)
    games = coming([*combinations(NBA, 2)])
    assert ("BOS", "RMD") in pairs(load(tmp_path, schedule=[*games, row]))
