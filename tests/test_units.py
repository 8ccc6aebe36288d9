"""Tests that share something dear are run by one process, and what is named there exists."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.units import FOLDERS, JOINED, LONG, SERVED, place_of, unit_of

ROOT = Path(__file__).resolve().parent.parent
FILES = [
    path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")
]


@pytest.mark.parametrize(
    ("file", "unit"),
    [
        ("tests/flows/test_retry.py", "tests/flows/"),
        ("tests/gates/test_limits.py", "tests/gates/"),
        ("tests/warehouse/bigquery/test_jobs.py", "tests/warehouse/bigquery/"),
        ("tests/warehouse/test_schema.py", "tests/warehouse/"),
        ("tests/planning/test_needs.py", "tests/planning/test_needs.py"),
        ("tests/sources/test_nba_stats_real.py", "tests/test_golden.py"),
        ("tests/training/test_fitting.py", "tests/fullcourt/test_train.py"),
        (
            "tests/sources/test_nba_stats_rows.py",
            "tests/sources/test_nba_stats_rows.py",
        ),
    ],
)
def test_a_file_belongs_to_the_unit_with_which_it_shares(file: str, unit: str) -> None:
    assert unit_of(file) == unit


def test_everything_that_is_named_has_files() -> None:
    """A renamed file would lose its place without a word."""
    for name in (*FOLDERS, *LONG, *JOINED, *JOINED.values()):
        assert any(file.startswith(name) for file in FILES), name


def test_what_asks_for_a_prefect_server_belongs_to_a_unit_that_has_one() -> None:
    """Each further unit would start one more server, for fifteen seconds of CPU."""
    asking = {
        file
        for file in FILES
        if re.search(r"\bprefect_(api|server)\b", (ROOT / file).read_text())
    } - {Path(__file__).relative_to(ROOT).as_posix()}
    assert asking >= SERVED.keys()
    assert {unit_of(file) for file in asking} == {"tests/flows/", "tests/warehouse/"}


def test_long_units_begin_first() -> None:
    files = (
        "tests/warehouse/test_schema.py",
        "tests/warehouse/bigquery/test_jobs.py",
        "tests/test_golden.py",
        "tests/planning/test_needs.py",
    )
    places = [place_of(f"{file}::test_x") for file in files]
    assert places == [
        LONG.index("tests/warehouse/"),
        LONG.index("tests/warehouse/bigquery/"),
        LONG.index("tests/test_golden.py"),
        len(LONG),
    ]


def test_bytes_that_hold_a_time_name_no_test(request: pytest.FixtureRequest) -> None:
    """Processes that named a test by the second at which they compressed its data ran nothing."""
    config = request.config
    names = {
        config.hook.pytest_make_parametrize_id(
            config=config, val=gzip.compress(b"GAME_ID", mtime=second), argname="data"
        )
        for second in range(3)
    }
    assert names == {"data"}
