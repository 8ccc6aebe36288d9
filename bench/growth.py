"""What more seasons cost: time, bytes of the file, memory, and bytes that BigQuery would read."""

from __future__ import annotations

import json
import logging
import math
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bench.running import Figures
from bench.sides import Side, open_sides
from bench.speed import machine
from demo.nba import FIRST_SEASON, MOST_SEASONS, SEASONS
from planning.batches import Batch, batches
from processors.discovery import load
from runs.survey import survey
from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from warehouse.connections import open_warehouse
from warehouse.protocol import Warehouse

SIZES = (1, 2, 4, 8, 16, 30)
FROM = 4
"""The exponents are fitted from so many seasons on; below, what is fixed weighs too much."""
DATES = 30
"""The latest dates of a table for which BigQuery's bytes are counted."""


@dataclass(frozen=True)
class Point:
    """A number of seasons, what their backfill took, and the bytes of the warehouse's file.

    `bigquery_bytes`: what BigQuery would read for one of the latest dates, all tables together;
    None where it was not counted.
    """

    seasons: int
    figures: Figures
    file_bytes: int
    bigquery_bytes: int | None = None


class Counts(click.ParamType[tuple[int, ...]]):
    """Numbers of seasons, as in 1,2,4."""

    name = "N,N,…"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        """The numbers in rising order, each once; a usage error for anything else."""
        if isinstance(value, tuple):
            return value
        words = str(value).split(",")
        if not all(word.isdigit() and 1 <= int(word) <= MOST_SEASONS for word in words):
            self.fail(f"{value!r}: write it as 1,2,4, each from 1 to {MOST_SEASONS}")
        return tuple(sorted({int(word) for word in words}))


@click.command(short_help="Measure what 1, 2, 4, … 30 seasons cost.")
@click.option("--seasons", type=Counts(), default=SIZES, help="[1,2,4,8,16,30]")
@click.option("--json", "to_json", is_flag=True, help="Print JSON.")
def growth(seasons: tuple[int, ...], to_json: bool) -> None:
    """Measure what more seasons of the demo league cost.

    Each number of seasons is a backfill with its gates, in a process of its own. The exponent e of
    seconds = c · seasons^e is fitted from 4 seasons on where two such numbers are measured. The
    bytes that BigQuery reads are counted on the tests' stand-in, for the latest dates.

    \b
    python -m bench growth
    python -m bench growth --seasons 1,2,4 --json
    """
    with (
        tempfile.TemporaryDirectory(prefix="fullcourt-growth-") as folder,
        open_sides(Path(folder), None) as (side,),
    ):
        points = measure_growth(side, seasons)
    if to_json:
        click.echo(json.dumps(answer_of(points), indent=2))
        return
    print_points(points)


def measure_growth(side: Side, sizes: Sequence[int]) -> list[Point]:
    """Load season after season and run a backfill on a copy at each of the sizes."""
    points = []
    for size in range(1, sizes[-1] + 1):
        load_season(side, FIRST_SEASON + size - 1)
        if size not in sizes:
            continue
        path = side.path("backfill")
        shutil.copy(side.league, path)
        figures = side.backfill().figures
        counted = None
        if size in (sizes[0], sizes[-1]):
            counted = count_bigquery_bytes(path)
        points.append(Point(size, figures, path.stat().st_size, counted))
        path.unlink()
    return points


def load_season(side: Side, season: int) -> None:
    """Add a season of the demo league to the side's raw data."""
    days = SEASONS[season]
    between = ["--start", str(days.first), "--end", str(days.last)]
    side.call("ingest", "demo", *between, path=side.league)


def count_bigquery_bytes(path: Path) -> int:
    """Bytes that BigQuery would read for one of the latest dates, all tables together.

    The tables of a local warehouse are put in the stand-in, and a batch of each is tried dry.
    """
    with open_warehouse(f"duckdb:{path}") as warehouse:
        planned = latest_batches(warehouse)
    with StandIn() as stand_in:
        on_bigquery = warehouse_on(stand_in)
        copy_rows(path, stand_in)
        # The translator tells of NULLs' order in frames, where BigQuery has no choice of it.
        logging.getLogger("sqlglot").setLevel(logging.ERROR)
        cost = on_bigquery.cost(planned, ())
    read = sum(table.bytes_read for table in cost.tables)
    return round(read / max(len(batch.dates) for batch in planned))


def latest_batches(warehouse: Warehouse) -> list[Batch]:
    """A batch per table of its latest dates."""
    planner = survey(warehouse)
    found = []
    for table in planner.catalog.ordered():
        done = [day for day, state in planner.states[table].items() if state.present]
        latest = sorted(done)[-DATES:]
        found += list(batches(planner.calendar, table, latest))[-1:]
    return found


def copy_rows(path: Path, stand_in: StandIn) -> None:
    """Put the rows of a local warehouse into the tables of a stand-in."""
    catalog = load()
    connection = stand_in.engine.connection
    connection.execute(f"ATTACH '{path}' AS local (READ_ONLY)")
    for table in (*catalog.raw, *catalog.ordered()):
        dataset = catalog.dataset(table)
        connection.execute(
            f"INSERT INTO test_{dataset}.{table} BY NAME FROM local.{dataset}.{table}"
        )
    connection.execute("DETACH local")


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The e of values = c · sizes^e that fits best in logarithms; ValueError below two sizes."""
    if len(sizes) < 2:
        raise ValueError("an exponent needs two sizes")
    x, y = [math.log(size) for size in sizes], [math.log(value) for value in values]
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    together = sum(
        (one - middle_x) * (other - middle_y) for one, other in zip(x, y, strict=True)
    )
    return together / sum((one - middle_x) ** 2 for one in x)


def exponents(points: Sequence[Point]) -> dict[str, float]:
    """The exponents of seconds, CPU and bytes; empty below two numbers of seasons."""
    large = [point for point in points if point.seasons >= FROM]
    used = large if len(large) >= 2 else list(points)
    if len(used) < 2:
        return {}
    sizes = [point.seasons for point in used]
    measured: Mapping[str, list[float]] = {
        "seconds": [point.figures.seconds for point in used],
        "cpu_seconds": [point.figures.cpu_seconds for point in used],
        "file_bytes": [point.file_bytes for point in used],
    }
    return {
        name: round(exponent(sizes, values), 2) for name, values in measured.items()
    }


def answer_of(points: Sequence[Point]) -> dict[str, Any]:
    """What was measured, as plain values."""
    rows = []
    for point in points:
        row = vars(point.figures) | {"seasons": point.seasons}
        sizes = {"file_bytes": point.file_bytes, "bigquery": point.bigquery_bytes}
        rows.append(row | sizes)
    return {"machine": machine(), "points": rows, "exponents": exponents(points)}


def print_points(points: Sequence[Point]) -> None:
    """Print a line per number of seasons, then the exponents."""
    click.echo(machine())
    for point in points:
        size = f"{point.file_bytes / 2**20:8,.0f} MiB of file"
        click.echo(f"  {point.seasons:3} seasons {point.figures} of memory {size}")
    for name, found in exponents(points).items():
        click.echo(f"  {name} grow with seasons^{found:.2f}")
    for point in points:
        if point.bigquery_bytes is not None:
            mebibytes = point.bigquery_bytes / 2**20
            click.echo(
                f"  BigQuery reads {mebibytes:,.1f} MiB per date with {point.seasons} seasons"
            )
