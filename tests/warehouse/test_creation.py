"""A new database file that was never finished is made anew;
one of somebody else's is never touched."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.errors import UnusableWarehouseError
from tests.league import league
from tests.loop import open_warehouse
from tests.raw_rows import raw_load
from tests.torture.creation import kill_at, loaded, stages
from warehouse.duckdb.creation import HEADERS
from warehouse.duckdb.engine import Engine
from warehouse.duckdb.refusals import opening_error, our_error

LOG_POINTS = 4


@pytest.fixture
def headers(tmp_path: Path) -> bytes:
    """What DuckDB writes into a new file before any table."""
    path = tmp_path / "new.duckdb"
    Engine(str(path)).close()
    return path.read_bytes()[:HEADERS]


def test_whatever_a_killed_first_load_leaves_the_same_load_recovers(
    tmp_path: Path,
) -> None:
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
    [
        b"hello",
        b"SQLite format 3\0" + bytes(100),
        b"PAR1" + bytes(4096),
        b"x" * HEADERS,
        b"DUCK",
    ],
    ids=["text", "sqlite", "parquet", "as large as headers", "only the word"],
)
def test_a_file_of_somebody_else_s_is_refused_and_stays_as_it_is(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "theirs"
    path.write_bytes(content)
    with pytest.raises(UnusableWarehouseError, match="cannot be opened as a warehouse"):
        open_warehouse(path=str(path))
    assert path.read_bytes() == content


def test_a_beginning_with_writes_in_its_log_is_not_thrown_away(
    headers: bytes, tmp_path: Path
) -> None:
    path, log = tmp_path / "cut.duckdb", tmp_path / "cut.duckdb.wal"
    path.write_bytes(headers[:4096])
    log.write_bytes(b"writes")
    with pytest.raises(
        UnusableWarehouseError, match=r"holds no rows yet.*Set the log aside"
    ):
        open_warehouse(path=str(path))
    assert (path.read_bytes(), log.read_bytes()) == (headers[:4096], b"writes")


def test_a_larger_file_that_cannot_be_opened_is_never_thrown_away(
    headers: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "large.duckdb"
    path.write_bytes(headers[:4096].ljust(HEADERS + 1, b"\0"))
    with pytest.raises(UnusableWarehouseError):
        open_warehouse(path=str(path))
    assert path.stat().st_size == HEADERS + 1


@pytest.mark.parametrize("size", [1, HEADERS, HEADERS + 1, 3 * 2**20])
def test_a_file_of_zeros_is_made_anew_whatever_its_size(
    size: int, tmp_path: Path
) -> None:
    """A loss of power leaves zeros where a write was on its way."""
    path = tmp_path / "blank.duckdb"
    path.write_bytes(bytes(size))
    warehouse = open_warehouse(path=str(path))
    assert warehouse.rows_held("schedule") == 0
    warehouse.close()


@pytest.mark.parametrize("version", [1, 2**16])
@pytest.mark.parametrize("size", [4096, HEADERS])
def test_a_file_of_another_version_of_duckdb_is_refused_and_stays(
    version: int, size: int, headers: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "another.duckdb"
    content = headers[:12] + version.to_bytes(8, "little") + headers[20:size]
    path.write_bytes(content)
    with pytest.raises(UnusableWarehouseError, match="cannot be opened as a warehouse"):
        open_warehouse(path=str(path))
    assert path.read_bytes() == content


def test_a_log_without_its_file_is_refused_and_stays(tmp_path: Path) -> None:
    """DuckDB makes a new file in its place and throws the log away, with all that it holds."""
    path, log = tmp_path / "moved.duckdb", tmp_path / "moved.duckdb.wal"
    log.write_bytes(b"writes")
    with pytest.raises(UnusableWarehouseError, match=r"put the file back.*\.wal\.old"):
        open_warehouse(path=str(path))
    assert (path.exists(), log.read_bytes()) == (False, b"writes")


def test_a_place_that_may_not_be_written_is_said_with_its_repair(
    tmp_path: Path,
) -> None:
    error = duckdb.IOException('Cannot open file "w.duckdb": Permission denied')
    for explain in (opening_error, our_error):
        told = str(explain(error, str(tmp_path / "w.duckdb")))
        assert "cannot be written" in told
        assert "allow this account to write" in told


def test_a_load_that_is_killed_at_a_write_is_recovered_by_the_same_load(
    tmp_path: Path,
) -> None:
    killed, lost = kill_at(tmp_path, [0, HEADERS, 40_000])
    assert killed == 3
    assert lost == []


@pytest.mark.parametrize("name", ["table.csv", "table.parquet", "table.json"])
def test_a_table_of_somebody_else_s_is_no_warehouse_whatever_its_ending(
    name: str, tmp_path: Path
) -> None:
    """A load into a CSV file went into memory, and was gone with the process."""
    path = tmp_path / name
    path.write_text("a,b\n1,2\n" * 2_000)
    with pytest.raises(UnusableWarehouseError):
        Engine(str(path))
    assert path.read_text() == "a,b\n1,2\n" * 2_000
