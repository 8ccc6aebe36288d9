"""A backfill that leaves gaps never exits 0, and says of each what went wrong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fullcourt.cli.app import run
from tests.league import league
from tests.raw_rows import raw_load
from warehouse.connections import open_warehouse

TEAM = "team_offense_game_summary"
ABSURD, RAISING = date(2023, 11, 28), date(2023, 11, 29)
MOST = 2**62
PAIR = ("--table", TEAM, "--start", str(ABSURD), "--end", str(RAISING))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose warehouse has numbers on two dates that no game can have."""
    return made(tmp_path_factory.mktemp("home"), ABSURD, RAISING)


def made(folder: Path, *dates: date) -> Path:
    """A home whose warehouse holds the little league,
    with such numbers on these of the two dates."""
    world = league()
    for n, row in enumerate(world["team_box"]):
        impossible = {ABSURD: {"fga": 400}, RAISING: {"pts": MOST if n % 2 else -MOST}}
        if row["game_date"] in dates:
            row |= impossible[row["game_date"]]
    with open_warehouse(f"duckdb:{folder / 'warehouse.duckdb'}") as warehouse:
        warehouse.load(raw_load(world))
    return folder


@pytest.fixture(autouse=True)
def server(prefect_server: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the server of the tests and do not wait for what they told it."""
    from prefect.settings import PREFECT_API_URL

    monkeypatch.setenv("PREFECT_API_URL", str(PREFECT_API_URL.value()))
    monkeypatch.setattr("fullcourt.client._deliver", lambda: None)


def reasons(out: str) -> dict[str, str]:
    """Date -> why it is a gap, of the first table, as a program reads it."""
    return {
        d: r
        for part in json.loads(out)
        if part["table"] == TEAM
        for d, r in part["reasons"].items()
    }


@pytest.mark.parametrize(
    ("day", "cause"),
    [(ABSURD, "is quarantined: range.fga"), (RAISING, "failed: OutOfRangeException")],
)
def test_f46_a_backfill_with_a_failed_or_quarantined_date_exits_4_and_names_it(
    day: date, cause: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Jobs that exited 0 with failed dates were green for months."""
    backfill = ["--home", str(made(tmp_path, day)), "backfill", "--table", TEAM]
    assert run(backfill) == 4
    told = capsys.readouterr()
    assert "NO-GO" not in told.out
    assert f"1 cell of {TEAM} ({day}) {cause}" in told.err
    shown = " ".join(told.out.split())
    assert all(word in shown for word in cause.split(": "))
    assert run([*backfill, "--json"]) == 4


def test_f46_a_backfill_with_too_many_of_them_is_no_go_and_exits_3(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(home), "backfill", *PAIR]) == 3
    assert "gate team: NO-GO" in capsys.readouterr().err


def test_f47_status_gives_class_and_message_of_the_error_and_the_keys_that_broke(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(
        [
            "--home",
            str(home),
            "backfill",
            "--table",
            TEAM,
            "--dates",
            str(ABSURD),
            "--dates",
            str(RAISING),
        ]
    )
    capsys.readouterr()
    assert run(["--home", str(home), "status", *PAIR, "--json"]) == 0
    told = reasons(capsys.readouterr().out)
    assert told.keys() == {str(ABSURD), str(RAISING)}
    assert told[str(ABSURD)].startswith("quarantined: range.fga: 4 (0022300060/ASH, ")
    assert told[str(RAISING)].startswith("failed: OutOfRangeException: ")
    # Which of its sums DuckDB meets first is its own affair.
    assert "Overflow in " in told[str(RAISING)]


def test_f47_the_report_of_a_run_gives_every_gap_with_its_error(home: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

    run(["--home", str(home), "backfill", "--table", TEAM, "--end", str(RAISING)])
    with get_client(sync_client=True) as client:
        key = ArtifactFilter(key=ArtifactFilterKey(any_=["backfill-report"]))
        texts: list[Any] = [a.data for a in client.read_artifacts(artifact_filter=key)]
    lines = [
        line
        for text in texts
        for line in text.splitlines()
        if TEAM in line and str(RAISING) in line
    ]
    assert any("failed" in line and "OutOfRangeException" in line for line in lines)
