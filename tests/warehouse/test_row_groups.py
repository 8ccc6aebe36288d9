"""How rows lie in the file: what is written once is not written again when it is closed."""

from __future__ import annotations

from pathlib import Path

from warehouse.duckdb.engine import ROW_GROUP, Engine

SEASONS = 4
PLAYERS_A_SEASON = 26_000
"""Rows that the smallest table of players holds of a whole season."""
GROUPS = """
    SELECT row_group_id, MAX(count) AS row_count FROM PRAGMA_STORAGE_INFO('season')
    GROUP BY row_group_id ORDER BY row_group_id
"""


def row_groups(engine: Engine) -> list[int]:
    """The rows of each group of the table, in order."""
    return [row["row_count"] for row in engine.rows(GROUPS)]


def test_closing_the_file_writes_no_season_of_players_a_second_time(
    tmp_path: Path,
) -> None:
    path = str(tmp_path / "w.duckdb")
    engine = Engine(path)
    engine.rows("CREATE TABLE season (day INTEGER, points DOUBLE)")
    for season in range(SEASONS):
        with engine.transaction() as cursor:
            cursor.execute(
                f"INSERT INTO season SELECT {season}, i FROM range({PLAYERS_A_SEASON}) r(i)"
            )
    published = row_groups(engine)
    engine.close()
    engine = Engine(path)
    closed = row_groups(engine)
    engine.close()
    full, rest = divmod(PLAYERS_A_SEASON, ROW_GROUP)
    assert published == closed == SEASONS * [*full * [ROW_GROUP], rest]
