"""`fullcourt train check` as a person uses it: the verdict, its replay, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.fullcourt.conftest import Call


@pytest.fixture
def own_home(computed_file: Path, tmp_path: Path) -> Path:
    """A home with a copy of the computed league, of which one phase was judged."""
    (tmp_path / "own").mkdir()
    shutil.copy(computed_file, tmp_path / "own")
    return tmp_path / "own"


def test_a_no_go_exits_3_names_the_dates_and_is_made_again_from_its_file(
    call: Call, own_home: Path, tmp_path: Path
) -> None:
    code, out, err = call("train", "check", "--json", home=own_home)
    assert code == 3
    assert "gate train: NO-GO" in err
    assert "dates_not_passed" in err
    told = json.loads(out)
    breaches = {
        breach["what"]: breach["evidence"]
        for breach in told["breaches"]
        if breach["threshold"]["severity"] == "block"
    }
    assert set(breaches) == {"dates_not_passed"}
    assert breaches["dates_not_passed"][0] == "team 2023-04-01: no verdict"
    assert told["made"]["selection"]["splits"]["test_from"] == "2023-11-25"
    file = tmp_path / "verdict.json"
    file.write_text(out)
    assert call("gate", "--replay", str(file), "--json")[:2] == (3, out)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--embargo-days", "0"), "x>=1"),
        (("--test-from", "25.11.2023"), "write it as 2025-02-24"),
        (("--test-from", "2023-10-30"), "name a later --test-from"),
        (("--validation-from", "2023-11-25"), "set them apart"),
        (("--start", "2023-11-25", "--end", "2023-11-28"), "name a longer range"),
    ],
)
def test_splits_that_cannot_be_are_refused_with_the_repair(
    typed: tuple[str, ...], said: str, call: Call, own_home: Path
) -> None:
    code, _, err = call("train", "check", *typed, home=own_home)
    assert (code, said in err) == (2, True), err


def test_tables_that_hold_nothing_are_not_fresh(call: Call) -> None:
    code, _, err = call("train", "check")
    assert code == 4
    assert "ml_feature_store holds no row on the dates asked for" in err
    assert "backfill" in err
