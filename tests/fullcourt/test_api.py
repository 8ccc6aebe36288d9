"""`import fullcourt`: light, typed, reads and lets go."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path

import pyarrow as pa
import pytest

import fullcourt
from fullcourt.cli.app import run
from planning.why import Explanation, RawExplanation
from tests.loop import open_warehouse, rows
from tests.warehouse.planting import BAD, PLAYER

ROOT = Path(__file__).resolve().parents[2]
STORE = "ml_feature_store"
FORBIDDEN = ("prefect", "google", "duckdb", "pyarrow", "sqlglot", "pydantic")
LIGHT = f"""
import sys
import fullcourt
heavy = sorted({{m.split(".")[0] for m in sys.modules}} & set({FORBIDDEN!r}))
sys.exit(f"imported: {{heavy}}" if heavy else 0)
"""
WITHOUT_PREFECT = """
import sys
import fullcourt
with fullcourt.open(sys.argv[1]) as warehouse:
    assert len(warehouse.table("players").between()) > 0
assert "pyarrow" in sys.modules
heavy = sorted({m.split(".")[0] for m in sys.modules} & {"prefect", "google"})
sys.exit(f"imported: {heavy}" if heavy else 0)
"""
HOLD = """
import sys, time
from tests.loop import open_warehouse
warehouse = open_warehouse(path=sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def address(computed_file: Path) -> str:
    return f"duckdb:{computed_file}"


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_importing_it_imports_neither_prefect_nor_a_database() -> None:
    done = python(LIGHT)
    assert done.returncode == 0, done.stderr


def test_reading_a_file_needs_neither_prefect_nor_google(address: str) -> None:
    done = python(WITHOUT_PREFECT, address)
    assert done.returncode == 0, done.stderr


def test_every_name_that_it_promises_is_there() -> None:
    for name in fullcourt.__all__:
        assert getattr(fullcourt, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        fullcourt.opne  # type: ignore[attr-defined]  # noqa: B018


def test_status_why_and_verdict_are_what_the_commands_say(address: str) -> None:
    with fullcourt.open(address) as warehouse:
        parts = warehouse.status(tables=[STORE], start="2023-11-01")
        assert [(part.table, part.season, part.gaps) for part in parts] == [
            (STORE, 2023, 0)
        ]
        assert parts[0].done > 0
        found = warehouse.why(STORE, "2023-11-25", with_query=True)
        assert isinstance(found, Explanation)
        assert found.standing.outcome == "done"
        assert "SELECT" in (found.query or "")
        assert isinstance(warehouse.why("player_box", BAD), RawExplanation)
        verdict = warehouse.verdict("player")
        assert verdict is not None
        assert verdict.decision == "GO"
        assert warehouse.verdict("team") is None
        assert warehouse.verdict("train") is None


def test_rows_are_arrow_between_two_dates_with_the_columns_asked_for(
    address: str,
) -> None:
    with fullcourt.open(address) as warehouse:
        table = warehouse.table(PLAYER)
        few = table.between(
            "2023-11-18", BAD, columns=["game_date", "player_id", "pts"]
        )
        one = table.on(BAD)
    assert pa.table(few).equals(few.to_arrow())
    assert few.to_arrow().column_names == ["game_date", "player_id", "pts"]
    days = {row["game_date"] for row in few.to_pylist()}
    assert max(days) == BAD
    assert {row["game_date"] for row in one.to_pylist()} == {BAD}
    assert 0 < len(one) < len(few)
    assert "points" in {column.unit for column in table.columns}


def test_frames_are_made_by_the_library_that_is_there_and_else_it_is_named(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fullcourt.open(address) as warehouse:
        found = warehouse.table("players").between()
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(fullcourt.ConfigError, match="polars is not installed here"):
        found.to_polars()
    there = types.SimpleNamespace(from_arrow=lambda table: ("frame", table.num_rows))
    monkeypatch.setitem(sys.modules, "polars", there)
    assert found.to_polars() == ("frame", len(found))


def test_a_training_set_is_split_by_date_with_a_day_between(address: str) -> None:
    with fullcourt.open(address) as warehouse:
        found = warehouse.training_set(
            validation_from="2023-11-15", test_from="2023-11-22"
        )
        every = len(warehouse.table(STORE).between(columns=["player_id"]))
    assert sum(found.counts.values()) == len(found)
    assert (
        len(found) + found.left_out + found.did_not_play + len(found.kept_out) == every
    )
    assert found.left_out > 0
    days = {name: {str(d) for d in _days(found.split(name))} for name in found.counts}
    assert max(days["train"]) < "2023-11-14"
    assert (
        "2023-11-15"
        <= min(days["validation"])
        <= max(days["validation"])
        < "2023-11-21"
    )
    assert min(days["test"]) >= "2023-11-22"
    assert len(found.features) == 33
    assert {found.label, "split"} <= set(found.to_arrow().column_names)
    assert found.manifest["splits"]["rows"] == found.counts


def _days(found: fullcourt.Rows) -> list[object]:
    return [row["game_date"] for row in found.to_pylist()]


def test_rows_that_are_not_fresh_are_refused_or_listed(
    computed_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(computed_file.read_bytes())
    opened = open_warehouse(path=str(path))
    table = f"nba_analytics.{PLAYER}"
    rows(opened, f"UPDATE {table} SET pts = pts + 1 WHERE game_date = $day", day=BAD)
    opened.close()
    with fullcourt.open(f"duckdb:{path}") as warehouse:
        with pytest.raises(fullcourt.NotFreshError, match=f"{PLAYER} {BAD} is damaged"):
            warehouse.table(PLAYER).between(BAD, BAD)
        found = warehouse.table(PLAYER).between(BAD, BAD, as_is=True)
        assert [cell.day for cell in found.not_fresh] == [BAD]
        with pytest.raises(fullcourt.NotFreshError):
            warehouse.training_set(validation_from="2023-11-15", test_from="2023-11-22")


def test_the_file_is_free_between_the_calls(
    computed_file: Path, tmp_path: Path
) -> None:
    """A notebook that is left open must not keep the nightly backfill out."""
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(computed_file.read_bytes())
    with fullcourt.open(f"duckdb:{path}") as warehouse:
        assert len(warehouse.table("players").between()) > 0
        writer = open_warehouse(path=str(path))
        writer.close()
        assert len(warehouse.table("players").between()) > 0


def test_a_reader_beside_a_writer_is_told_who_writes_and_what_to_do(
    computed_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(computed_file.read_bytes())
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        with (
            pytest.raises(
                fullcourt.LockedWarehouseError, match=f"PID {writer.pid}"
            ) as refused,
            fullcourt.open(f"duckdb:{path}"),
        ):
            pass
        assert "wait for it or stop it" in str(refused.value)
        asked = ["--warehouse", f"duckdb:{path}", "--home", str(tmp_path)]
        assert run([*asked, "export", PLAYER, "--to", str(tmp_path / "out")]) == 2
    with fullcourt.open(f"duckdb:{path}") as warehouse:
        assert warehouse.tables


def test_reading_writes_nothing(computed_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(computed_file.read_bytes())
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with fullcourt.open(f"duckdb:{path}") as warehouse:
            assert len(warehouse.table(STORE).between()) > 0
        assert [file.name for file in tmp_path.iterdir()] == ["warehouse.duckdb"]
        assert path.read_bytes() == computed_file.read_bytes()
    finally:
        tmp_path.chmod(0o755)


def test_bad_input_is_a_config_error_with_what_to_give(
    address: str, tmp_path: Path
) -> None:
    with (
        pytest.raises(fullcourt.ConfigError, match="no such file"),
        fullcourt.open(f"duckdb:{tmp_path / 'none.duckdb'}"),
    ):
        pass
    assert not (tmp_path / "none.duckdb").exists()
    with (
        pytest.raises(fullcourt.ConfigError, match="not a warehouse address"),
        fullcourt.open("sqlite:x"),
    ):
        pass
    with fullcourt.open(address) as warehouse:
        with pytest.raises(fullcourt.ConfigError, match="no table named x"):
            warehouse.table("x")
        with pytest.raises(fullcourt.ConfigError, match="has no column points"):
            warehouse.table(PLAYER).between(columns=["points"])
        with pytest.raises(fullcourt.ConfigError, match="swap them"):
            warehouse.table(PLAYER).between("2023-11-02", "2023-11-01")
        with pytest.raises(fullcourt.ConfigError, match="is no date"):
            warehouse.why(PLAYER, "2023-02-30")
        with pytest.raises(fullcourt.ConfigError, match="leave no day of validation"):
            warehouse.training_set(validation_from="2023-11-22", test_from="2023-11-22")
    with pytest.raises(fullcourt.ConfigError, match="inside the with block"):
        warehouse.status()
