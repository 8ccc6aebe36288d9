"""Raw rows into a warehouse: replaced by (raw table, game), dated by the schedule, rejects kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from planning.raw_load import LOAD_ORDER, RawLoad
from planning.waivers import COVERAGE_FLAGS, HOLES, SCHEDULE
from processors.contract import RawContract
from warehouse.rejects import Rejects, RejectsWriter
from warehouse.store import EVERY_DATE, Store, texts
from warehouse.waivers import Waivers

if TYPE_CHECKING:
    import pyarrow as pa

PLAYERS = "players"


class Writer(RejectsWriter, Protocol):
    """How an engine puts the rows of a load in place."""

    def replace(self, table: str, rows: pa.Table) -> int:
        """Put these rows of a raw table in the place of all rows of their games; rows written."""

    def merge_players(self, rows: pa.Table) -> int:
        """Put these players in place; a known birth date is never lost to a source without one."""


@dataclass(frozen=True)
class RawRows:
    """The raw rows in one store."""

    store: Store
    contracts: Mapping[str, RawContract]

    def load(self, raw: RawLoad, writer: Writer) -> dict[str, int]:
        """Write a load; rows written per raw table."""
        written = {}
        for table in LOAD_ORDER:
            if table in raw.tables:
                written[table] = self._write(table, raw.tables[table], writer)
        self._follow_the_schedule()
        self._name_players()
        Rejects(self.store).keep(raw, writer)
        return written

    def remove_games(self, game_ids: Sequence[str]) -> dict[str, int]:
        """Delete games from every raw table, and their waivers; rows deleted per table."""
        tables = self._game_tables()
        removed = {table: self._remove(game_ids, table) for table in tables}
        waivers = Waivers(self.store)
        removed["waivers"] = waivers.remove_games(game_ids)
        return removed

    def remove_from_table(self, game_ids: Sequence[str], table: str) -> dict[str, int]:
        """Delete games from one raw table;
        a table that covers game by game no longer covers them."""
        removed = self._remove(game_ids, table)
        if table in HOLES:
            sql = (
                f"UPDATE {self.store.name(SCHEDULE)} SET {COVERAGE_FLAGS[table]} = FALSE "
                f"WHERE {EVERY_DATE} AND game_id IN UNNEST(@games)"
            )
            self.store.change("ingest", SCHEDULE, sql, games=texts(game_ids))
        return {table: removed}

    def _write(self, table: str, rows: pa.Table, writer: Writer) -> int:
        if table == PLAYERS:
            return writer.merge_players(rows)
        if table == SCHEDULE:
            rows = Waivers(self.store).hold(rows)
        return writer.replace(table, rows)

    def _remove(self, game_ids: Sequence[str], table: str) -> int:
        sql = (
            f"DELETE FROM {self.store.name(table)} "
            f"WHERE {EVERY_DATE} AND game_id IN UNNEST(@games)"
        )
        return self.store.change("ingest", table, sql, games=texts(game_ids))

    def _game_tables(self) -> list[str]:
        """The raw tables whose rows belong to a game."""
        contracts = self.contracts.items()
        return [name for name, contract in contracts if "game_id" in contract.grain]

    def _follow_the_schedule(self) -> None:
        """The schedule's date and season of a game are those of all its raw rows; most loads move
        none."""
        games = f"{self.store.whole(SCHEDULE)} AS games"
        moved = (
            "games.game_id = found.game_id "
            "AND (games.game_date != found.game_date OR games.season != found.season)"
        )
        tables = [table for table in self._game_tables() if table != SCHEDULE]
        counts = [
            f"SELECT '{table}' AS name, COUNT(*) AS moved FROM {self.store.whole(table)} AS found "
            f"INNER JOIN {games} ON {moved}"
            for table in tables
        ]
        for row in self.store.rows("moved", "\nUNION ALL\n".join(counts)):
            if row["moved"]:
                sql = (
                    f"UPDATE {self.store.name(row['name'])} AS found SET game_date = "
                    f"games.game_date, season = games.season FROM {games} "
                    f"WHERE found.{EVERY_DATE} AND {moved}"
                )
                self.store.change("ingest", row["name"], sql)

    def _name_players(self) -> None:
        """A player's name is its latest spelling, whatever the order in which seasons were
        loaded."""
        sql = f"""
UPDATE {self.store.name(PLAYERS)} AS players SET player_name = latest.player_name
FROM (
  SELECT player_id, player_name FROM {self.store.whole("player_box")} AS box WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY player_id ORDER BY game_date DESC, game_id DESC) = 1
) AS latest
WHERE latest.player_id = players.player_id AND latest.player_name != players.player_name
"""
        self.store.change("ingest", PLAYERS, sql)
