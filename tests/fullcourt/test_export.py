"""`fullcourt export` as a person uses it: files, manifest, refusals, what it leaves alone."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from planning.selection import Selection
from processors.discovery import load
from runs import export as export_module
from runs.export_files import TableFiles
from runs.judge import judge_phase
from runs.rows import SeasonOfRows
from tests.fullcourt.conftest import Call
from tests.loop import open_warehouse, rows
from tests.warehouse.planting import BAD, PLAYER
from warehouse.duckdb import DuckDBWarehouse

STORE = "ml_feature_store"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def home(computed_file: Path) -> Path:
    """The home of the computed league; who writes to its warehouse takes `own_home`."""
    return computed_file.parent


@pytest.fixture
def own_home(computed_file: Path, tmp_path: Path) -> Path:
    """A home with a copy of it, to do anything to."""
    (tmp_path / "own").mkdir()
    shutil.copy(computed_file, tmp_path / "own")
    return tmp_path / "own"


@contextmanager
def inside(home: Path) -> Iterator[DuckDBWarehouse]:
    warehouse = open_warehouse(path=str(home / "warehouse.duckdb"))
    yield warehouse
    warehouse.close()


def held(folder: Path) -> Files:
    """Every file under a folder, by path."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def exported(
    call: Call, folder: Path, *arguments: str, code: int = 0, **where: Path
) -> str:
    exited, out, err = call("export", *arguments, "--to", str(folder), **where)
    assert exited == code, err
    return out + err


def test_the_files_hold_the_rows_of_the_tables_in_key_order(
    call: Call, home: Path, tmp_path: Path
) -> None:
    said = exported(call, tmp_path / "out", STORE, "player_box", "players")
    assert f"written: {tmp_path / 'out'}, with manifest.json" in said
    assert set(held(tmp_path / "out")) == {
        "manifest.json",
        f"{STORE}.parquet",
        "player_box.parquet",
        "players.parquet",
    }
    found = pq.read_table(tmp_path / "out" / f"{STORE}.parquet")
    with inside(home) as warehouse:
        sql = f"SELECT * FROM nba_precompute.{STORE} ORDER BY game_date, player_id"
        assert found.to_pylist() == rows(warehouse, sql)
    units = {field.name: (field.metadata or {}).get(b"unit") for field in found.schema}
    assert units["points_avg_last_5"] == b"points"
    assert units["player_id"] is None


def test_the_verdict_quoted_is_the_one_in_force_on_the_dates_taken_out(
    call: Call, own_home: Path, tmp_path: Path
) -> None:
    """A look at the gate of one week stood for a league that another verdict had judged; and a
    later GO of a week says nothing of a NO-GO on the rest."""
    week = Selection(start=date(2023, 11, 13), end=date(2023, 11, 19))

    def quoted(name: str, *dates: str) -> str:
        exported(call, tmp_path / name, PLAYER, *dates, home=own_home)
        return str(manifest_of(tmp_path / name)["verdicts"]["team"]["verdict_id"])

    with inside(own_home) as warehouse:
        whole = judge_phase(warehouse, "team", Selection(), "whole")
        narrow = judge_phase(warehouse, "team", week, "narrow")
    assert "NO-GO" not in (whole.decision, narrow.decision)
    days = ("--start", "2023-11-13", "--end", "2023-11-19")
    assert quoted("all") == whole.made.verdict_id
    assert quoted("week", *days) == narrow.made.verdict_id

    with inside(own_home) as warehouse:
        closed = warehouse.verdicts("team", 1)[0] | {"decision": "NO-GO"}
        at = datetime.now(UTC).isoformat()
        after_it = {"first_date": "2023-11-20", "last_date": "2023-11-30"}
        made = closed["made"] | after_it | {"verdict_id": "closed", "decided_at": at}
        warehouse.record_verdict(closed | {"made": made})
        again = judge_phase(warehouse, "team", week, "again")
    assert quoted("all of it") == "closed"
    assert quoted("that week", *days) == again.made.verdict_id


