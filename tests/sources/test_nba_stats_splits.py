"""One load however its rows are split over files, and whose league it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import SourceError
from planning.raw_load import Held, RawLoad
from runs.ingest import to_ingested
from runs.mixing import refuse_to_mix
from runs.sides import Completed
from sources.nba_stats import read
from tests.sources.nba_stats_files import (
    GAME,
    Row,
    player_rows,
    shot_row,
    team_row,
    team_rows,
    write,
)

OTHER = "0022400062"
TEAMS = team_rows() + team_rows("DEN", "LAL", OTHER)
PLAYERS = player_rows() + player_rows("DEN", "LAL", OTHER)
SHOTS = [
    shot_row(
        row["PLAYER_ID"], row["TEAM_ABBREVIATION"], row["GAME_ID"], SECS_LEFT=second
    )
    for row in PLAYERS
    for second in (10, 20)
]


def unit_of_shot(row: Row) -> str:
    return f"{row['GAME_ID']} {row['PLAYER_ID']}"


@cache
def whole() -> RawLoad:
    with TemporaryDirectory() as folder:
        return split(Path(folder), [TEAMS, PLAYERS, SHOTS])


def split(folder: Path, files: Sequence[Sequence[Row]]) -> RawLoad:
    for number, rows in enumerate(files):
        if rows:
            write(folder / f"{number:02}.csv", rows)
    return read(folder)


@settings(max_examples=6, deadline=None)
@given(st.data())
def test_any_partition_of_the_rows_over_files_loads_the_same_tables(
    data: st.DataObject,
) -> None:
    """Thirty files of one team each were called contradictory, and nothing was loaded."""
    parts: dict[tuple[str, int], list[Row]] = {}
    places: dict[str, int] = {}
    for kind, rows in (("team", TEAMS), ("player", PLAYERS), ("shot", SHOTS)):
        for place, row in enumerate(rows):
            unit = unit_of_shot(row) if kind == "shot" else f"{kind} {place}"
            if unit not in places:
                places[unit] = data.draw(st.integers(0, 2))
            parts.setdefault((kind, places[unit]), []).append(row)
    files = data.draw(st.permutations(list(parts.values())))
    with TemporaryDirectory() as folder:
        load = split(Path(folder), files)
    assert load.refused == ()
    assert load.rejects.num_rows == 0
    assert load.tables == whole().tables


def test_files_that_overlap_with_equal_rows_load_them_once(tmp_path: Path) -> None:
    load = split(
        tmp_path, [TEAMS[:3], TEAMS[1:], PLAYERS[:12], PLAYERS[5:], SHOTS, SHOTS[:4]]
    )
    assert load.refused == ()
    assert load.tables == whole().tables


def test_a_few_players_of_a_game_that_the_warehouse_holds_are_taken(
    tmp_path: Path,
) -> None:
    """They were left out as half of a game of which the warehouse had no more."""
    files = [PLAYERS[:1], SHOTS[:2]]
    for number, rows in enumerate(files):
        write(tmp_path / f"{number}.csv", rows)
    held = {table: [GAME] for table in ("team_box", "player_box", "shots")}
    load = read(tmp_path, held=Held(whole().tables["schedule"], held))
    assert load.rejects_by_reason() == {}
    assert [load.tables[table].num_rows for table in held] == [0, 1, 2]


def test_a_whole_game_replaces_what_is_held(tmp_path: Path) -> None:
    held = {table: [GAME, OTHER] for table in ("team_box", "player_box", "shots")}
    for number, rows in enumerate((TEAMS, PLAYERS, SHOTS)):
        write(tmp_path / f"{number}.csv", rows)
    assert read(tmp_path, held=Held(games=held)).tables == whole().tables


@pytest.mark.parametrize("league", ["20", "10", "15"])
def test_games_of_other_leagues_are_left_out_counted_and_no_loss(
    tmp_path: Path, league: str
) -> None:
    other = [row | {"GAME_ID": league + row["GAME_ID"][2:]} for row in TEAMS]
    write(tmp_path / "teams.csv", other * 20 + TEAMS)
    load = read(tmp_path)
    assert load.refused == ()
    assert load.rejects_by_reason() == {"other_league": 80}
    assert load.tables["team_box"].num_rows == 4
    assert to_ingested(Completed(load, [], []), {})["lost"] == 0


def schedule(home: str, away: str) -> pa.Table:
    return pa.table({"game_id": [GAME], "home_team": [home], "away_team": [away]})


@pytest.mark.parametrize(
    "known", [("TBD", "NYK"), ("", ""), ("NYK", "NYK"), ("NYK", "BOS")]
)
def test_teams_that_become_known_or_change_sides_are_no_other_league(
    known: tuple[str, str],
) -> None:
    refuse_to_mix(schedule(*known), schedule("BOS", "NYK"), "duckdb:w")


def test_other_teams_that_were_known_are_another_league() -> None:
    with pytest.raises(SourceError, match="holds another league"):
        refuse_to_mix(schedule("BOS", "DEN"), schedule("BOS", "NYK"), "duckdb:w")


def test_another_spelling_of_a_team_is_no_other_league() -> None:
    refuse_to_mix(schedule("BOS", "PHO"), schedule("PHX", "BOS"), "duckdb:w")


def test_an_unknown_code_in_a_team_s_place_is_told_as_a_spelling() -> None:
    """It was called another league, to be given a file of its own."""
    with pytest.raises(SourceError, match="where NYX stands for NYK") as refused:
        refuse_to_mix(schedule("BOS", "NYK"), schedule("BOS", "NYX"), "duckdb:w")
    assert "another league" not in str(refused.value)


@pytest.mark.parametrize("known", [("XXX", "XXXA"), ("BYE", "NYK"), ("QFA", "QFB")])
def test_codes_without_box_scores_that_play_once_may_become_teams(
    known: tuple[str, str],
) -> None:
    refuse_to_mix(schedule(*known), schedule("BOS", "NYK"), "duckdb:w")


def test_made_up_teams_with_box_scores_are_another_league() -> None:
    with pytest.raises(SourceError, match="holds another league"):
        refuse_to_mix(
            schedule("ASH", "BAY"), schedule("COR", "DUN"), "duckdb:w", [GAME]
        )


def test_a_row_without_a_game_is_left_out_and_costs_nothing(tmp_path: Path) -> None:
    average = dict.fromkeys(SHOTS[0], "") | {"BASIC_ZONE": "Mid-Range"}
    load = split(tmp_path, [TEAMS, PLAYERS, [*SHOTS, average]])
    assert load.rejects_by_reason() == {"no_game": 1}
    assert load.tables == whole().tables


def test_a_contradicting_key_in_two_files_refuses_both(tmp_path: Path) -> None:
    load = split(tmp_path, [TEAMS, [team_row("BOS", "BOS vs. NYK", AST=30)]])
    assert len(load.refused) == 2
