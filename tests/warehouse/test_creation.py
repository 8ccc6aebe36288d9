"""A new database file that was never finished is made anew;
one of somebody else's is never touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UnusableWarehouseError
from tests.league import league
from tests.loop import opened
from tests.raw_rows import raw_load
from tests.torture.creation import loaded, stages
from warehouse.duckdb.creation import HEADERS
from warehouse.duckdb.engine import Engine

LOG_POINTS = 4


@pytest.fixture
def headers(tmp_path: Path) -> bytes:
    """What DuckDB writes into a new file before any table."""
    path = tmp_path / "new.duckdb"
    Engine(str(path)).close()
    return path.read_bytes()[:HEADERS]


def test_whatever_a_killed_first_load_leaves_the_same_load_recovers(tmp_path: Path) -> None:
    """Three of thirty kills of a first ingest left a file that no command could open any more."""
    raw = raw_load(league())
    wanted = loaded(tmp_path / "whole", raw, None)
    assert isinstance(wanted, dict)
    assert all(wanted[table] for table in ("schedule", "team_box", "player_box"))
    lost = {
        left.stage: rows
        for left in stages(tmp_path, raw, LOG_POINTS)
        if (rows := loaded(tmp_path / "cut", raw, left)) != wanted
    }
    assert lost == {}


@pytest.mark.parametrize(
    "content",
    [b"hello", b"SQLite format 3\0" + bytes(100), b"PAR1" + bytes(4096), b"x" * HEADERS, b"DUCK"],
    ids=["text", "sqlite", "parquet", "as large as headers", "only the word"],
)
def test_a_file_of_somebody_else_s_is_refused_and_stays_as_it_is(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "theirs"
    path.write_bytes(content)
    with pytest.raises(UnusableWarehouseError, match="cannot be opened as a warehouse"):
        opened(path=str(path))
    assert path.read_bytes() == content


def test_a_beginning_with_writes_in_its_log_is_not_thrown_away(
    headers: bytes, tmp_path: Path
) -> None:
    path, log = tmp_path / "cut.duckdb", tmp_path / "cut.duckdb.wal"
    path.write_bytes(headers[:4096])
    log.write_bytes(b"writes")
    with pytest.raises(UnusableWarehouseError, match=r"set the log aside"):
        opened(path=str(path))
    assert (path.read_bytes(), log.read_bytes()) == (headers[:4096], b"writes")


def test_a_larger_file_that_cannot_be_opened_is_never_thrown_away(
    headers: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "large.duckdb"
    path.write_bytes(headers[:4096].ljust(HEADERS + 1, b"\0"))
    with pytest.raises(UnusableWarehouseError):
        opened(path=str(path))
    assert path.stat().st_size == HEADERS + 1
