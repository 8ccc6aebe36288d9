"""Raw rows into BigQuery: loaded beside the raw table,
then put in place by one statement per table.

Replaced by (raw table, game), dated by the schedule. There is no transaction over several tables:
after a crash the same load is given again.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from google.cloud import bigquery

from planning.raw_load import LOAD_ORDER, RawLoad
from planning.waivers import COVERAGE, HOLES
from processors.contract import Column, RawContract
from warehouse.bigquery.bookkeeping import REJECTS
from warehouse.bigquery.cost import MOST_PARTITIONS_AT_ONCE
from warehouse.bigquery.errors import CAUGHT, explained
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.names import quoted
from warehouse.bigquery.parameters import Array
from warehouse.bigquery.scans import FIRST
from warehouse.bigquery.texts import STAGE_HOURS, Texts
from warehouse.bigquery.waivers import Waivers
from warehouse.bigquery.work import Work

DATES_AT_ONCE = MOST_PARTITIONS_AT_ONCE // 2
"""Dates of one statement: games that moved are deleted on as many others."""


@dataclass(frozen=True)
class RawRows:
    """Writes a load, or takes a game away, for one run."""

    jobs: Jobs
    texts: Texts
    run_id: str

    def load(self, raw: RawLoad) -> dict[str, int]:
        """Write a load; rows written per raw table."""
        written = {}
        for table in (t for t in LOAD_ORDER if t in raw.tables):
            rows = raw.tables[table]
            if table == "schedule":
                rows = Waivers(self.jobs, self.texts).held(rows)
            written[table] = (
                self._players(rows) if table == "players" else self._replace(table, rows)
            )
        self._follow_the_schedule()
        self._name_players()
        self._keep_rejects(raw)
        return written

    def remove_from_table(self, game_id: str, table: str) -> dict[str, int]:
        """Delete a game from one raw table; a table
        that covers game by game no longer covers it."""
        where = f"WHERE game_date >= DATE '{FIRST}' AND game_id = @game"
        sql = f"DELETE FROM {self.texts.names(table)} {where}"
        removed = self._change(table, sql, game=game_id)
        if table in HOLES:
            sql = f"UPDATE {self.texts.names('schedule')} SET {COVERAGE[table]} = FALSE {where}"
            self._change("schedule", sql, game=game_id)
        return {table: removed}

    def remove_game(self, game_id: str) -> dict[str, int]:
        """Delete a game from every raw table, and its waivers; rows deleted per table."""
        removed = {}
        for table in game_tables(self.texts.catalog.raw):
            sql = (
                f"DELETE FROM {self.texts.names(table)} WHERE game_date >= DATE '{FIRST}' AND "
                "game_id = @game"
            )
            removed[table] = self._change(table, sql, game=game_id)
        return {**removed, "waivers": Waivers(self.jobs, self.texts).forget(game_id)}

    def _replace(self, table: str, rows: pa.Table) -> int:
        """The games of these rows, whatever date they were on before, become these rows."""
        contract = self.texts.catalog.raw[table]
        columns = ", ".join(c.name for c in contract.columns)
        sql = f"""
MERGE {self.texts.names(table)} AS held
USING (SELECT {self._dated(table, contract)} FROM {self._incoming(table, rows)} AS incoming
{self._of_schedule(table)} WHERE incoming.game_id IN UNNEST(@games)) AS loaded
ON FALSE
WHEN NOT MATCHED BY SOURCE AND held.{contract.date_column} >= DATE '{FIRST}'
  AND held.game_id IN UNNEST(@games) THEN DELETE
