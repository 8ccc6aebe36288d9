"""The little league as warehouse files, raw and computed, each made once in a run of tests."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from tests.league import league
from tests.loop import compute, open_warehouse
from tests.once import made_once
from tests.raw_rows import raw_load


def raw_league() -> Path:
    """A file with its raw rows and nothing computed; copy it before opening it."""
    return made_once("raw.duckdb", _load)


def computed_league() -> Path:
    """A file with every table computed, of which no gate has judged anything;
    copy it before opening it."""
    return made_once("league.duckdb", _compute)


def _load(path: Path) -> None:
    open_warehouse(raw_load(league()), str(path)).close()


def _compute(path: Path) -> None:
    shutil.copy(raw_league(), path)
    with closing(open_warehouse(path=str(path))) as warehouse:
        assert compute(warehouse) == {}
