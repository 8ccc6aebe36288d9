"""A reader who has seen enough, and places where nothing can be written."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from fullcourt.cli.app import PIPE_CLOSED, run
from tests.commands import RUN, environment
from tests.stats_stand_in.league import demo_league
from tests.stats_stand_in.server import stand_in
from tests.warehouse.test_disk_full import room


@pytest.mark.parametrize("options", [("--json",), ()], ids=["click", "rich"])
def test_a_reader_who_leaves_ends_a_command_quietly(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    """What `fullcourt tables | head` meets, in the extreme: nobody reads a line."""
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [*RUN, "tables", *options],
        env=environment(tmp_path),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (PIPE_CLOSED, "")


@pytest.mark.parametrize("option", ["--home", "--to"])
def test_a_place_that_is_denied_is_a_sentence(
    option: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = tmp_path / "denied"

    def refuse(path: Path, *_arguments: object, **_named: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    fetch = ("fetch", "nba", "--season", "2023")
    given = {
        "--home": ("--home", str(place), *fetch),
        "--to": ("--home", str(tmp_path), *fetch, "--to", str(place)),
    }
    assert run(given[option]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith(f"fullcourt: {place}")
    assert "Permission denied; give this user the right to it" in said


def test_no_room_for_snapshots_is_a_sentence_and_what_is_whole_stays(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = tmp_path / "snapshots"
    fetch = ("--home", str(tmp_path), "fetch", "nba", "--season", "2023")
    with stand_in(demo_league()) as server:
        monkeypatch.setenv("FULLCOURT_NBA_STATS_URL", server.url)
        monkeypatch.setenv("FULLCOURT_FETCH_PAUSE", "0")
        with room(12_000):
            code = run([*fetch, "--to", str(place)])
        said = capsys.readouterr().err.strip().splitlines()[-1]
        assert run([*fetch, "--to", str(place)]) == 0
    assert code == 2
    assert said.startswith(f"fullcourt: no room for {place}")
    assert said.endswith("make room, then run the same command again")
    assert not list(place.rglob("*.part"))
