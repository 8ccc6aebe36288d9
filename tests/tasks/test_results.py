"""Result files: what we write is JSON, and what others may have put there is not executed."""

from __future__ import annotations

import base64
import json
import pickle
import sys
from contextlib import suppress
from json import JSONDecodeError
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.errors import ConfigError, FullcourtError, PhaseIncomplete


class Planted:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_f69_a_pickle_among_the_results_is_refused_and_not_executed(
    tmp_path: Path,
) -> None:
    """Whoever can write into the bucket of results could
    otherwise run code as the service account."""
    from prefect._internal.result_records import ResultRecord

    import tasks.materialize  # noqa: F401 - what a run imports

    executed = tmp_path / "executed"
    blob = base64.encodebytes(pickle.dumps(Planted(executed))).decode()
    record = {
        "metadata": {"storage_key": "x", "serializer": {"type": "pickle"}},
        "result": blob,
    }
    with pytest.raises(ConfigError, match="it is pickle, not JSON"):
        ResultRecord.deserialize(json.dumps(record).encode())
    assert not executed.exists()


@pytest.mark.parametrize(
    ("serializer", "result"),
    [
        (
            {"type": "json"},
            {"__class__": "subprocess.getoutput", "data": {"cmd": "touch PATH"}},
        ),
        (
            {"type": "json", "object_decoder": "subprocess.call"},
            {"touch": 0, "PATH": 0},
        ),
        ({"type": "json", "jsonlib": "tests.tasks.planted"}, {"touch": "PATH"}),
        (
            {"type": "json"},
            {"__exc_type__": "tests.tasks.planted.Raised", "message": "PATH"},
        ),
        (
            {
                "type": "compressed",
                "compressionlib": "tests.tasks.planted",
                "serializer": "json",
            },
            {"touch": "PATH"},
        ),
        (
            {"type": "compressed/json", "compressionlib": "tests.tasks.planted"},
            {"touch": "PATH"},
        ),
        (
            {"type": "compressed/pickle", "compressionlib": "tests.tasks.planted"},
            {"touch": "PATH"},
        ),
        ({"type": "pickle", "picklelib": "tests.tasks.planted"}, {"touch": "PATH"}),
    ],
)
def test_f69_a_record_that_names_code_runs_none_of_it(
    serializer: dict[str, Any],
    result: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """JSON alone is not enough: Prefect's reader calls what a record names,
    and imports where it is."""
    from prefect._internal.result_records import ResultRecord

    import tasks.materialize  # noqa: F401 - what a run imports

    executed = tmp_path / "executed"
    planted = ModuleType("tests.tasks.planted")
    planted.loads = planted.decompress = planted.Raised = lambda *_: executed.touch()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, planted.__name__, planted)
    text = json.dumps(result).replace("PATH", str(executed))
    record = {
        "metadata": {"storage_key": "x", "serializer": serializer},
        "result": text,
    }
    with suppress(ConfigError):
        ResultRecord.deserialize(json.dumps(record).encode())
    assert not executed.exists()


def test_f69_what_is_no_plain_data_is_not_kept() -> None:
    from tasks.results import JSON

    with pytest.raises(TypeError, match="Path"):
        JSON.dumps({"path": Path("x")})


@pytest.mark.parametrize(
    ("error", "read"),
    [
        (ConfigError("no such table"), ConfigError("no such table")),
        (ValueError("no number"), ValueError("no number")),
        (
            PhaseIncomplete("team", ["a: b"]),
            FullcourtError("PhaseIncomplete: phase team: 1 cell is a gap: a: b"),
        ),
        (SystemExit(3), FullcourtError("SystemExit: 3")),
        (
            JSONDecodeError("no JSON", "x", 0),
            FullcourtError("JSONDecodeError: no JSON: line 1 column 1 (char 0)"),
        ),
    ],
)
def test_the_error_of_a_task_is_read_back_as_it_was_or_as_one_that_says_the_same(
    error: BaseException, read: Exception
) -> None:
    from tasks.results import JSON

    assert repr(JSON.loads(JSON.dumps(error))) == repr(read)


def test_f69_receipts_and_the_errors_of_tasks_are_written_as_json() -> None:
    from prefect._internal.result_records import ResultRecord, ResultRecordMetadata

    from tasks.materialize import materialize
    from tasks.results import JSON

    assert materialize.result_serializer is JSON
    for kept in ({"table": "t", "done": 3}, ConfigError("no such table")):
        record: Any = ResultRecord(
            result=kept, metadata=ResultRecordMetadata(serializer=JSON)
        )
        written = json.loads(record.serialize())
        assert json.loads(written["result"])
        assert repr(ResultRecord.deserialize(record.serialize()).result) == repr(kept)
