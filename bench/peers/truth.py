"""What the tables must hold: an independent computation, and how a tool's tables differ from it.

Every date of every table is compared by the number of its rows and a hash of their content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from bench.peers.league import DATES, TABLES, Range, query_between
from processors.discovery import load

STAMP = "computed_at"
"""The column in which a peer's rows say when they were computed."""
Cell = tuple[str, date]


@dataclass(frozen=True)
class Held:
    """The rows of a table on a date: how many, a hash of them, and when the first was computed.

    `stamp` is None where the tables do not say.
    """

    rows: int
    content: int
    stamp: datetime | None = None


Cells = Mapping[Cell, Held]


@dataclass(frozen=True)
class Difference:
    """Cells (a table on a date) that are absent, that hold other rows than they must, and that are
    right."""

    absent: int
    wrong: int
    right: int


def compute_truth(league: Path, span: Range) -> dict[Cell, Held]:
    """What the three tables must hold, computed from a league's file in one statement each."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{league}' AS league (READ_ONLY)")
        connection.execute("CREATE SCHEMA source; CREATE SCHEMA peers")
        sources = connection.execute(
            "SELECT table_name FROM duckdb_tables() "
            "WHERE database_name = 'league' AND schema_name = 'source'"
        ).fetchall()
        for (name,) in sources:
            connection.execute(
                f"CREATE VIEW source.{name} AS FROM league.source.{name}"
            )
        first, last = f"DATE '{span.start}'", f"DATE '{span.end}'"
        for table in TABLES:
            text = query_between(table, first, last, span.season, span.season_start)
            connection.execute(f"CREATE TABLE peers.{table} AS {text}")
        truth: dict[Cell, Held] = {}
        for table in TABLES:
            cells = read_cells(connection, table, f"peers.{table}")
            if not cells:
                raise RuntimeError(
                    f"{table} has no row in {span}; choose a longer range"
                )
            truth |= cells
        return truth


def read_cells(
    connection: duckdb.DuckDBPyConnection, table: str, relation: str
) -> dict[Cell, Held]:
    """What a relation holds of a table, by date; nothing where the relation does not exist."""
    day = DATES[table]
    names = [column.name for column in load()[table].contract.columns]
    try:
        described = connection.execute(f"DESCRIBE {relation}").fetchall()
    except duckdb.CatalogException:
        return {}
    has_stamp = STAMP in {row[0] for row in described}
    stamp = f"min({STAMP})" if has_stamp else "NULL"
    row = ", ".join(names)
    found = connection.execute(
        f"SELECT CAST({day} AS DATE), count(*), sum(CAST(hash({row}) AS HUGEINT)), {stamp} "
        f"FROM {relation} GROUP BY ALL"
    ).fetchall()
    return {
        (table, each): Held(rows, content, stamped)
        for each, rows, content, stamped in found
    }


def compare(truth: Cells, held: Cells) -> Difference:
    """How what is held differs from what must be; a cell that must not be there is wrong."""
    absent = sum(cell not in held for cell in truth)
    right = sum(
        cell in held and is_same(held[cell], must) for cell, must in truth.items()
    )
    strange = sum(cell not in truth for cell in held)
    wrong = len(truth) - absent - right + strange
    return Difference(absent, wrong, right)


def is_same(one: Held, other: Held) -> bool:
    """Whether two hold the same rows, whenever they were computed."""
    return (one.rows, one.content) == (other.rows, other.content)


def count_redone(before: Cells, after: Cells) -> int:
    """Cells that stood before and were computed again since."""
    redone = 0
    for cell, held in before.items():
        now = after.get(cell)
        stamps = (held.stamp, now.stamp if now else None)
        redone += None not in stamps and stamps[0] != stamps[1]
    return redone
