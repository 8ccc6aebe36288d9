"""What DuckDB keeps in memory of a file that was read: no more than is asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from warehouse.duckdb import engine as engines
from warehouse.duckdb.engine import HELD, Engine

ROWS = 1_000_000
LIMIT = "SELECT current_setting('memory_limit') AS told"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A file of some 8 MiB that was closed and opened again."""
    path = str(tmp_path / "w.duckdb")
    monkeypatch.setattr(engines, "LOOK_EVERY", 0)
    with closing(Engine(path)) as written:
        written.rows(f"CREATE TABLE t AS SELECT HASH(range) AS a FROM range({ROWS})")
    with closing(Engine(path)) as opened:
        yield opened


def read(engine: Engine) -> int:
    """Read all of the file, and return the bytes of its blocks that are in memory afterwards."""
    engine.rows("SELECT SUM(a) FROM t")
    return blocks_of(engine)


def blocks_of(engine: Engine) -> int:
    """The bytes of the file's blocks that are in memory."""
    with engine._connection.cursor() as cursor:
        ((_, blocks),) = cursor.execute(HELD).fetchall()
    return int(blocks)


def test_blocks_that_were_read_stay_in_memory_while_they_are_few(
    engine: Engine,
) -> None:
    assert 8 * ROWS <= read(engine) <= engines.CACHED


def test_blocks_beyond_that_are_dropped_and_the_limit_is_what_it_was(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of thirty seasons would fill all that DuckDB may take, beside what statements need."""
    (before,) = engine.rows(LIMIT)
    monkeypatch.setattr(engines, "CACHED", 2**20)
    monkeypatch.setattr(engines, "SPARE", 0)
    assert read(engine) < 2**20
    assert engine.rows(LIMIT) == [before]


def test_nothing_is_dropped_while_a_statement_may_run(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch is computed while another one ends: the limit is not lowered under it, and what was
    read is dropped when nothing runs."""
    with engine.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE staged AS SELECT range AS b FROM range({ROWS})"
        )
        monkeypatch.setattr(engines, "CACHED", 0)
        monkeypatch.setattr(engines, "SPARE", 0)
        assert read(engine) > 0
        total = cursor.execute("SELECT SUM(b) FROM staged").fetchall()
    assert total == [(ROWS * (ROWS - 1) // 2,)]
    engine.rows("SELECT 1")
    assert blocks_of(engine) == 0
