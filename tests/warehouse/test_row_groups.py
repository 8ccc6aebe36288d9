"""How rows lie in the file: what is written once is not written again when it is closed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from warehouse.duckdb.engine import ROW_GROUP, Engine

BATCHES = 12
ROWS_OF_A_BATCH = 40_000
"""A full row group and the rest of a batch: rests, and the groups between them, could be put
together all along."""
PUT_TOGETHER = 3 * 2
"""The most blocks that one task of DuckDB's puts together: of three groups, in up to two each."""
BLOCKS = """
    SELECT DISTINCT block_id, block_offset FROM PRAGMA_STORAGE_INFO('t')
    WHERE column_name = 'points' AND segment_type = 'DOUBLE' AND persistent
"""


def blocks(engine: Engine) -> set[tuple[int, int]]:
    """Where the values of the column lie in the file."""
    return {(row["block_id"], row["block_offset"]) for row in engine.rows(BLOCKS)}


def test_closing_the_file_writes_few_rows_a_second_time(tmp_path: Path) -> None:
    """It put together the ends of all batches, and thus wrote most rows of a backfill twice."""
    path = str(tmp_path / "w.duckdb")
    assert ROW_GROUP < ROWS_OF_A_BATCH < 2 * ROW_GROUP
    with closing(Engine(path)) as engine:
        engine.expect_rows()
        engine.rows("CREATE TABLE t (day INTEGER, points DOUBLE)")
        for batch in range(BATCHES):
            with engine.transaction() as cursor:
                cursor.execute(
                    f"INSERT INTO t SELECT {batch}, HASH(i) % 1000 / 7 "
                    f"FROM range({ROWS_OF_A_BATCH}) r(i)"
                )
        published = blocks(engine)
    with closing(Engine(path)) as engine:
        closed = blocks(engine)
    assert len(published) >= BATCHES
    assert len(published - closed) <= PUT_TOGETHER