WHEN NOT MATCHED BY TARGET THEN INSERT ({columns}) VALUES ({columns})
"""
        some = (self._work(table, sql, games=Array("STRING", games)) for games in portions(rows))
        return sum(self.jobs.run(work).inserted for work in some)

    def _dated(self, table: str, contract: RawContract) -> str:
        """The columns of incoming rows; the schedule's date and season of a game are theirs."""
        if table == "schedule":
            return ", ".join(f"incoming.{c.name}" for c in contract.columns)
        taken = {c: f"COALESCE(games.{c}, incoming.{c}) AS {c}" for c in ("game_date", "season")}
        return ", ".join(taken.get(c.name, f"incoming.{c.name}") for c in contract.columns)

    def _of_schedule(self, table: str) -> str:
        if table == "schedule":
            return ""
        return (
            f"LEFT JOIN {self.texts.whole('schedule')} AS games ON games.game_id = incoming.game_id"
        )

    def _players(self, rows: pa.Table) -> int:
        """A known birth date or position is never lost to a source without one."""
        sql = f"""
MERGE {self.texts.names("players")} AS held
USING {self._incoming("players", rows)} AS loaded
ON held.player_id = loaded.player_id
WHEN MATCHED THEN UPDATE SET
  player_name = loaded.player_name, birth_date = COALESCE(loaded.birth_date, held.birth_date),
  position = COALESCE(loaded.position, held.position)
WHEN NOT MATCHED BY TARGET THEN
  INSERT (player_id, player_name, birth_date, position)
  VALUES (loaded.player_id, loaded.player_name, loaded.birth_date, loaded.position)
"""
        return self._change("players", sql)

    def _follow_the_schedule(self) -> None:
        """Rows of games that moved since they were loaded follow; most loads move none."""
        tables = [t for t in game_tables(self.texts.catalog.raw) if t != "schedule"]
        moved = "(games.game_date != found.game_date OR games.season != found.season)"
        games = f"{self.texts.whole('schedule')} AS games"
        counted = "\nUNION ALL\n".join(
            f"SELECT '{t}' AS name, COUNT(*) AS moved FROM {self.texts.whole(t)} AS found "
            f"INNER JOIN {games} ON games.game_id = found.game_id WHERE {moved}"
            for t in tables
        )
        for row in self.jobs.rows("moved", counted):
            if row["moved"]:
                table = row["name"]
                self._change(
                    table,
                    f"UPDATE {self.texts.names(table)} AS found "
                    f"SET game_date = games.game_date, season = games.season FROM {games} "
                    f"WHERE games.game_id = found.game_id AND found.game_date >= DATE '{FIRST}' "
                    f"AND {moved}",
                )

    def _name_players(self) -> None:
        """A player's name is its latest spelling,
        whatever the order in which seasons were loaded."""
        self._change(
            "players",
            f"""
UPDATE {self.texts.names("players")} AS players SET player_name = latest.player_name
FROM (
  SELECT player_id, player_name FROM {self.texts.whole("player_box")} AS box WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY player_id ORDER BY game_date DESC, game_id DESC) = 1
) AS latest
WHERE latest.player_id = players.player_id AND latest.player_name != players.player_name
""",
        )

    def _keep_rejects(self, raw: RawLoad) -> None:
        """The rejects of a file are those of its last reading."""
        files = [f.file for f in raw.files] + [f.file for f in raw.refused]
        if not files and not raw.rejects.num_rows:
            return
        rows, columns = raw.rejects.rename_columns(list(REJECTS)), ", ".join(REJECTS)
        sql = f"""
MERGE {self.texts.kept("rejects")} AS held
USING {self._incoming("rejects", rows)} AS loaded
ON FALSE
WHEN NOT MATCHED BY SOURCE AND held.file IN UNNEST(@files) THEN DELETE
WHEN NOT MATCHED BY TARGET THEN INSERT ({columns}) VALUES ({columns})
"""
        self._change("rejects", sql, files=Array("STRING", files))

    def _incoming(self, table: str, rows: pa.Table) -> str:
        """These rows as a table of their own, which expires."""
        into = self.texts.address.kept(f"incoming_{table}_{uuid.uuid4().hex[:12]}")
        contract = self.texts.catalog.raw.get(table)
        schema = _schema(contract.columns) if contract else _plain(REJECTS)
        data = io.BytesIO()
        pq.write_table(rows, data)
        work = Work("load", "", run_id=self.run_id, table=table, key=into)
        self.jobs.load(work, data.getvalue(), into, schema)
        self._expires(into)
        return quoted(into)

    def _expires(self, path: str) -> None:
        client, pace = self.jobs.client, self.jobs.pace
        try:
            held = client.get_table(path, timeout=pace.call_seconds, retry=pace.retry)
            held.expires = datetime.now(UTC) + timedelta(hours=STAGE_HOURS)
            client.update_table(held, ["expires"], timeout=pace.call_seconds, retry=pace.retry)
        except CAUGHT as error:
            raise explained(error, f"expiry of {path}") from error

    def _change(self, table: str, sql: str, **given: Any) -> int:
        return self.jobs.run(self._work(table, sql, **given)).affected

    def _work(self, table: str, sql: str, **given: Any) -> Work:
        return Work("ingest", sql, given, run_id=self.run_id, table=table, mutates=table)


def portions(rows: pa.Table) -> Iterator[list[str]]:
    """The games of these rows, those of so many dates at a time; most loads are one portion."""
    of_date: dict[Any, set[str]] = {}
    for day, game in zip(
        *(rows.column(c).to_pylist() for c in ("game_date", "game_id")), strict=True
    ):
        of_date.setdefault(day, set()).add(game)
    dates = sorted(of_date)
    for i in range(0, len(dates), DATES_AT_ONCE):
        yield sorted(set().union(*(of_date[day] for day in dates[i : i + DATES_AT_ONCE])))


def game_tables(contracts: Mapping[str, RawContract]) -> list[str]:
    """The raw tables whose rows belong to a game."""
    return [table for table, contract in contracts.items() if "game_id" in contract.grain]


def _schema(columns: Sequence[Column]) -> list[bigquery.SchemaField]:
    return _plain({column.name: column.type for column in columns})


def _plain(types: Mapping[str, str]) -> list[bigquery.SchemaField]:
    return [bigquery.SchemaField(name, kind) for name, kind in types.items()]
