"""The embedded warehouse behind the Protocol.

Expected sets and staged rows live outside the file (an attached in-memory database and temporary tables), so
that the file holds raw rows, published rows and what was said of them, nothing half-made.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlglot

from fullcourt.errors import PermanentWarehouseError, TransientWarehouseError
from planning.batches import Batch
from planning.calendar import GameDay
from planning.cells import CellState
from processors.catalog import Catalog
from sources.load import RawLoad
from warehouse import statements
from warehouse.binding import staged
from warehouse.dialect import to_duckdb
from warehouse.duckdb import raw
from warehouse.duckdb.engine import WORK, Engine, Row, count
from warehouse.duckdb.publishing import Publication, stage_name
from warehouse.protocol import BatchResult, cell_states

TYPES = {
    "STRING": "VARCHAR",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMPTZ",
}
DATASETS = ("nba_raw", "nba_analytics", "nba_precompute", "nba_backfill")
BOOKKEEPING = {
    "rejects": "file VARCHAR, row BIGINT, raw_table VARCHAR, game_id VARCHAR, column_name VARCHAR, "
    "reason VARCHAR, value VARCHAR",
    "quarantine": "table_name VARCHAR, cell_date DATE, check_name VARCHAR, breaking BIGINT, keys JSON, "
    "run_id VARCHAR",
    "verdicts": "verdict_id VARCHAR, phase VARCHAR, decided_at TIMESTAMPTZ, decision VARCHAR, body JSON",
}
FINGERPRINT = "duckdb-hash-1"


class DuckDBWarehouse:
    """A warehouse in one file; see `warehouse.protocol.Warehouse` for what each method promises."""

    def __init__(self, path: str, catalog: Catalog, threads: int | None = None) -> None:
        """Open the file; LockedWarehouseError names file and process when another one holds it."""
        self.url = f"duckdb:{path}"
        self.catalog = catalog
        self.engine = Engine(path, threads)
        self._lock = threading.RLock()
        self._made: dict[tuple[str, str], str] = {}
        self._game_days: list[GameDay] | None = None

    def close(self) -> None:
        """Close the connection and release the file."""
        self.engine.close()

    def names(self, table: str) -> str:
        """The qualified name of a raw, computed or expected table."""
        if table in statements.EXPECTED_RELATIONS:
            return f"{WORK}.main.{table}"
        return f"{self.catalog.dataset(table)}.{table}"

    def text(self, kind: str, table: str) -> str:
        """DuckDB's text of the statement of that kind for a table; made once per table."""
        with self._lock:
            if (kind, table) not in self._made:
                self._made[kind, table] = self._translated(kind, table)
            return self._made[kind, table]

    def _translated(self, kind: str, table: str) -> str:
        processor = self.catalog[table]
        stage = stage_name(processor)
        if kind == "stage":
            return to_duckdb(staged(processor, self.catalog, self.names))
        if kind in ("screen", "audit"):
            made = {"screen": statements.screen, "audit": statements.audit}[kind]
            return _duckdb(made(processor, stage, self.names("schedule")))
        if kind == "staged_state":
            return _duckdb(statements.state(processor, self.names, stage, "SELECT * FROM UNNEST(@dates)"))
        return _duckdb(statements.state(processor, self.names))

    def ensure_tables(self) -> None:
        """Create schemas and tables that the contracts promise and are not there yet."""
        with self.engine.transaction() as cursor:
            for dataset in DATASETS:
                cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {dataset}")
            columns = {table: contract.columns for table, contract in self.catalog.raw.items()}
            columns.update({p.name: p.contract.columns for p in self.catalog})
            for table, listed in columns.items():
                definition = ", ".join(f"{c.name} {TYPES[c.type]}" for c in listed)
                cursor.execute(f"CREATE TABLE IF NOT EXISTS {self.names(table)} ({definition})")
            for table, definition in BOOKKEEPING.items():
                cursor.execute(f"CREATE TABLE IF NOT EXISTS nba_backfill.{table} ({definition})")

    def load(self, load: RawLoad) -> dict[str, int]:
        """Write raw rows in one transaction, replacing by (raw table, game); rows written per table."""
        with self._lock, self.engine.transaction() as cursor:
            written = raw.load(cursor, load, self.catalog.raw, self.names)
            self._game_days = None
        return written

    def remove_game(self, game_id: str) -> dict[str, int]:
        """Delete a game from every raw table in one transaction; rows deleted per table."""
        with self._lock, self.engine.transaction() as cursor:
            removed = raw.remove_game(cursor, game_id, self.catalog.raw, self.names)
            self._game_days = None
        return removed

    def schedule(self) -> Any:
        """The raw schedule as a pyarrow Table."""
        with self.engine.cursor() as cursor:
            return cursor.sql("SELECT * FROM nba_raw.schedule ORDER BY game_id").to_arrow_table()

    def game_days(self) -> list[GameDay]:
        """One entry per date with eligible games; derived anew only after raw data changed."""
        with self._lock:
            if self._game_days is None:
                with self.engine.cursor() as cursor:
                    for relation in statements.EXPECTED_RELATIONS:
                        sql = self._derived(f"expected/{relation}")
                        cursor.execute(f"CREATE OR REPLACE TABLE {self.names(relation)} AS {sql}")
                self._game_days = [_game_day(row) for row in self.engine.rows(self._derived("game_days"))]
            return self._game_days

    def _derived(self, name: str) -> str:
        return to_duckdb(statements.qualified(statements.text(name), self.names))

    def cell_states(self, table: str) -> dict[date, CellState]:
        """How every cell of a table that has rows or should have rows stands."""
        self.game_days()
        return cell_states(self.engine.rows(self.text("state", table)))

    def fingerprints(self, table: str) -> dict[date, str]:
        """Rows and hash per date of a dated table, e.g. `duckdb-hash-1:26:123…`; any order gives the same."""
        contract = self.catalog.raw.get(table) or self.catalog[table].contract
        columns = ", ".join(c.name for c in contract.columns)
        rows = self.engine.rows(
            f"SELECT {contract.date_column} AS as_of, COUNT(*) AS row_count, "
            f"SUM(HASH({columns})::HUGEINT) AS digest FROM {self.names(table)} GROUP BY ALL"
        )
        return {r["as_of"]: f"{FINGERPRINT}:{r['row_count']}:{int(r['digest']) % 2**64}" for r in rows}

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        """Stage, audit and publish a batch on one cursor; dates that break their contract are quarantined."""
        self.game_days()
        try:
            with self.engine.cursor() as cursor:
                return Publication(cursor, self.catalog[batch.table], batch, self.names, self.text).run(
                    run_id
                )
        except (TransientWarehouseError, PermanentWarehouseError) as error:
            raise type(error)(f"{batch.name}: {error}") from error

    def clear(self, table: str, dates: Sequence[date]) -> int:
        """Remove the rows of cells that should hold none; rows removed."""
        column = self.catalog[table].contract.date_column
        sql = f"DELETE FROM {self.names(table)} WHERE {column} IN (SELECT UNNEST($dates))"
        with self.engine.transaction() as cursor:
            return count(cursor, sql, {"dates": list(dates)})

    def orphans(self, table: str, dates: Sequence[date]) -> list[str]:
        """Games that the table has rows of on these dates and the schedule does not have on that date."""
        contract = self.catalog[table].contract
        if not any(c.name == "game_id" for c in contract.columns):
            return []
        sql = _duckdb(statements.orphans(contract.date_column, self.names(table), self.names("schedule")))
        return [row["game_id"] for row in self.engine.rows(sql, {"dates": list(dates)})]

    def record_verdict(self, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict of a gate."""
        columns = [verdict[k] for k in ("verdict_id", "phase", "decided_at", "decision")]
        with self.engine.transaction() as cursor:
            cursor.execute(
                "INSERT INTO nba_backfill.verdicts VALUES (?, ?, ?, ?, ?)",
                [*columns, json.dumps(verdict, sort_keys=True)],
            )


def _duckdb(bigquery: str) -> str:
    return to_duckdb(sqlglot.parse_one(bigquery, read="bigquery"))


def _game_day(row: Row) -> GameDay:
    lists = ("games_without_team_box", "games_without_player_box")
    return GameDay(**{**row, **{column: tuple((row[column] or "").split()) for column in lists}})
