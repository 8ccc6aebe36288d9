"""How many lines a user writes for the three tables, all SQL in one layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlglot

from bench.peers.league import TABLES
from bench.peers.tools import DATABASE, Tool
from warehouse.dialect import to_duckdb

COMMENTS = ("#", "--")


@dataclass(frozen=True)
class Lines:
    """Lines that are neither blank nor comments: of SQL, and of everything else."""

    sql: int
    beside: int


def count_lines(project: Path, tool: Tool) -> Lines:
    """The lines of a tool's project; of fullcourt those of the tables' folders."""
    sql, beside = 0, 0
    for path in written_files(project, tool):
        lines = count_text(laid_out(path, tool))
        if path.suffix == ".sql":
            sql += lines
        else:
            beside += lines
    return Lines(sql, beside)


def written_files(project: Path, tool: Tool) -> Iterator[Path]:
    """The files that a user writes."""
    if tool.environment:
        everything = (path for path in project.rglob("*") if path.is_file())
        yield from (path for path in everything if path.name != DATABASE)
        return
    for table in TABLES:
        folder = next((project / "processors").glob(f"*/{table}"))
        yield folder / "query.sql"
        yield folder / "table.yaml"


def laid_out(path: Path, tool: Tool) -> str:
    """A file's text; a query of fullcourt's in the layout that the peers' texts have."""
    text = path.read_text()
    if tool.environment or path.suffix != ".sql":
        return text
    return to_duckdb(sqlglot.parse_one(text, read="bigquery"))


def count_text(text: str) -> int:
    """The lines of a text that are neither blank nor comments."""
    stripped = (line.strip() for line in text.splitlines())
    return sum(bool(line) and not line.startswith(COMMENTS) for line in stripped)
