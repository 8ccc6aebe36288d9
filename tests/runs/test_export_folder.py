"""A folder is there whole or not at all, and nothing of anybody is written over."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError
from runs.export_folder import FORMAT, MANIFEST, is_export, write_whole

ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, sys
from pathlib import Path
from runs.export_folder import write_whole
with write_whole(Path(sys.argv[1])) as partial:
    (partial / "rows.csv").write_text("a")
    os._exit(9)
"""


def write_export(folder: Path, text: str = "a\n1\n") -> None:
    """An export of one file."""
    with write_whole(folder) as partial:
        (partial / "t.csv").write_text(text)
        files = [{"path": "t.csv", "bytes": len(text)}]
        manifest: dict[str, Any] = {"format": FORMAT, "tables": {"t": {"files": files}}}
        (partial / MANIFEST).write_text(json.dumps(manifest))


def test_a_killed_export_leaves_nothing_under_the_final_name(tmp_path: Path) -> None:
    """Half a table that looks like a whole one is trained on."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "out")], cwd=ROOT
    )
    assert done.returncode == 9
    assert not (tmp_path / "out").exists()
    write_export(tmp_path / "out")
    assert is_export(tmp_path / "out")


def test_a_killed_export_leaves_the_earlier_one_as_it_was(tmp_path: Path) -> None:
    write_export(tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "out")], cwd=ROOT
    )
    assert done.returncode == 9
    assert (tmp_path / "out" / "t.csv").read_text() == "a\n1\n"
    assert is_export(tmp_path / "out")


def test_an_error_leaves_no_trace(tmp_path: Path) -> None:
    def fail(partial: Path) -> None:
        (partial / "rows.csv").write_text("a")
        raise ValueError("stop")

    with (
        pytest.raises(ValueError, match="stop"),
        write_whole(tmp_path / "out") as partial,
    ):
        fail(partial)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_and_an_export_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_export(tmp_path / "out")
    write_export(tmp_path / "out", "a\n2\n")
    assert (tmp_path / "out" / "t.csv").read_text() == "a\n2\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_export_through_a_link_replaces_what_it_leads_to(tmp_path: Path) -> None:
    write_export(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    write_export(tmp_path / "link", "a\n2\n")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "t.csv").read_text() == "a\n2\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "notes.txt").write_text("mine"),
        lambda folder: (folder / "t.csv").write_text("a\n1\n2\n"),
        lambda folder: (folder / "t.csv").unlink(),
        lambda folder: (folder / MANIFEST).write_text("{}"),
        lambda folder: (folder / MANIFEST).write_text("not json"),
        lambda folder: (folder / MANIFEST).unlink(),
    ],
    ids=[
        "a file more",
        "a file edited",
        "a file less",
        "another manifest",
        "no JSON",
        "none",
    ],
)
def test_what_is_not_wholly_ours_is_left_alone(change: Any, tmp_path: Path) -> None:
    write_export(tmp_path / "out")
    change(tmp_path / "out")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(ConfigError, match="holds something else than an export"):
        write_export(tmp_path / "out", "a\n2\n")
    assert {
        path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    } == before


def test_a_file_at_the_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ConfigError, match="is not a folder"):
        write_export(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_what_comes_to_lie_there_meanwhile_is_left_alone(tmp_path: Path) -> None:
    def write(partial: Path) -> None:
        (partial / "rows.csv").write_text("a")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "notes.txt").write_text("mine")

    out = tmp_path / "out"
    with (
        pytest.raises(ConfigError, match="something else"),
        write_whole(out) as partial,
    ):
        write(partial)
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "notes.txt"]
