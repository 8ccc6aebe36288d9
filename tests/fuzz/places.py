"""The folder in which the command lines run: a warehouse, damaged ones, and places of all kinds."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from tests.fuzz.ends import Worker
from tests.fuzz.values import DAMAGED_VERDICTS
from tests.league import league
from tests.raw_rows import raw_load
from tests.sources.nba_stats_files import team_rows, write
from warehouse.connections import open_warehouse

ODD_JSON: tuple[Any, ...] = (
    None,
    "",
    "x",
    -1,
    0,
    10**30,
    1e308,
    [],
    {},
    [[]],
    True,
    "9999-12-31",
    "[/b]",
)


class Lab:
    """The folder; `warehouse` is restored from `sound` whenever a command has changed it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.warehouse = self.home / "warehouse.duckdb"
        self.sound = folder / "sound.duckdb"

    def build(self, random: Random, worker: Worker) -> None:
        """Make everything; the worker is asked for a verdict."""
        with open_warehouse(f"duckdb:{self.warehouse}") as warehouse:
            warehouse.load(raw_load(league()))
        end = worker.run(["--home", str(self.home), "gate", "team", "--json"])
        self._keep()
        _make_places(self.folder)
        self._damage_warehouses(random)
        (self.folder / "verdict.json").write_text(end.out)
        for number in range(DAMAGED_VERDICTS):
            verdict = json.loads(end.out)
            damage_json(verdict, random)
            (self.folder / f"verdict-{number}.json").write_text(json.dumps(verdict))

    def restore(self) -> None:
        """Put the warehouse back as it was."""
        shutil.copy(self.sound, self.warehouse)
        Path(f"{self.warehouse}.wal").unlink(missing_ok=True)

    def is_touched(self) -> bool:
        """Whether a byte of the warehouse has changed."""
        has_log = Path(f"{self.warehouse}.wal").exists()
        return has_log or self.warehouse.read_bytes() != self.sound.read_bytes()

    def _keep(self) -> None:
        shutil.copy(self.warehouse, self.sound)

    def _damage_warehouses(self, random: Random) -> None:
        data = bytearray(self.sound.read_bytes())
        (self.folder / "cut.duckdb").write_bytes(data[: len(data) // 2])
        for _ in range(2000):
            data[random.randrange(12_288, len(data))] ^= 1 << random.randrange(8)
        (self.folder / "damaged.duckdb").write_bytes(data)
        with duckdb.connect(str(self.folder / "foreign.duckdb")) as foreign:
            foreign.execute("CREATE SCHEMA nba_raw")
            foreign.execute(
                "CREATE TABLE nba_raw.schedule AS SELECT 1 AS game_id, 'x' AS other"
            )
        shutil.copy(self.sound, self.folder / "later.duckdb")
        with duckdb.connect(str(self.folder / "later.duckdb")) as later:
            later.execute(
                "ALTER TABLE nba_raw.team_box ADD COLUMN of_a_later_version INTEGER"
            )


def contents(path: Path) -> dict[str, tuple[int, int]]:
    """Rows and content of every table but those in
    which a look at the warehouse is put on record."""
    found = {}
    with duckdb.connect(str(path), read_only=True) as con:
        named = con.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal"
        )
        for schema, table in named.fetchall():
            if table in ("ledger", "verdicts"):
                continue
            sql = f"SELECT count(*), coalesce(bit_xor(hash(t)), 0) FROM {schema}.{table} AS t"
            found[f"{schema}.{table}"] = con.execute(sql).fetchall()[0]
    return found


def damage_json(told: Any, random: Random) -> None:
    """Take something out of a JSON value, or put something else in its place."""
    while isinstance(told, dict | list) and told:
        keys = list(told) if isinstance(told, dict) else list(range(len(told)))
        key = random.choice(keys)
        is_deep = isinstance(told[key], dict | list) and told[key]
        if is_deep and random.random() < 0.85:
            told = told[key]
            continue
        if random.random() < 0.2:
            del told[key]
        else:
            told[key] = random.choice(ODD_JSON)
        return


def _make_places(folder: Path) -> None:
    (folder / "folder").mkdir()
    (folder / "file").write_text("a text")
    (folder / "binary").write_bytes(bytes(range(256)) * 8)
    (folder / "empty").write_text("")
    (folder / "games.txt").write_text("0022300012\n22300015 # a comment\n")
    (folder / "loop").symlink_to("loop")
    (folder / "link-to-nothing").symlink_to("nothing")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
    (folder / "closed").mkdir(mode=0o500)
    (folder / "files").mkdir()
    write(folder / "files" / "teams.csv", team_rows())
    (folder / "damaged-files").mkdir()
    (folder / "damaged-files" / "teams.csv").write_bytes(bytes(range(256)))
    (folder / "damaged-files" / os.fsdecode(b"caf\xe9.csv")).write_text("GAME_ID\n1\n")
