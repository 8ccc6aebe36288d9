"""The in-memory database of one read: typed rows per raw table, rejected rows, refused files.

Bookkeeping only: which rows or files are wrong is decided in `whole_file.py`, `sift.py` and
`schedule.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from planning.raw_load import RefusedFile
from sources.nba_stats.known_shapes import SHAPES
from sources.nba_stats.layout import Layout
from sources.nba_stats.parsing import TYPES, parsed_rows, seasons_in
from sources.nba_stats.reasons import REPAIRS
from sources.nba_stats.scan import Match
from sources.nba_stats.shape import Shape
from sources.nba_stats.statements import execute

RAW_TABLES = ("schedule", "team_box", "player_box", "shots", "players")

_NAMED = 3  # refused files named in a repair

_REJECTS = """
CREATE TABLE rejects (
  file INTEGER, "row" BIGINT, raw_table VARCHAR, game_id VARCHAR,
  "column" VARCHAR, reason VARCHAR, value VARCHAR
)"""


@dataclass
class SourceFile:
    """A recognised file: its number in the order of paths, and what there is to say about it."""

    number: int
    path: str
    match: Match
    layout: Layout
    rows: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def shape(self) -> Shape:
        """The kind of file."""
        return self.match.shape


class Intake:
    """Typed rows in `<raw table>_rows`, each with its file and row number;
    rejects; refused files."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        seasons: tuple[int, ...],
        latest_wins: bool = False,
    ) -> None:
        self.con = connection
        self.seasons = seasons
        self.latest_wins = latest_wins
        self.files: dict[int, SourceFile] = {}
        self.paths: list[str] = []
        self.refused: list[RefusedFile] = []
        self.seasons_seen: set[int] = set()
        self.known_games = 0
        """Games of the warehouse's schedule."""
        self.protected_games = 0
        """Those of them that no file makes unfinished."""
        self.execute(_REJECTS)
        for table in RAW_TABLES:
            self.execute(_rows_table(table))

    def execute(self, sql: str, parameters: Any = None) -> duckdb.DuckDBPyConnection:
        """Run one statement."""
        return execute(self.con, sql, parameters)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a SELECT."""
        return self.execute(sql).fetchall()

    def count(self, sql: str, parameters: Any = None) -> int:
        """How many rows a CREATE TABLE AS, INSERT or DELETE wrote or took away."""
        [(rows,)] = self.execute(sql, parameters).fetchall()
        return int(rows)

    def take(self, file: SourceFile, staged: str) -> None:
        """Type the rows of a staged file into its raw table's rows, faults included."""
        table = f"{file.shape.raw_table}_rows"
        rows = parsed_rows(file.shape, staged, self.seasons)
        # The number is a parameter, so that the text is that of every file of the shape.
        file.rows = self.count(
            f"INSERT INTO {table} BY NAME SELECT $file AS file, * FROM ({rows})",
            {"file": file.number},
        )
        self.files[file.number] = file
        if self.seasons:
            self._see_seasons(file.shape, staged)

    def _see_seasons(self, shape: Shape, staged: str) -> None:
        """Remember the seasons of a staged file, chosen or not."""
        if query := seasons_in(shape, staged):
            self.seasons_seen.update(season for (season,) in self.query(query))

    def reject(self, table: str, wrong: str) -> None:
        """Move rows to the rejects; `wrong` selects file, row,
        column, reason, value, a row at most once."""
        rows, game = f"{table}_rows", "NULL" if table == "players" else "r.game_id"
        if self.count(f"CREATE OR REPLACE TABLE wrong AS {wrong}"):
            self.execute(
                f"""
                INSERT INTO rejects
                SELECT r.file, r."row", '{table}', {game}, w."column", w.reason, w.value
                FROM wrong AS w JOIN {rows} AS r ON r.file = w.file AND r."row" = w."row"
                """
            )
            self.execute(
                f'DELETE FROM {rows} AS r USING wrong AS w WHERE r.file = w.file AND r."row" = '
                'w."row"'
            )

    def refuse(self, number: int, reason: str, repair: str) -> None:
        """Leave a whole file out; the rejects of its rows stay listed,
        they are part of the reason."""
        file = self.files.pop(number)
        self.refused.append(RefusedFile(file.path, reason, repair))
        self._delete_rows(file.shape.raw_table, number)

    def _delete_rows(self, raw_table: str, number: int) -> None:
        self.execute(f"DELETE FROM {raw_table}_rows WHERE file = {number}")
        if raw_table == "team_box":
            self.execute(f"DELETE FROM sightings WHERE file = {number}")

    def repair(self, reason: str) -> str:
        """What mends rows that are rejected for a reason.

        A refused file beside them may be the one that knows their games.
        """
        if reason != "unknown_game" or not self.refused:
            return REPAIRS[reason]
        names = [Path(refused.file).name for refused in self.refused]
        more = ", …" if len(names) > _NAMED else ""
        named = ", ".join(names[:_NAMED]) + more
        return f"mend what was refused beside it, which may hold these games: {named}"

    def of(self, table: str) -> list[SourceFile]:
        """The files, not refused so far, that feed a raw table."""
        return [f for f in self.files.values() if f.shape.raw_table == table]


def _rows_table(table: str) -> str:
    """DDL of a raw table's rows: the fields of all shapes that feed it;
    shots get their team later."""
    types = {
        f.name: TYPES[f.kind] for s in SHAPES if s.raw_table == table for f in s.fields
    }
    if "team_id" in types:
        types["team"] = "VARCHAR"
    columns = ", ".join(f"{name} {type_}" for name, type_ in types.items())
    fault = 'STRUCT("column" VARCHAR, reason VARCHAR, value VARCHAR)'
    return (
        f'CREATE TABLE {table}_rows (file INTEGER, "row" BIGINT, season BIGINT, {columns}, '
        f"fault {fault})"
    )
