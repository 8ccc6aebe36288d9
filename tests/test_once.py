"""What a run of tests makes once is made by the first who asks, whole or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.once import RUN_FOLDER, made_once


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of tests that has made nothing yet."""
    monkeypatch.setenv(RUN_FOLDER, str(tmp_path))


def test_all_who_ask_find_what_the_first_made() -> None:
    made: list[Path] = []

    def make(path: Path) -> None:
        made.append(path)
        path.write_text("whole")

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: made_once("it", make), range(3)))
    assert len(made) == 1
    assert {path.read_text() for path in found} == {"whole"}
    assert made[0] not in found


def test_what_was_left_half_made_is_made_anew() -> None:
    """Half a database would be copied by every process of the run."""

    def fail(path: Path) -> None:
        path.write_text("half")
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        made_once("it", fail)
    found = made_once("it", lambda path: path.write_text("whole"))
    assert found.read_text() == "whole"
