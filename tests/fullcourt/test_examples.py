"""Every script of examples/ runs, and says what is true of the small league."""

from __future__ import annotations

import runpy
import shutil
import sys
from pathlib import Path

import pytest

from tests.fullcourt.conftest import Call
from tests.loop import compute, open_warehouse, rows
from tests.warehouse.planting import BAD, PLAYER

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TRIED = {"model_frame", "player_calendar", "correction"}


@pytest.fixture(scope="module")
def home(computed_file: Path) -> Path:
    return computed_file.parent


def printed(
    name: str,
    *arguments: object,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str:
    """What a script prints, run as a person runs it."""
    path = str(EXAMPLES / f"{name}.py")
    monkeypatch.setattr(sys, "argv", [path, *map(str, arguments)])
    capsys.readouterr()
    runpy.run_path(path, run_name="__main__")
    return capsys.readouterr().out


def points_of(line: str) -> int:
    """The points that a line of a calendar tells."""
    return int(line.partition(" points in")[0].split()[-1])


def test_every_example_is_tried_here() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == TRIED


def test_the_feature_store_becomes_a_frame_to_learn_from(
    computed_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = (f"duckdb:{computed_file}", "2023-11-15", "2023-11-22")
    said = printed("model_frame", *asked, monkeypatch=monkeypatch, capsys=capsys)
    for split in ("train", "validation", "test"):
        assert f"\n{split}: " in f"\n{said}"
    assert " rows of 33 features, " in said
    off = float(said.partition("off by ")[2].split()[0])
    assert 0 < off < 20


@pytest.mark.parametrize(
    ("dates", "empty"),
    [
        (("2023-10-24", "2023-11-22"), "train (before 2023-10-24)"),
        (("2023-11-15", "2030-01-01"), "test (from 2030-01-01 on)"),
    ],
)
def test_a_frame_without_rows_to_learn_from_is_refused_with_the_range_that_has_rows(
    dates: tuple[str, str],
    empty: str,
    computed_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It printed `train: 0 rows`, and ended as if that were a set."""
    asked = (f"duckdb:{computed_file}", *dates)
    with pytest.raises(SystemExit) as ended:
        printed("model_frame", *asked, monkeypatch=monkeypatch, capsys=capsys)
    said = str(ended.value.code)
    assert said.startswith(f"no row in {empty} of this warehouse: it has rows from ")
    assert "2023-11-" in said


def test_a_players_calendar_has_his_games_and_those_that_he_missed(
    computed_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = (f"duckdb:{computed_file}", 101, "2023-10-24", "2023-11-30")
    said = printed("player_calendar", *asked, monkeypatch=monkeypatch, capsys=capsys)
    with_points = [line for line in said.splitlines() if "points in" in line]
    warehouse = open_warehouse(
        path=str(shutil.copy(computed_file, computed_file.parent / "look.duckdb"))
    )
    sql = (
        f"SELECT * FROM nba_analytics.{PLAYER} WHERE player_id = 101 AND season = 2023"
    )
    played = {str(row["game_date"]): row["pts"] for row in rows(warehouse, sql)}
    warehouse.close()
    shown = {
        line.split()[0]: int(line.partition(" points in")[0].split()[-1])
        for line in with_points
    }
    assert shown == {day: pts for day, pts in played.items() if day <= "2023-11-30"}
    nobody = (f"duckdb:{computed_file}", 999999, "2023-10-24", "2023-10-25")
    empty = printed("player_calendar", *nobody, monkeypatch=monkeypatch, capsys=capsys)
    assert empty.startswith("nothing; of 2023-10-24 the warehouse says: ")


def test_two_exports_tell_what_a_correction_changed(
    call: Call,
    computed_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tables = (PLAYER, "ml_feature_store", "players")
    assert call("export", *tables, "--to", str(tmp_path / "before"))[0] == 0
    home = tmp_path / "home"
    home.mkdir()
    warehouse = open_warehouse(path=str(shutil.copy(computed_file, home)))
    box = "UPDATE nba_raw.player_box SET ftm = ftm + 1, fta = fta + 1, pts = pts + 1"
    rows(warehouse, f"{box} WHERE game_date = $day AND player_id = 101", day=BAD)
    warehouse.observe("correction")
    compute(
        warehouse,
        dates=[
            day for day in warehouse.contents("ml_feature_store") if day and day >= BAD
        ],
    )
    warehouse.close()
    done = call(
        "export", *tables, "--to", str(tmp_path / "after"), "--as-is", home=home
    )
    assert done[0] == 0, done[2]
    asked = (tmp_path / "before", tmp_path / "after")
    said = printed("correction", *asked, monkeypatch=monkeypatch, capsys=capsys)
    assert f"{PLAYER}: 1 of " in said
    (line,) = [line for line in said.splitlines() if ", 101)" in line and "pts" in line]
    assert "ftm " in line
    assert "players: 0 of 1 cells changed" in said
    changed = int(said.partition("ml_feature_store: ")[2].split()[0])
    assert changed > 0
