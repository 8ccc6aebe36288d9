"""A command that writes and cannot ask for the warehouse's slot ends in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from fullcourt.cli.app import run

NOBODY = "http://127.0.0.1:9/api"


@pytest.mark.parametrize(
    "command",
    [
        [
            "waive",
            "0022300001",
            "--table",
            "shots",
            "--reason",
            "the source lost all of it",
        ],
        ["ingest", "remove", "0022300001"],
        ["ingest", "demo"],
        ["drop", "ml_feature_store", "--yes"],
        ["gate", "team"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_an_api_without_an_answer_is_a_sentence_for_every_command_that_writes(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", NOBODY)
    given = ["--warehouse", "bigquery:some-project", "--home", str(tmp_path), *command]
    assert run(given) == 2
    told = capsys.readouterr().err
    assert f"no Prefect API answers at {NOBODY}" in told
    assert "Traceback" not in told
