"""Two real seasons: what is loaded, what is rejected and refused, and nothing else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from planning.raw_load import Held, RawLoad
from sources.nba_stats import read


@pytest.fixture(scope="module")
def load(real_seasons: RawLoad) -> RawLoad:
    return real_seasons


def test_every_row_of_the_real_files_is_loaded_but_one(load: RawLoad) -> None:
    assert {name: table.num_rows for name, table in load.tables.items()} == {
        "schedule": 2798,
        "team_box": 5596,
        "player_box": 26_401 + 26_306,
        "shots": 218_701 + 219_527,
        "players": 694,
    }


def test_f02_the_stub_row_beside_a_real_one_is_the_only_reject(load: RawLoad) -> None:
    (reject,) = load.rejects.to_pylist()
    assert (reject["game_id"], reject["value"], reject["reason"]) == (
        "0012300036",
        "NYK",
        "stub_row",
    )


def test_the_cut_response_is_refused_with_its_last_game(load: RawLoad) -> None:
    (refused,) = load.refused
    assert Path(refused.file).name == "shots_raw_truncated_2024.parquet"
    assert (
        "cut by the API at exactly 102,400 rows; last game 0022300575 ends in period 1"
        in refused.reason
    )


def test_ids_without_their_zeros_are_said_to_be_repaired(load: RawLoad) -> None:
    notes = {Path(f.file).stem: f.note for f in load.files if f.note}
    assert notes == {
        "shots_2024": "218,701 ids had lost their leading zeros: repaired",
        "shots_2025": "219,527 ids had lost their leading zeros: repaired",
    }


def test_the_schedule_has_every_game_of_every_type_all_final(load: RawLoad) -> None:
    rows = load.tables["schedule"].to_pylist()
    assert Counter((row["season"], row["game_type"]) for row in rows) == {
        (2023, "1"): 73,
        (2023, "2"): 1230,
        (2023, "3"): 5,
        (2023, "4"): 82,
        (2023, "5"): 6,
        (2023, "6"): 1,
        (2024, "1"): 73,
        (2024, "2"): 1230,
        (2024, "3"): 7,
        (2024, "4"): 84,
        (2024, "5"): 6,
        (2024, "6"): 1,
    }
    assert {row["status"] for row in rows} == {"final"}
    for row in rows:
        assert (
            row["covers_player_box"] == row["covers_shots"] == (row["game_type"] == "2")
        )


def test_neutral_games_are_at_their_designated_home(load: RawLoad) -> None:
    rows = [row for row in load.tables["schedule"].to_pylist() if row["neutral_site"]]
    assert {row["game_id"]: (row["home_team"], row["away_team"]) for row in rows} == {
        "0012400001": ("DEN", "BOS"),
        "0012400005": ("BOS", "DEN"),
        "0012400007": ("TOR", "WAS"),
        "0022400147": ("WAS", "MIA"),
        "0022400621": ("IND", "SAS"),
        "0022400633": ("SAS", "IND"),
        "0022401229": ("MIL", "ATL"),
        "0022401230": ("OKC", "HOU"),
        "0062400001": ("OKC", "MIL"),
    }


def test_shots_are_as_many_as_the_box_scores_attempts_but_for_three_games(
    load: RawLoad,
) -> None:
    tables = {"box": load.tables["player_box"], "shots": load.tables["shots"]}
    with duckdb.connect() as con:
        for name, table in tables.items():
            con.register(name, table)
        differences = con.execute(
            """
            SELECT shots - fga, count(*) FROM
              (SELECT game_id, sum(fga) AS fga FROM box GROUP BY ALL)
              JOIN (SELECT game_id, count(*) AS shots FROM shots GROUP BY ALL) USING (game_id)
            GROUP BY ALL ORDER BY ALL
            """
        ).fetchall()
    assert sum(n for _, n in differences) == 2460
    assert differences == [(-1, 2), (0, 2457), (1, 1)]


def test_reading_again_gives_the_same_load_and_changes_no_game(
    shared_data: Path, load: RawLoad
) -> None:
    again = read(shared_data / "nba", held=Held(load.tables["schedule"]))
    assert again.tables["schedule"].num_rows == 0
    for table in ("team_box", "player_box", "shots", "players"):
        assert again.tables[table] == load.tables[table]
    assert (again.rejects, again.files, again.refused) == (
        load.rejects,
        load.files,
        load.refused,
    )


def test_a_real_file_as_csv_gives_the_rows_of_its_parquet(
    shared_data: Path, tmp_path: Path
) -> None:
    nba = shared_data / "nba"
    loads = []
    for suffix in ("parquet", "csv"):
        folder = tmp_path / suffix
        folder.mkdir()
        for name in ("team_box_all_types_2025", "player_box_2025"):
            options = "" if suffix == "parquet" else "(HEADER, DELIMITER ',')"
            duckdb.execute(
                f"COPY (FROM '{nba}/{name}.parquet') TO '{folder}/{name}.{suffix}' {options}"
            )
        loads.append(read(folder, seasons=[2024]))
    assert loads[0].tables == loads[1].tables
    assert loads[0].tables["player_box"].num_rows == 26_306
