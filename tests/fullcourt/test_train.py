"""`train`, as a person types it: a set, a model, a report, predictions and their grades."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from core.errors import ConfigError
from planning.labels import features
from runs.exported_set import read_exported_set
from tests.fullcourt.conftest import Call
from tests.league import FIRST_DAY
from tests.loop import open_warehouse, rows
from training import trees
from training.splits import SPLIT

STORE = "ml_feature_store"
REASON = "a small league has no gates"


@pytest.fixture(autouse=True)
def _few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MOST_ROUNDS", 20)


@pytest.fixture(scope="module")
def home(computed_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a copy of the computed league, which predictions are written to."""
    folder = tmp_path_factory.mktemp("train")
    shutil.copy(computed_file, folder)
    return folder


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def exported(call: Call, folder: Path) -> dict[str, Any]:
    code, out, err = call("train", "export", "--to", str(folder), "--json")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def fitted(call: Call, folder: Path, *more: str) -> tuple[int, str, str]:
    return call("train", "fit", str(folder / "set"), "--to", str(folder / "m"), *more)


def test_a_set_has_splits_in_order_and_the_same_bytes_each_time(
    call: Call, tmp_path: Path
) -> None:
    manifest = exported(call, tmp_path / "set")
    assert exported(call, tmp_path / "again") == manifest
    assert held(tmp_path / "set") == held(tmp_path / "again")
    found = pq.read_table(tmp_path / "set" / f"{STORE}.parquet")
    days, splits = found["game_date"].to_pylist(), found[SPLIT].to_pylist()
    assert list(dict.fromkeys(splits)) == ["train", "validation", "test"]
    assert len(set(zip(days, found["player_id"].to_pylist(), strict=True))) == len(days)
    assert manifest["splits"]["rows"] == {name: splits.count(name) for name in splits}
    assert manifest["tables"][STORE]["columns"][-1]["name"] == SPLIT
    assert manifest["features"] == list(features(found.column_names))
    assert manifest["check"] == {"decision": "none"}
    assert manifest["made_by"]["libraries"]["scikit-learn"]


def test_a_set_without_a_go_is_fitted_only_with_a_reason_that_the_card_keeps(
    call: Call, tmp_path: Path
) -> None:
    exported(call, tmp_path / "set")
    code, _, err = fitted(call, tmp_path)
    assert code == 3
    assert "no verdict of train check fits" in err
    assert "--reason" in err
    code, _, err = fitted(call, tmp_path, "--reason", "because")
    assert (code, "at least 10 characters" in err) == (2, True)
    assert not (tmp_path / "m").exists()
    code, out, err = fitted(call, tmp_path, "--reason", REASON, "--json")
    assert code == 0, err
    card = json.loads(out)
    assert card["reason"] == REASON
    assert REASON in (tmp_path / "m" / "card.md").read_text()
    first = held(tmp_path / "m")
    fitted(call, tmp_path, "--reason", REASON)
    assert held(tmp_path / "m") == first
    (tmp_path / "m" / "notes.txt").write_text("mine")
    code, _, err = fitted(call, tmp_path, "--reason", REASON)
    assert (code, "something else than a model (notes.txt)" in err) == (2, True)


def test_a_set_that_a_no_go_was_said_of_names_why(call: Call, tmp_path: Path) -> None:
    exported(call, tmp_path / "set")
    path = tmp_path / "set" / "manifest.json"
    manifest = json.loads(path.read_text())
    said = {"decision": "NO-GO", "breaches": ["correlation is 0.99"], "verdict_id": "v"}
    path.write_text(json.dumps({**manifest, "check": said}))
    code, _, err = fitted(call, tmp_path)
    assert (code, "train check said NO-GO: correlation is 0.99" in err) == (3, True)


def test_a_set_with_other_bytes_than_its_manifest_says_is_refused(
    call: Call, tmp_path: Path
) -> None:
    exported(call, tmp_path / "set")
    file = tmp_path / "set" / f"{STORE}.parquet"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(ConfigError, match="is not the file of its manifest: its sha2"):
        read_exported_set(tmp_path / "set")
    with pytest.raises(ConfigError, match="name a folder that train export wrote"):
        read_exported_set(tmp_path)
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(ConfigError, match="is no training set"):
        read_exported_set(tmp_path)


