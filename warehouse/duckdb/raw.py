"""How the rows of a load are put in place in a DuckDB file, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.bookkeeping import REJECTS
from warehouse.duckdb.engine import count
from warehouse.duckdb.store import DuckDBStore

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class RawWriter:
    """Puts rows in place on one cursor; see `warehouse.raw.Writer`."""

    store: DuckDBStore

    def replace(self, table: str, rows: pa.Table) -> int:
        """Put these rows of a raw table in the place of all rows of their games; rows written."""
        cursor, name = self.store.cursor, self.store.name(table)
        contract = self.store.texts.catalog.raw[table]
        columns = ", ".join(column.name for column in contract.columns)
        cursor.register("incoming", rows)
        cursor.execute(
            f"DELETE FROM {name} WHERE game_id IN (SELECT game_id FROM incoming)"
        )
        written = count(
            cursor, f"INSERT INTO {name} ({columns}) SELECT {columns} FROM incoming"
        )
        cursor.unregister("incoming")
        return written

    def merge_players(self, rows: pa.Table) -> int:
        """Put these players in place.

        A known birth date or position is never lost to a source without one.
        """
        cursor, players = self.store.cursor, self.store.name("players")
        cursor.register("incoming", rows)
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE merged_players AS "
            "SELECT incoming.player_id, incoming.player_name, "
            "COALESCE(incoming.birth_date, known.birth_date) AS birth_date, "
            "COALESCE(incoming.position, known.position) AS position "
            f"FROM incoming LEFT JOIN {players} AS known USING (player_id)"
        )
        cursor.execute(
            f"DELETE FROM {players} WHERE player_id IN (SELECT player_id FROM merged_players)"
        )
        merged = count(
            cursor, f"INSERT INTO {players} BY NAME SELECT * FROM merged_players"
        )
        cursor.execute("DROP TABLE merged_players")
        cursor.unregister("incoming")
        return merged

    def replace_rejects(self, files: Sequence[str], rows: pa.Table) -> None:
        """Put these rejects in the place of all of these files."""
        self.store.cursor.execute(
            f"DELETE FROM {REJECTS.path} WHERE file IN (SELECT UNNEST($files))",
            {"files": list(files)},
        )
        self.store.add_arrow(REJECTS, rows)
