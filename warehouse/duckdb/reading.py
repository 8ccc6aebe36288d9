"""What a DuckDB warehouse is asked: its calendar, cells, ledger, measurements and verdicts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from core.settings import MEMORY
from planning.batches import Batch
from planning.calendar import GameDay
from planning.cells import Breach, CellState
from planning.history import Finished
from planning.ledger import Content, Entry, Record
from planning.overrides import Override
from planning.waivers import WITHOUT_SHOTS, Waiver, waived_games
from processors.catalog import Catalog
from processors.raw_schemas import arrow_schema
from warehouse import statements
from warehouse.duckdb import evidence, ledger, schema, verdicts, waivers
from warehouse.duckdb.engine import Cursor, Engine, Row, used
from warehouse.duckdb.publishing import parameters
from warehouse.duckdb.texts import check_text, from_bigquery, qualified_name, text
from warehouse.protocol import cell_states, game_day


class Reading:
    """The half of the warehouse that changes nothing but the expected keys, which it derives."""

    def __init__(
        self,
        path: str,
        catalog: Catalog,
        threads: int | None = None,
        memory: str = MEMORY,
        read_only: bool = False,
    ) -> None:
        """Open the file; LockedWarehouseError names file and process when another one holds it.

        `read_only`: nothing is written to it, and other readers may have it open.
        """
        self.url = f"duckdb:{path}"
        self.catalog = catalog
        self.engine = Engine(path, threads, memory, read_only)
        self._lock = threading.RLock()
        self._game_days: list[GameDay] | None = None
        self._writes: Counter[str] = Counter()
        self._clock: datetime | None = None
        self._observed = False
        with self.engine.cursor() as cursor:
            self.algorithm = ledger.hashing(cursor)

    def close(self) -> None:
        """Close the connection and release the file."""
        self.engine.close()

    def names(self, table: str) -> str:
        """The qualified name of a raw, computed or expected table."""
        return qualified_name(self.catalog, table)

    def text(self, kind: str, table: str) -> str:
        """DuckDB's text of the statement of that kind for a table."""
        return text(self.catalog, kind, table)

    def revision(self, table: str) -> tuple[int, int]:
        """Another value after every write of this process to the table, or to raw data."""
        return self._writes["raw"], self._writes[table]

    def rows_held(self, table: str) -> int:
        """Rows of a table, whatever its columns; 0 when it is not there."""
        with self.engine.cursor() as cursor:
            return schema.rows_held(cursor, self.names(table))

    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers in force, by game and raw table."""
        with self.engine.cursor() as cursor:
            return waivers.in_force(cursor)

    def schedule(self) -> Any:
        """The raw schedule as a pyarrow Table, with the coverage that its sources declare."""
        with self.engine.cursor() as cursor:
            return cursor.sql(waivers.declared_schedule()).to_arrow_table()

    def games_of(self, raw_table: str) -> frozenset[str]:
        """The ids of the games that have rows in a raw table."""
        rows = self.engine.rows(f"SELECT DISTINCT game_id FROM {self.names(raw_table)}")
        return frozenset(row["game_id"] for row in rows)

    def rows_of_games(self, raw_table: str, game_ids: Collection[str]) -> Any:
        """The rows of these games in a raw table, as a pyarrow Table."""
        columns = ", ".join(column.name for column in self.catalog.raw[raw_table].columns)
        chosen = "game_id IN (SELECT UNNEST($games))"
        sql = f"SELECT {columns} FROM {self.names(raw_table)} WHERE {chosen} ORDER BY ALL"
        with self.engine.cursor() as cursor:
            return cursor.sql(sql, params={"games": sorted(game_ids)}).to_arrow_table()

    def table_rows(
        self, table: str, dates: Sequence[date] | None, columns: Sequence[str] = ()
    ) -> Any:
        """The rows of a table on these dates, all for None, as a pyarrow Table in key order."""
        wanted = self.catalog.columns_named(table, columns)
        names = [column.name for column in wanted]
        of_dates = dates is not None
        plain = statements.rows(self.catalog, table, self.names(table), names, of_dates)
        sql = from_bigquery(plain)
        given = used(sql, {"dates": list(dates or ())})
        with self.engine.cursor() as cursor:
            found = cursor.sql(sql, params=given).to_arrow_table()
        return found.cast(arrow_schema(wanted))

    def rejected(self) -> dict[str, int]:
        """Rows that ingest rejected, by reason."""
        rows = self.engine.rows(
            "SELECT reason, count(*) AS n FROM nba_backfill.rejects GROUP BY reason ORDER BY n "
            "DESC, reason"
        )
        return {row["reason"]: row["n"] for row in rows}

    def game_days(self) -> list[GameDay]:
        """One entry per date with eligible games; derived anew only after raw data changed."""
        with self._lock:
            if self._game_days is None:
                with self.engine.cursor() as cursor:
                    for relation in statements.EXPECTED_RELATIONS:
                        sql = self.text("derived", f"expected/{relation}")
                        cursor.execute(f"CREATE OR REPLACE TABLE {self.names(relation)} AS {sql}")
                self._game_days = [
                    game_day(row) for row in self.engine.rows(self.text("derived", "game_days"))
                ]
            return self._game_days

    def cell_states(self, table: str) -> dict[date, CellState]:
        """How every cell of a table that has rows or should have rows stands."""
        self.game_days()
        return cell_states(self.engine.rows(self.text("state", table)))

    def contents(self, table: str) -> dict[date | None, Content]:
        """Rows and hash of every cell of a raw or computed table;
        under None for one without dates."""
        with self.engine.cursor() as cursor:
            return self._contents(cursor, table)

    def _contents(self, cursor: Cursor, table: str) -> dict[date | None, Content]:
        columns = self.catalog.columns(table)
        day, name = self.catalog.date_column(table), self.names(table)
        return ledger.contents(cursor, name, day, columns, self.algorithm(columns))

    def records(self, *tables: str) -> dict[str, dict[date | None, Record]]:
        """Table -> date -> the last entries of every cell of it that the ledger knows."""
        with self.engine.cursor() as cursor:
            return ledger.last(cursor, tables)

    def entries(self, table: str, day: date | None) -> list[Entry]:
        """Every entry of a cell, the earliest first."""
        with self.engine.cursor() as cursor:
            return ledger.entries(cursor, table, day)

    def batch_history(self, limit: int) -> list[Finished]:
        """The batches of computed tables that were published last, the latest first."""
        with self.engine.cursor() as cursor:
            return ledger.batches(cursor, self.catalog.ordered(), limit)

    def cost(self, batches: Iterable[Batch], cleared: Iterable[str]) -> None:
        """Nothing is billed."""

    def spent(self, run_id: str) -> float:
        """Nothing is billed."""
        return 0.0

    def refused(self) -> dict[str, str]:
        """A file has no roles."""
        return {}

    def bound_query(self, batch: Batch) -> tuple[str, dict[str, Any]]:
        """The statement that computes a batch, as the engine is given it, and its parameters."""
        sql = self.text("stage", batch.table)
        return sql, used(sql, parameters(batch))

    def measured(
        self, sql: str, table: str, dates: Sequence[date], due: Sequence[date]
    ) -> list[Row]:
        """The rows of a check's query (see validation/checks.py) on these dates of a table."""
        self.game_days()
        given = {
            "dates": list(dates),
            "due": list(due),
            "bootstrap_days": self.catalog.bootstrap_days(table),
        }
        if WITHOUT_SHOTS in sql:
            given["without_shots"] = waived_games(self.waivers(), "shots")
        return self.engine.rows(check_text(self.catalog, sql, table), given)

    def evidence(self, table: str, day: date) -> tuple[Breach, ...]:
        """What was kept of a cell when it was quarantined."""
        with self.engine.cursor() as cursor:
            return evidence.kept(cursor, table, day)

    def amiss(self, table: str, day: date) -> dict[str, tuple[str, ...]]:
        """Some of the keys of a cell that its table lacks, should not hold or repeats, by check."""
        self.game_days()
        with self.engine.cursor() as cursor:
            return evidence.amiss(cursor, self.catalog[table], self.names, day)

    def verdicts(self, phase: str, limit: int = 20) -> list[dict[str, Any]]:
        """The phase's latest verdicts as they were kept, newest first."""
        with self.engine.cursor() as cursor:
            return verdicts.latest(cursor, phase, limit)

    def games_lacking(self, raw_table: str, season: int) -> list[str]:
        """The final eligible games of a season of which a raw table holds no row."""
        held = self.names(raw_table)
        sql = (
            "SELECT game_id FROM nba_raw.schedule WHERE season = $season AND status = 'final' "
            "AND game_type IN ('2', '4', '5', '6') AND game_id NOT IN (SELECT game_id FROM "
            f"{held} WHERE season = $season) ORDER BY game_id"
        )
        return [row["game_id"] for row in self.engine.rows(sql, {"season": season})]

    def accepted_verdicts(
        self, phase: str, first: date, last: date, limit: int = 20, offset: int = 0
    ) -> list[dict[str, Any]]:
        """The verdicts that opened the phase's gate over some
        date from first to last, newest first."""
        with self.engine.cursor() as cursor:
            return verdicts.accepted(cursor, phase, first, last, limit, offset)

    def overrides(self) -> tuple[Override, ...]:
        """The overrides whose phase has had no GO of its own since."""
        with self.engine.cursor() as cursor:
            return verdicts.in_force(cursor)