def test_the_manifest_says_what_the_files_are_and_from_what(
    call: Call, home: Path, tmp_path: Path
) -> None:
    exported(call, tmp_path / "out", STORE, PLAYER, "--end", "2023-11-20")
    manifest = manifest_of(tmp_path / "out")
    with inside(home) as warehouse:
        records = warehouse.records(STORE)[STORE]
    table = manifest["tables"][STORE]
    for day, cell in table["cells"].items():
        entry = records[date.fromisoformat(day)].last
        assert (cell["rows"], cell["content"]) == (
            entry.content.rows,
            entry.content.fingerprint,
        )
        assert (cell["inputs"], table["code"]) == (entry.inputs, entry.code)
    assert sum(cell["rows"] for cell in table["cells"].values()) == table["rows"] > 0
    assert max(table["cells"]) <= "2023-11-20" == manifest["asked_for"]["last"]
    assert table["outcomes"]["bootstrap"] > 0
    contract = load()[STORE].contract
    assert [c["name"] for c in table["columns"]] == [c.name for c in contract.columns]
    assert [c["unit"] for c in table["columns"]] == [c.unit for c in contract.columns]
    assert manifest["verdicts"]["player"]["decision"] == "GO"
    assert manifest["verdicts"]["precompute"] is None
    assert set(manifest["verdicts"]) == {"team", "player", "context", "precompute"}
    assert manifest["made_by"]["libraries"]["pyarrow"] == pa.__version__
    for file in table["files"]:
        data = (tmp_path / "out" / file["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (
            file["bytes"],
            file["sha256"],
        )


@pytest.mark.parametrize(
    "form", [("--format", "csv"), ("--partitioned", "month", "--with-labels")]
)
def test_the_same_warehouse_gives_the_same_bytes_wherever_they_are_written(
    form: tuple[str, ...], call: Call, own_home: Path, tmp_path: Path
) -> None:
    """Whoever trains again has to know whether the data are the same."""
    exported(call, tmp_path / "a", STORE, *form)
    exported(call, tmp_path / "deep" / "b", STORE, *form, home=own_home)
    assert held(tmp_path / "a") == held(tmp_path / "deep" / "b")
    assert str(tmp_path) not in (tmp_path / "a" / "manifest.json").read_text()


def test_csv_tells_null_from_an_empty_text_and_keeps_every_float(
    call: Call, tmp_path: Path
) -> None:
    exported(call, tmp_path / "parquet", STORE)
    exported(call, tmp_path / "csv", STORE, "--format", "csv")
    whole = pq.read_table(tmp_path / "parquet" / f"{STORE}.parquet")
    options = pa_csv.ConvertOptions(
        column_types=whole.schema,
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    read = pa_csv.read_csv(tmp_path / "csv" / f"{STORE}.csv", convert_options=options)
    assert read.to_pylist() == whole.to_pylist()
    assert whole["injury_risk"].null_count == whole.num_rows > 0
    assert (
        "nothing between the commas" in manifest_of(tmp_path / "csv")["files"]["null"]
    )


def test_partitions_are_the_table_cut_by_season_and_by_month(
    call: Call, tmp_path: Path
) -> None:
    exported(call, tmp_path / "one", PLAYER)
    whole = pq.read_table(tmp_path / "one" / f"{PLAYER}.parquet").to_pylist()
    for unit, names in (
        ("season", {"2022", "2023"}),
        ("month", {"2023-04", "2023-10", "2023-11"}),
    ):
        exported(call, tmp_path / unit, PLAYER, "--partitioned", unit)
        files = manifest_of(tmp_path / unit)["tables"][PLAYER]["files"]
        assert names <= {Path(file["path"]).stem for file in files}
        parts = [
            pq.read_table(tmp_path / unit / file["path"]).to_pylist() for file in files
        ]
        assert [row for part in parts for row in part] == whole


def test_labels_are_the_points_of_players_who_played(
    call: Call, tmp_path: Path
) -> None:
    said = exported(call, tmp_path / "out", STORE, "--with-labels")
    exported(call, tmp_path / "all", STORE, PLAYER)
    labelled = pq.read_table(tmp_path / "out" / f"{STORE}.parquet").to_pylist()
    scored = {
        (row["game_id"], row["player_id"]): row["pts"]
        for row in pq.read_table(tmp_path / "all" / f"{PLAYER}.parquet").to_pylist()
    }
    for row in labelled:
        assert row["label_points"] == scored[row["label_game_id"], row["player_id"]]
    of = manifest_of(tmp_path / "out")["labels"]["tables"][STORE]
    every = pq.read_table(tmp_path / "all" / f"{STORE}.parquet").num_rows
    assert of["labelled"] == len(labelled) < every
    assert of["labelled"] + of["did_not_play"] + len(of["kept_out"]) == every
    assert f"{len(labelled)} rows labelled" in said


def test_a_player_who_played_for_another_team_is_kept_out_and_named(
    call: Call, own_home: Path, tmp_path: Path
) -> None:
    """His points were scored in a game that his features do not speak of."""
    exported(call, tmp_path / "before", STORE, "--with-labels")
    moved = f"UPDATE nba_analytics.{PLAYER} SET team = 'FEN' WHERE game_date = $day"
    with inside(own_home) as warehouse:
        rows(warehouse, f"{moved} AND player_id = 101", day=BAD)
    asked = (STORE, "--with-labels", "--as-is")
    said = exported(call, tmp_path / "after", *asked, home=own_home)
    of = manifest_of(tmp_path / "after")["labels"]["tables"][STORE]
    (row,) = of["kept_out"]
    assert (row["date"], row["player_id"], row["played_team"]) == (str(BAD), 101, "FEN")
    assert row["expected_team"] == "ASH"
    assert f"{BAD} player 101: expected for ASH in" in said
    before = manifest_of(tmp_path / "before")["labels"]["tables"][STORE]["labelled"]
    assert of["labelled"] == before - 1


def test_cells_that_are_not_fresh_are_refused_and_nothing_is_written(
    call: Call, own_home: Path, tmp_path: Path
) -> None:
    with inside(own_home) as warehouse:
        table = f"nba_analytics.{PLAYER}"
        rows(
            warehouse,
            f"UPDATE {table} SET pts = pts + 1 WHERE game_date = $day",
            day=BAD,
        )
    said = exported(call, tmp_path / "out", PLAYER, code=4, home=own_home)
    assert f"1 cell is not fresh: {PLAYER} {BAD} is damaged (its " in said
    assert f" backfill --table {PLAYER} --dates {BAD}; --as-is" in said
    assert list(tmp_path.iterdir()) == [own_home]
    out = exported(call, tmp_path / "out", PLAYER, "--as-is", home=own_home)
    (cell,) = manifest_of(tmp_path / "out")["not_fresh"]
    assert (cell["table"], cell["date"], cell["stands"]) == (
        PLAYER,
        str(BAD),
        "damaged",
    )
    assert manifest_of(tmp_path / "out")["as_is"] is True
    assert f"not fresh: {PLAYER} {BAD} is damaged" in out
    elsewhere = exported(
        call, tmp_path / "fresh", PLAYER, "--end", "2023-11-01", home=own_home
    )
    assert "not fresh" not in elsewhere


def test_what_stands_on_a_cell_that_is_not_fresh_is_not_fresh(
    call: Call, own_home: Path, tmp_path: Path
) -> None:
    with inside(own_home) as warehouse:
        table = f"nba_analytics.{PLAYER}"
        rows(
            warehouse,
            f"UPDATE {table} SET pts = pts + 1 WHERE game_date = $day",
            day=BAD,
        )
    said = exported(
        call, tmp_path / "out", STORE, "--start", str(BAD), code=4, home=own_home
    )
    assert "is upstream_missing" in said
    assert " report names what the gaps wait for" in said


def test_raw_rows_that_changed_behind_the_ledgers_back_are_not_fresh(
    call: Call, own_home: Path, tmp_path: Path
) -> None:
    """By the ledger everything computed from them is fresh still."""
    with inside(own_home) as warehouse:
        sql = "UPDATE nba_raw.player_box SET pts = pts + 1 WHERE game_date = $day"
        rows(warehouse, sql, day=BAD)
    said = exported(call, tmp_path / "out", STORE, code=4, home=own_home)
    assert f"player_box {BAD} is unobserved" in said
    assert " plan puts raw changes on record" in said
    exported(call, tmp_path / "early", STORE, "--end", "2023-11-20", home=own_home)


def test_a_folder_that_holds_something_else_is_left_alone(
    call: Call, tmp_path: Path
) -> None:
    mine = tmp_path / "out"
    mine.mkdir()
    (mine / "notes.txt").write_text("mine")
    said = exported(call, mine, PLAYER, code=2)
    assert "holds something else than an export" in said
    assert held(tmp_path) == {"out/notes.txt": b"mine"}


def test_an_export_replaces_an_earlier_one_that_nobody_added_to(
    call: Call, tmp_path: Path
) -> None:
    exported(call, tmp_path / "out", PLAYER)
    exported(call, tmp_path / "out", "team_box")
    assert set(held(tmp_path)) == {"out/manifest.json", "out/team_box.parquet"}
    (tmp_path / "out" / "notes.txt").write_text("mine")
    exported(call, tmp_path / "out", PLAYER, code=2)
    assert "out/notes.txt" in held(tmp_path)


def test_an_export_that_is_interrupted_leaves_what_was_there(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(call, tmp_path / "out", PLAYER)
    before = held(tmp_path)

    class Interrupted(TableFiles):
        def write(self, part: SeasonOfRows) -> None:
            super().write(part)
            raise KeyboardInterrupt

    monkeypatch.setattr(export_module, "TableFiles", Interrupted)
    for folder in ("out", "new"):
        exported(call, tmp_path / folder, STORE, code=130)
    assert held(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("player_cache",), "no table named player_cache; the tables are: "),
        ((PLAYER, PLAYER), f"named twice: {PLAYER}"),
        ((PLAYER, "--with-labels"), "player_game_summary has no labels"),
        ((PLAYER, "--start", "2030-01-01"), "has no game from 2030-01-01 on"),
        ((PLAYER, "--dates", "2023-07-01"), "has no game on 2023-07-01"),
        (
            (PLAYER, "--last-days", "3", "--end", "2023-11-01"),
            "name the dates in one way",
        ),
        ((PLAYER, "--format", "xlsx"), "'xlsx' is not one of"),
        ((), "Missing argument 'TABLE...'"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_2(
    arguments: tuple[str, ...], said: str, call: Call, tmp_path: Path
) -> None:
    answer = exported(call, tmp_path / "out", *arguments, code=2)
    assert said in answer
    assert "Traceback" not in answer
    assert not (tmp_path / "out").exists()
