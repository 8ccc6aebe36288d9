"""The same cells whatever the batch: every table of the real seasons in batches of several
sizes."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import click

from planning.batches import DATES_PER_BATCH
from planning.ledger import Content
from planning.raw_load import RawLoad
from processors.discovery import load
from runs.survey import survey
from sources import nba_stats
from warehouse.duckdb import DuckDBWarehouse

Cells = dict[tuple[str, date], Content]
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class Sizes(click.ParamType[tuple[int, ...]]):
    """Numbers of dates, separated by commas."""

    name = "N,N,…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """The numbers, each 1 or more; else a message that says how they are written."""
        words = str(value).split(",")
        if not all(word.isdecimal() and int(word) > 0 for word in words):
            self.fail(
                f"{value!r} is not a list of numbers; write it as 1,7,30", param, ctx
            )
        return tuple(int(word) for word in words)


@click.command(short_help="Compare every cell over batches of several sizes.")
@click.argument("directory", type=FOLDER)
@click.option(
    "--sizes",
    type=Sizes(),
    default=f"1,7,30,250,{DATES_PER_BATCH}",
    show_default=True,
    help="Dates per batch.",
)
def batches(directory: Path, sizes: tuple[int, ...]) -> None:
    """Compute every table in batches of several sizes and compare every cell.

    DIRECTORY holds files of stats.nba.com. Prints the seconds of each size, and whether every
    cell's fingerprint is that of the first; exits 1 where one differs. Batches of one date take
    minutes.

    \b
    python -m bench batches DIR
    python -m bench batches DIR --sizes 7,30
    """
    raw = nba_stats.read(directory)
    first: Cells = {}
    same = True
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="fullcourt-batches-") as folder:
            begin = time.perf_counter()
            cells = compute(raw, Path(folder) / "warehouse.duckdb", size)
        seconds = time.perf_counter() - begin
        first = first or cells
        same = same and cells == first
        answer = "identical" if cells == first else "DIFFERENT"
        click.echo(
            f"batches of {size:>4} dates: {len(cells):,} cells, {answer}, {seconds:.0f} s"
        )
    sys.exit(0 if same else 1)


def compute(raw: RawLoad, path: Path, size: int) -> Cells:
    """Compute all tables in a plain loop in batches of `size` dates: the fingerprint of every
    cell."""
    warehouse = DuckDBWarehouse(str(path), load())
    warehouse.ensure_tables()
    warehouse.load(raw)
    for table in warehouse.catalog.ordered():
        compute_table(warehouse, table, size)
    cells = {}
    for processor in warehouse.catalog:
        for day, content in warehouse.contents(processor.name).items():
            if day:
                cells[processor.name, day] = content
    warehouse.close()
    return cells


def compute_table(warehouse: DuckDBWarehouse, table: str, size: int) -> None:
    """Compute one table; exit where a date is quarantined."""
    planner = survey(warehouse)
    decision = planner.decide(table, planner.calendar.days)
    for batch in planner.batches(decision, size):
        broken = warehouse.materialize(batch, "batches").quarantined
        if broken:
            sys.exit(f"{batch.name}: quarantined {', '.join(map(str, broken))}")


if __name__ == "__main__":
    batches(prog_name="python -m bench.batches")
