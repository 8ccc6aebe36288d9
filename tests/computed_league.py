"""The little league with every table computed, once in a run of tests."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.league import league
from tests.loop import compute, open_warehouse
from tests.once import made_once
from tests.raw_rows import raw_load


def computed_league() -> Path:
    """Its warehouse file, of which no gate has judged anything; copy it before opening it."""
    return made_once("league.duckdb", _compute)


def _compute(path: Path) -> None:
    with closing(open_warehouse(raw_load(league()), str(path))) as warehouse:
        assert compute(warehouse) == {}
