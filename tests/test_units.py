"""Tests that share something dear are run by one process, and what is named there exists."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.units import FOLDERS, JOINED, LONG, place_of, unit_of

ROOT = Path(__file__).resolve().parent.parent
FILES = [
    path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")
]


@pytest.mark.parametrize(
    ("file", "unit"),
    [
        ("tests/flows/test_retry.py", "tests/flows/test_retry.py"),
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


def test_long_units_begin_first() -> None:
    files = (
        "tests/flows/test_cost.py",
        "tests/flows/test_no_go.py",
        "tests/test_golden.py",
        "tests/planning/test_needs.py",
    )
    places = [place_of(f"{file}::test_x") for file in files]
    assert places == [
        LONG.index("tests/flows/"),
        LONG.index("tests/flows/test_no_go.py"),
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