def test_from_a_set_to_graded_predictions(
    call: Call, home: Path, tmp_path: Path
) -> None:
    manifest = exported(call, tmp_path / "set")
    assert fitted(call, tmp_path, "--reason", REASON)[0] == 0
    data, model = str(tmp_path / "set"), str(tmp_path / "m")
    code, out, err = call("train", "report", model, "--data", data)
    facts = json.loads((tmp_path / "m-report" / "report.json").read_text())
    assert code == (3 if facts["decision"] == "NO-GO" else 0), err
    assert f"Decision: {facts['decision']}" in out
    assert facts["rows"] == manifest["splits"]["rows"]["test"]
    assert facts["market"]["errors"][0]["rows"] > 0
    pictures = [*(tmp_path / "m-report").glob("*.png")]
    assert len(pictures) == 4
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in pictures)

    day = manifest["splits"]["test_from"]
    code, _, err = call("train", "predict", "--grade")
    assert (code, "nothing was predicted of any date" in err) == (2, True)
    for _ in range(2):
        code, out, err = call("train", "predict", "--date", day, "--model", model)
        assert code == 0, err
    warehouse = open_warehouse(path=str(home / "warehouse.duckdb"))
    kept = warehouse.predictions([date.fromisoformat(day)])
    sql = f"SELECT player_id FROM nba_precompute.{STORE} WHERE game_date = DATE '{day}'"
    expected = sorted(row["player_id"] for row in rows(warehouse, sql))
    held_rows = rows(warehouse, "SELECT * FROM nba_backfill.points_predictions")
    warehouse.close()
    assert [row.player_id for row in kept] == expected
    assert len(held_rows) == len(expected)
    assert all(row.low <= row.high for row in kept)
    assert len({row.features for row in kept}) == 1

    code, out, err = call("train", "predict", "--grade", "--json")
    assert code == 0, err
    (grade,) = json.loads(out)
    test = read_exported_set(tmp_path / "set").rows
    same_day = test.where(test.days == test.days[test.splits == "test"].min())
    played = dict(zip(same_day.players.tolist(), same_day.points, strict=True))
    off = [
        abs(row.points - played[row.player_id])
        for row in kept
        if row.player_id in played
    ]
    assert grade["model"]["rows"] == len(off) == len(same_day)
    assert grade["model"]["mae"] == pytest.approx(sum(off) / len(off))
    assert grade["did_not_play"] == len(expected) - len(off)

    code, _, err = call("train", "predict", "--date", "2023-11-15", "--model", model)
    assert (code, "is not later than" in err) == (2, True)


def test_a_date_on_which_no_features_are_due_is_bad_input(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 4 means cells that are not fresh: what waits for a repair waited forever."""
    exported(call, tmp_path / "set")
    assert fitted(call, tmp_path, "--reason", REASON)[0] == 0
    monkeypatch.setattr("runs.train_predict.require_later", lambda *_: None)
    bootstrap, model = str(FIRST_DAY), str(tmp_path / "m")
    code, _, err = call("train", "predict", "--date", bootstrap, "--model", model)
    assert (code, "there is nothing to predict" in err) == (2, True)


def test_a_date_whose_features_are_not_fresh_is_not_predicted(
    call: Call, home: Path, tmp_path: Path
) -> None:
    manifest = exported(call, tmp_path / "set")
    assert fitted(call, tmp_path, "--reason", REASON)[0] == 0
    own = tmp_path / "own"
    shutil.copytree(home, own)
    day = manifest["splits"]["test_from"]
    warehouse = open_warehouse(path=str(own / "warehouse.duckdb"))
    where = f"WHERE game_date = DATE '{day}'"
    changed = f"UPDATE nba_precompute.{STORE} SET points_avg_last_5 = 1 {where}"
    with warehouse.engine.transaction() as cursor:
        cursor.execute(changed)
    before = len(warehouse.predictions())
    warehouse.close()
    model = str(tmp_path / "m")
    typed = ("train", "predict", "--date", day, "--model", model)
    code, _, err = call(*typed, home=own)
    assert code == 4
    assert f"{STORE} {day} is" in err
    warehouse = open_warehouse(path=str(own / "warehouse.duckdb"))
    assert len(warehouse.predictions()) == before
    warehouse.close()
