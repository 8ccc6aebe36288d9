"""Files of single teams and of a few players, loaded one after another, complete each other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest

import runs.ingest
from planning.raw_load import Held, RawLoad
from processors.raw_schemas import schema
from reports.ingest import changed_words, kept_words, removed_words
from sources.nba_stats import NbaStatsFiles
from sources.port import OnPart
from tests.loop import rows
from tests.sources.answers import box_score, schedule
from tests.sources.nba_stats_files import (
    GAME,
    Row,
    player_rows,
    raw_shot_row,
    schedule_row,
    team_rows,
    write,
)
from warehouse.connections import open_warehouse
from warehouse.duckdb import DuckDBWarehouse

Ingest = Callable[..., dict[str, Any]]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty warehouse."""
    return f"duckdb:{tmp_path / 'nba.duckdb'}"


@pytest.fixture
def warehouse(url: str) -> Iterator[DuckDBWarehouse]:
    """The warehouse, held open."""
    with open_warehouse(url) as found:
        yield cast(DuckDBWarehouse, found)


@pytest.fixture
def ingest(tmp_path: Path, url: str, warehouse: DuckDBWarehouse) -> Ingest:
    """Load a folder that holds one file per keyword."""
    numbers = iter(range(100))

    def load(**files: list[Row]) -> dict[str, Any]:
        folder = tmp_path / f"load-{next(numbers)}"
        folder.mkdir()
        for name, listed in files.items():
            write(folder / f"{name}.csv", listed)
        return cast(dict[str, Any], runs.ingest.ingest(url, NbaStatsFiles(folder)))

    return load


def of_team(listed: list[Row], team: str) -> list[Row]:
    return [row for row in listed if row["TEAM_ABBREVIATION"] == team]


def sides(warehouse: DuckDBWarehouse, table: str) -> dict[str, int]:
    sql = f"SELECT team, COUNT(*) AS n FROM nba_raw.{table} GROUP BY team ORDER BY team"
    return {row["team"]: row["n"] for row in rows(warehouse, sql)}


