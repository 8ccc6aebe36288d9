"""Errors that reach the command line from below: Ctrl-C inside a query, a disk without room."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from fullcourt.cli.app import run
from warehouse.connections import open_warehouse


@pytest.fixture
def status_raises(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> pytest.MonkeyPatch:
    """`fullcourt status` on a home with an empty warehouse, to be given an error to raise."""
    monkeypatch.setenv("FULLCOURT_HOME", str(tmp_path))
    with open_warehouse(f"duckdb:{tmp_path / 'warehouse.duckdb'}"):
        pass
    return monkeypatch


def ended(
    patch: pytest.MonkeyPatch, error: Exception, capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[str]]:
    """Exit code and lines of standard error when reading the warehouse raises."""

    def raising(*_arguments: object) -> None:
        raise error

    patch.setattr("fullcourt.cli.status.coverage_of", raising)
    return run(["status"]), capsys.readouterr().err.splitlines()


def test_ctrl_c_while_a_query_runs_is_a_stop_like_any_other(
    status_raises: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = ended(status_raises, RuntimeError("Query interrupted"), capsys)
    assert (code, said) == (
        130,
        ["stopped; run the same command again, it resumes where it was"],
    )


def test_a_rerun_that_is_stopped_is_not_said_to_resume(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same command computed everything once more."""

    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fullcourt.cli.app.cli.main", interrupt)
    assert run(["backfill", "--phase", "team", "--rerun"]) == 130
    assert capsys.readouterr().err.splitlines() == [
        "stopped; --rerun does not resume: repeat it for the dates that it had not reached"
    ]


def test_no_room_for_a_file_beside_the_warehouse_is_a_sentence(
    status_raises: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/home/server.json")
    code, (said,) = ended(status_raises, full, capsys)
    assert code == 2
    assert said.startswith(
        "fullcourt: no room for /home/server.json: No space left on device; make room"
    )


def test_what_nobody_can_explain_keeps_its_traceback(
    status_raises: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = ended(
        status_raises, OSError(errno.EIO, os.strerror(errno.EIO)), capsys
    )
    assert code == 1
    assert said[0].startswith("Traceback")
