"""Result files: what we write is JSON, and what others may have put there is not executed."""

from __future__ import annotations

import base64
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from fullcourt.errors import ConfigError


class Planted:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_f69_a_pickle_among_the_results_is_refused_and_not_executed(tmp_path: Path) -> None:
    """Whoever can write into the bucket of results could otherwise run code as the service account."""
    from prefect._internal.result_records import ResultRecord

    import tasks.materialize  # noqa: F401 - what a run imports

    executed = tmp_path / "executed"
    blob = base64.encodebytes(pickle.dumps(Planted(executed))).decode()
    record = {"metadata": {"storage_key": "x", "serializer": {"type": "pickle"}}, "result": blob}
    with pytest.raises(ConfigError, match="only JSON is read"):
        ResultRecord.deserialize(json.dumps(record).encode())
    assert not executed.exists()


def test_f69_receipts_and_the_errors_of_tasks_are_written_as_json() -> None:
    from prefect._internal.result_records import ResultRecord, ResultRecordMetadata

    from tasks.materialize import materialize
    from tasks.results import JSON

    assert materialize.result_serializer is JSON
    for kept in ({"table": "t", "done": 3}, ConfigError("no such table")):
        record: Any = ResultRecord(result=kept, metadata=ResultRecordMetadata(serializer=JSON))
        written = json.loads(record.serialize())
        assert json.loads(written["result"])
        assert repr(ResultRecord.deserialize(record.serialize()).result) == repr(kept)