def test_the_second_team_s_file_does_not_take_away_the_first_one_s_rows(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    """Two files that complete each other could never both be loaded."""
    ingest(teams=team_rows(), players=player_rows())
    ingest(teams=of_team(team_rows(), "BOS"), players=player_rows())
    assert sides(warehouse, "team_box") == {"BOS": 1, "NYK": 1}


def test_a_team_s_corrected_rows_replace_its_own(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    ingest(teams=team_rows(), players=player_rows())
    ingest(teams=[row | {"AST": 31} for row in of_team(team_rows(), "BOS")])
    found = rows(warehouse, "SELECT team, ast FROM nba_raw.team_box ORDER BY team")
    assert [(row["team"], row["ast"]) for row in found] == [("BOS", 31), ("NYK", 25)]


def test_shots_of_a_second_team_are_numbered_among_those_of_the_first(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    ingest(teams=team_rows(), players=player_rows())
    ingest(shots=[raw_shot_row(380 + i, "BOS") for i in range(5)])
    ingest(shots=[raw_shot_row(520 + i, "NYK", SECONDS_REMAINING=50) for i in range(5)])
    found = rows(
        warehouse, "SELECT team, shot_number FROM nba_raw.shots ORDER BY shot_number"
    )
    assert [row["team"] for row in found] == ["NYK"] * 5 + ["BOS"] * 5
    assert [row["shot_number"] for row in found] == list(range(1, 11))


def test_a_complete_file_replaces_everything(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    sixth = [row | {"PLAYER_ID": row["PLAYER_ID"] + 5} for row in player_rows()]
    ingest(teams=team_rows(), players=[*player_rows(), *sixth])
    ingest(players=player_rows())
    assert sides(warehouse, "player_box") == {"BOS": 5, "NYK": 5}


def lineup() -> list[Row]:
    """Ten players a side, who add up to their team: half of them for each five."""
    halves: list[Row] = []
    for row in player_rows():
        shared = {"MIN": 24, **{name: row[name] // 2 for name in COUNTS}}
        shared["PTS"] = 2 * shared["FGM"] + shared["FG3M"] + shared["FTM"]
        halves.append(row | shared)
        rest = {name: row[name] - shared[name] for name in COUNTS}
        halves.append(
            row | rest | {"MIN": 24, "PLAYER_ID": row["PLAYER_ID"] + SECOND_FIVE}
        )
    return halves


COUNTS = (
    *("FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA", "OREB", "DREB", "REB"),
    *("AST", "STL", "BLK", "TOV", "PF", "PTS"),
)
SECOND_FIVE = 1000


@pytest.mark.parametrize("with_teams", [True, False])
def test_the_second_half_of_the_players_leaves_the_first(
    with_teams: bool, ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    """Five or more a side replaced the side: 132 of 162 rows were gone, and nothing said so."""
    teams = {"teams": team_rows()} if with_teams else {"teams": [schedule_row()]}
    ingest(**teams, first=lineup()[::2])
    done = ingest(second=lineup()[1::2])
    assert sides(warehouse, "player_box") == {"BOS": 10, "NYK": 10}
    (changed,) = done["changed"]
    assert (changed["rows"], changed["added"], done["removed"]) == (10, 10, [])
    (said,) = changed_words([changed])
    assert "10 rows of player_box in 1 final game are new beside those loaded" in said


def test_players_one_by_one_are_all_there(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    """The second was refused, because the warehouse had more of the game: it had as many."""
    ingest(teams=team_rows())
    for row in player_rows():
        done = ingest(player=[row])
        assert done["rejects"] == []
    assert sides(warehouse, "player_box") == {"BOS": 5, "NYK": 5}


def test_a_player_who_is_not_in_the_corrected_box_score_is_removed_and_told(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    wrong = player_rows()[0] | {"PLAYER_ID": 99}
    ingest(teams=team_rows(), players=[*lineup(), wrong])
    done = ingest(players=lineup())
    assert sides(warehouse, "player_box") == {"BOS": 10, "NYK": 10}
    assert (done["changed"], [row["rows"] for row in done["removed"]]) == ([], [1])
    (said,) = removed_words(done["removed"])
    assert said.startswith("1 row of player_box in 1 game, loaded before")
    assert GAME in said


def test_without_the_team_s_row_the_minutes_tell_who_is_too_many(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    wrong = player_rows()[0] | {"PLAYER_ID": 99, "MIN": 12}
    ingest(schedule=[schedule_row()], players=[*lineup(), wrong])
    assert [row["rows"] for row in ingest(players=lineup())["removed"]] == [1]
    assert sides(warehouse, "player_box") == {"BOS": 10, "NYK": 10}


def test_a_correction_of_a_few_players_keeps_the_others(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    ingest(teams=team_rows(), players=player_rows())
    done = ingest(players=[row | {"AST": 6} for row in player_rows()[:3]])
    assert sides(warehouse, "player_box") == {"BOS": 5, "NYK": 5}
    assert [row["rows"] for row in done["changed"]] == [3]
    assert done["removed"] == []
    (said,) = kept_words(done["kept"])
    assert said == (
        f"2 rows of player_box in 1 game, loaded before, stay: without them the sides that these "
        f"files have rows of are not whole ({GAME})"
    )


def test_a_box_score_that_is_whole_and_the_other_team_s_rows_are_not_said_to_be_kept(
    ingest: Ingest,
) -> None:
    """Files of single teams are loaded one after another."""
    ingest(teams=team_rows(), players=player_rows())
    boston = [row for row in player_rows() if row["TEAM_ABBREVIATION"] == "BOS"]
    assert ingest(boston=boston)["kept"] == []
    assert ingest(players=player_rows())["kept"] == []


def test_who_did_not_play_is_not_said_to_be_kept_beside_a_game_log(
    tmp_path: Path, url: str, ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    """A game log never names them: each load of one after box scores would say so."""
    answers = tmp_path / "answers"
    answers.mkdir()
    for name, answer in (("schedule", schedule(schedule_row())), ("box", box_score())):
        (answers / f"{name}.json").write_text(json.dumps(answer))
    runs.ingest.ingest(url, NbaStatsFiles(answers))
    assert ingest(players=player_rows())["kept"] == []
    idle = rows(warehouse, "SELECT 1 FROM nba_raw.player_box WHERE status != 'played'")
    assert len(idle) == 2


def shots_of(players: Iterable[int], count: int) -> list[Row]:
    return [
        raw_shot_row(player, "BOS", SECONDS_REMAINING=second)
        for player in players
        for second in range(count)
    ]


def test_the_shots_of_other_players_leave_those_of_the_first(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    ingest(teams=team_rows(), players=player_rows())
    ingest(shots=shots_of(range(380, 386), 5))
    done = ingest(shots=shots_of(range(386, 392), 5))
    assert (sides(warehouse, "shots"), done["removed"]) == ({"BOS": 60}, [])


def test_shots_that_a_whole_chart_lacks_are_removed_and_told(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    """A shot that was given to another player stayed with the first as well."""
    ingest(teams=team_rows(FGA=60), shots=shots_of([*range(380, 392), 400], 5))
    (removed,) = ingest(shots=shots_of(range(380, 392), 5))["removed"]
    assert (removed["table"], removed["rows"], removed["named"]) == ("shots", 5, [GAME])
    assert sides(warehouse, "shots") == {"BOS": 60}


class Players:
    """A source of one table alone."""

    def read(self, held: Held, on_part: OnPart | None = None) -> RawLoad:
        one = {"player_id": 7, "player_name": "Somebody"}
        return RawLoad({"players": pa.Table.from_pylist([one], schema("players"))})


def test_a_source_of_one_table_needs_no_other(
    warehouse: DuckDBWarehouse, url: str
) -> None:
    done = runs.ingest.ingest(url, Players())
    assert (done["rows"], done["warnings"]) == ({"players": 1}, [])
    assert [row["player_name"] for row in rows(warehouse, "FROM nba_raw.players")] == [
        "Somebody"
    ]
