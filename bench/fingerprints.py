"""Whether two warehouses hold the same cells: rows and hash of every cell, read from the tables.

python -m bench fingerprints duckdb:BEFORE duckdb:AFTER
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import click

from planning.ledger import Content
from warehouse.connections import open_read_only
from warehouse.protocol import Warehouse

NAMED = 3
"""Dates that are named of each table."""

Cells = Mapping[date | None, Content]


@dataclass(frozen=True)
class Compared:
    """One table in two warehouses: cells and rows of the first, and the dates on which they
    differ, in order."""

    table: str
    cells: int
    rows: int
    differing: tuple[date, ...]


def compare(table: str, before: Cells, after: Cells) -> Compared:
    """Which cells of a computed table two warehouses do not hold alike."""
    differing: list[date] = []
    for day in before.keys() | after.keys():
        if day is not None and before.get(day) != after.get(day):
            differing.append(day)
    rows = sum(content.rows for content in before.values())
    return Compared(table, len(before), rows, tuple(sorted(differing)))


def compare_all(before: Warehouse, after: Warehouse) -> list[Compared]:
    """Every computed table, in the order of computing."""
    found = []
    for table in before.catalog.ordered():
        found.append(compare(table, before.contents(table), after.contents(table)))
    return found


def print_compared(compared: Compared) -> None:
    """Print a line for a table, with some of the dates that differ."""
    named = [str(day) for day in compared.differing[:NAMED]]
    where = f"  {', '.join(named)}" if named else ""
    counts = f"{compared.cells:>8,} cells{compared.rows:>10,} rows"
    click.echo(
        f"  {compared.table:<32}{counts}{len(compared.differing):>7,} differ{where}"
    )


@click.command(short_help="Compare every cell of two warehouses.")
@click.argument("before")
@click.argument("after")
def fingerprints(before: str, after: str) -> None:
    """Compare rows and hash of every cell of two warehouses, read from their tables.

    BEFORE and AFTER are addresses: duckdb:PATH or bigquery:PROJECT, both of one kind, because each
    engine hashes in its own way. Exits 1 when a cell differs, or when there are none.

    \b
    python -m bench fingerprints duckdb:before.duckdb duckdb:after.duckdb
    """
    with open_read_only(before) as one, open_read_only(after) as other:
        found = compare_all(one, other)
    for compared in found:
        print_compared(compared)
    cells = sum(compared.cells for compared in found)
    differing = sum(len(compared.differing) for compared in found)
    click.echo(f"{cells:,} cells compared, {differing:,} differ")
    sys.exit(1 if differing or not cells else 0)
