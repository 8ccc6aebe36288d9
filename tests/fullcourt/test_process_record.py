"""A record is true while the process it names lives, and no longer."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from core.errors import FullcourtError
from fullcourt import process_record
from fullcourt.process_record import hold, read_living, until


def sleeper(record: Path, text: str | None = None) -> subprocess.Popen[bytes]:
    """A process that holds `record`, which says its id, or `text`."""
    with hold(record) as file:
        process = subprocess.Popen(["sleep", "60"], pass_fds=[file.fileno()])
        file.write(json.dumps({"pid": process.pid}) if text is None else text)
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def test_a_record_is_read_while_its_process_lives_and_gone_when_that_is_killed(
    tmp_path: Path,
) -> None:
    process = sleeper(tmp_path / "record.json")
    told = read_living(tmp_path / "record.json")
    end(process)
    assert told == {"pid": process.pid}
    assert read_living(tmp_path / "record.json") is None


def test_a_record_left_behind_is_no_record_even_if_its_process_id_is_in_use(
    tmp_path: Path,
) -> None:
    """Process 1 is always there: going by the id alone, it would be taken for ours, and stopped."""
    (tmp_path / "record.json").write_text('{"pid": 1}')
    assert read_living(tmp_path / "record.json") is None
    assert read_living(tmp_path / "never.json") is None


def test_a_process_that_holds_a_record_without_being_named_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its starter was killed in the moment before it wrote;
    starting a second one would hide the first."""
    monkeypatch.setattr(process_record, "WRITE_SECONDS", 0.0)
    process = sleeper(tmp_path / "record.json", text="")
    with pytest.raises(FullcourtError, match="record.json and is not named in it"):
        read_living(tmp_path / "record.json")
    end(process)


def test_until_ends_with_the_first_true_answer_or_the_last_false_one() -> None:
    answers = iter([0, 0, 7, 8])
    assert until(lambda: next(answers), 5.0) == 7
    assert until(lambda: 0, 0.0) == 0
