"""How the rows of a load are put in place on BigQuery: loaded beside the table, then moved by one
statement per table.

There is no transaction over several tables: after a crash the same load is given again.
"""

from __future__ import annotations

import io
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
from google.cloud import bigquery

from warehouse.bigquery.cost import MOST_PARTITIONS_AT_ONCE
from warehouse.bigquery.errors import CAUGHT, our_error
from warehouse.bigquery.names import quoted
from warehouse.bigquery.schema import column_types
from warehouse.bigquery.store import BigQueryStore
from warehouse.bigquery.texts import STAGE_HOURS
from warehouse.bigquery.work import Done, Work
from warehouse.bookkeeping import REJECTS
from warehouse.store import EVERY_DATE, Array, texts

DATES_AT_ONCE = MOST_PARTITIONS_AT_ONCE // 2
"""Dates of one statement: games that moved are deleted on as many others."""


@dataclass(frozen=True)
class RawWriter:
    """Puts rows in place for one run; see `warehouse.raw.Writer`."""

    store: BigQueryStore

    def replace(self, table: str, rows: pa.Table) -> int:
        """The games of these rows, whatever date they were on before, become these rows."""
        columns = self._columns(table)
        listed = ", ".join(columns)
        sql = f"""
MERGE {self.store.name(table)} AS held
USING (SELECT {_columns_dated(table, columns)} FROM {self._load(table, rows)} AS incoming
{self._of_schedule(table)} WHERE incoming.game_id IN UNNEST(@games)) AS loaded
ON FALSE
WHEN NOT MATCHED BY SOURCE AND held.{EVERY_DATE}
  AND held.game_id IN UNNEST(@games) THEN DELETE
WHEN NOT MATCHED BY TARGET THEN INSERT ({listed}) VALUES ({listed})
"""
        written = 0
        for games in portions(rows):
            written += self._merge(table, sql, games=texts(games)).inserted
        return written

    def merge_players(self, rows: pa.Table) -> int:
        """A known birth date or position is never lost to a source without one."""
        sql = f"""
MERGE {self.store.name("players")} AS held
USING {self._load("players", rows)} AS loaded
ON held.player_id = loaded.player_id
WHEN MATCHED THEN UPDATE SET
  player_name = loaded.player_name, birth_date = COALESCE(loaded.birth_date, held.birth_date),
  position = COALESCE(loaded.position, held.position)
WHEN NOT MATCHED BY TARGET THEN
  INSERT (player_id, player_name, birth_date, position)
  VALUES (loaded.player_id, loaded.player_name, loaded.birth_date, loaded.position)
"""
        return self._merge("players", sql).affected

    def replace_rejects(self, files: Sequence[str], rows: pa.Table) -> None:
        """The rejects of these files become these rows."""
        columns = ", ".join(rows.column_names)
        sql = f"""
MERGE {self.store.name("rejects")} AS held
USING {self._load("rejects", rows)} AS loaded
ON FALSE
WHEN NOT MATCHED BY SOURCE AND held.file IN UNNEST(@files) THEN DELETE
WHEN NOT MATCHED BY TARGET THEN INSERT ({columns}) VALUES ({columns})
"""
        self._merge("rejects", sql, files=texts(files))

    def _columns(self, table: str) -> dict[str, str]:
        """Column -> type of a raw table, or of the rejects."""
        raw = self.store.texts.catalog.raw
        if table not in raw:
            return column_types(REJECTS)
        return {column.name: column.type for column in raw[table].columns}

    def _of_schedule(self, table: str) -> str:
        if table == "schedule":
            return ""
        schedule = self.store.whole("schedule")
        return f"LEFT JOIN {schedule} AS games ON games.game_id = incoming.game_id"

    def _load(self, table: str, rows: pa.Table) -> str:
        """These rows as a table of their own, which expires."""
        jobs, address = self.store.jobs, self.store.texts.address
        into = address.bookkeeping_path(f"incoming_{table}_{uuid.uuid4().hex[:12]}")
        columns = self._columns(table)
        schema = [bigquery.SchemaField(name, kind) for name, kind in columns.items()]
        data = io.BytesIO()
        pq.write_table(rows, data)
        work = Work(
            "load",
            "",
            run_id=self.store.run_id,
            table=table,
            key=into,
        )
        jobs.load(work, data.getvalue(), into, schema)
        self._expire(into)
        return quoted(into)

    def _expire(self, path: str) -> None:
        """Let BigQuery drop a table by itself some hours from now."""
        client, pace = self.store.jobs.client, self.store.jobs.pace
        try:
            held = client.get_table(path, timeout=pace.call_seconds, retry=pace.retry)
            held.expires = datetime.now(UTC) + timedelta(hours=STAGE_HOURS)
            client.update_table(
                held, ["expires"], timeout=pace.call_seconds, retry=pace.retry
            )
        except CAUGHT as error:
            raise our_error(error, f"expiry of {path}") from error

    def _merge(self, table: str, sql: str, **given: Array) -> Done:
        work = Work("ingest", sql, given, self.store.run_id, table, mutates=table)
        return self.store.jobs.run(work)


def _columns_dated(table: str, columns: Mapping[str, str]) -> str:
    """The columns of incoming rows; the schedule's date and season of a game are theirs."""
    selected = {name: f"incoming.{name}" for name in columns}
    if table != "schedule":
        for name in ("game_date", "season"):
            selected[name] = f"COALESCE(games.{name}, incoming.{name}) AS {name}"
    return ", ".join(selected.values())


def portions(rows: pa.Table) -> Iterator[list[str]]:
    """The games of these rows, those of so many dates at a time; most loads are one portion."""
    days, games = (
        rows.column("game_date").to_pylist(),
        rows.column("game_id").to_pylist(),
    )
    of_date: dict[date, set[str]] = defaultdict(set)
    for day, game in zip(days, games, strict=True):
        of_date[day].add(game)
    dates = sorted(of_date)
    for start in range(0, len(dates), DATES_AT_ONCE):
        some = [of_date[day] for day in dates[start : start + DATES_AT_ONCE]]
        yield sorted(set().union(*some))
