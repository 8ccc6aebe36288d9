"""What a backfill costs beside its SQL, on the demo league.

Each part runs in a process of its own on its own copy of the league; making the league and starting
the server are timed apart. Peak RSS is the operating system's figure for that process.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import click

import demo
from bench.running import must_run
from core.memory import peak_mib
from fullcourt import server
from fullcourt.cli.choose import Day
from fullcourt.client import client_settings
from fullcourt.imports import importing
from planning.batches import DATES_PER_BATCH, Batch
from planning.decisions import Planner, by_design
from planning.run_history import RunRecord
from planning.selection import Selection
from processors.discovery import load
from runs.survey import observe, read_ahead, scope_of, survey
from warehouse.connections import open_warehouse
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb.engine import Cursor, parameters_of, parsed, transaction
from warehouse.store import batch_parameters

Figures = dict[str, float]
HIDDEN_PATH = click.Path(path_type=Path)


@click.command(short_help="Measure speed and memory of a backfill.")
@click.option(
    "--start", type=Day(), default="2021-10-19", show_default=True, help="First date."
)
@click.option(
    "--end", type=Day(), default="2026-01-02", show_default=True, help="Last date."
)
@click.option(
    "--batch-days",
    type=click.IntRange(1),
    default=DATES_PER_BATCH,
    show_default=True,
    help="Dates per batch.",
)
@click.option("--json", "to_json", is_flag=True, help="Print JSON.")
def backfill(start: date, end: date, batch_days: int, to_json: bool) -> None:
    """Measure what a backfill of the demo league costs beside its SQL.

    \b
    floor     the same bound SQL, staged and published in a plain loop:
              no audit, no orchestration, no gates
    straight  the floor without stages: each statement inserts into its table
    backfill  the phase flows through a Prefect server, rows audited,
              every cell on record
    gates     the four gates on what the backfill left

    \b
    python -m bench backfill
    python -m bench backfill --start 2023-10-24 --end 2024-04-14 --json
    """
    answer = measure_parts(start, end, batch_days)
    if to_json:
        click.echo(json.dumps(answer, indent=2))
        return
    click.echo(f"demo league {start}..{end}, batches of {batch_days} dates")
    print_figures(answer)


def print_figures(answer: dict[str, Any]) -> None:
    """Print a line for each part, and the ratio."""
    for name, seconds in answer["apart"].items():
        click.echo(f"  apart     {name:<10}{seconds:>8.1f} s")
    for name, figures in answer["parts"].items():
        seconds = f"{figures['seconds']:>8.1f} s"
        cpu = f"{figures['cpu_seconds']:>8.1f} s of CPU"
        peak = f"{figures['peak_mib']:>6,.0f} MiB"
        click.echo(f"  measured  {name:<10}{seconds} {cpu}   peak RSS {peak}")
    click.echo(f"  backfill / floor = {answer['ratio']:.2f}")


@click.command(hidden=True)
@click.argument("name", type=click.Choice(["floor", "straight", "backfill", "gates"]))
@click.option("--path", type=HIDDEN_PATH, required=True)
@click.option("--home", type=HIDDEN_PATH, required=True)
@click.option("--batch-days", type=int, required=True)
def part(name: str, path: Path, home: Path, batch_days: int) -> None:
    """Run one part and print its figures; imports are not counted, they are the same for all."""
    with importing():
        # Prefect's own come late, with the first flow and its first task.
        import prefect.flow_engine
        import prefect.task_engine
        import prefect.utilities.visualization  # noqa: F401

        import flows.backfill  # noqa: F401

    begin, cpu = time.perf_counter(), time.process_time()
    if name in LOOPS:
        run_loop(path, batch_days, LOOPS[name])
    elif name == "backfill":
        run_phases(path, home, batch_days)
    else:
        run_gates(path, home)
    figures = {
        "seconds": round(time.perf_counter() - begin, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_mib": round(peak_mib()),
    }
    click.echo(json.dumps(figures))


def measure_parts(start: date, end: date, batch_days: int) -> dict[str, Any]:
    """Run all parts on one league: seconds spent `apart`, figures of the `parts`, their `ratio`."""
    apart: Figures = {}
    parts: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory(prefix="fullcourt-bench-") as folder:
        home = Path(folder)
        league, backfilled = home / "league.duckdb", home / "backfill.duckdb"
        with timer(apart, "league"):
            raw = demo.generate(start=start, end=end)
        with timer(apart, "load"), open_warehouse(f"duckdb:{league}") as warehouse:
            warehouse.load(raw)
        with timer(apart, "server"):
            server.ensure(home)
        try:
            for name in (*LOOPS, "backfill"):
                shutil.copy(league, home / f"{name}.duckdb")
                parts[name] = run_part(name, home / f"{name}.duckdb", home, batch_days)
            parts["gates"] = run_part("gates", backfilled, home, batch_days)
        finally:
            server.stop(home)
    ratio = parts["backfill"]["seconds"] / parts["floor"]["seconds"]
    return {"apart": apart, "parts": parts, "ratio": round(ratio, 2)}


@contextmanager
def timer(seconds: Figures, name: str) -> Iterator[None]:
    """Note how many seconds the block takes."""
    begin = time.perf_counter()
    yield
    seconds[name] = round(time.perf_counter() - begin, 1)


def run_part(name: str, path: Path, home: Path, batch_days: int) -> Figures:
    """Run one part in a process of its own: seconds of the work itself, peak RSS in MiB."""
    command = [
        *(sys.executable, "-m", "bench", "part", name),
        *("--path", str(path)),
        *("--home", str(home)),
        *("--batch-days", str(batch_days)),
    ]
    return must_run(command).answer()


def run_loop(path: Path, batch_days: int, publish: Publish) -> None:
    """Publish every batch in order, one after the other; what to compute is read from raw data."""
    warehouse = DuckDBWarehouse(str(path), load())
    # The file is closed as a backfill closes it.
    warehouse.engine.expect_rows()
    planner = survey(warehouse)
    dates = {table: due_dates(planner, table) for table in planner.catalog.ordered()}
    for table, days in dates.items():
        for batch in planner.split(table, days, batch_days):
            publish(warehouse, batch)
    warehouse.close()


def publish_staged(warehouse: DuckDBWarehouse, batch: Batch) -> None:
    """Compute a batch and put it in the place of what the table holds of its dates."""
    stage = f"stage_{batch.table}"
    sql = warehouse.texts.query(batch.table)
    with warehouse.engine.cursor() as cursor:
        staging = parsed(f"CREATE OR REPLACE TEMP TABLE {stage} AS {sql}")
        cursor.execute(staging, parameters_of(sql, batch_parameters(batch)))
        with transaction(cursor):
            delete(warehouse, cursor, batch)
            cursor.execute(
                f"INSERT INTO {warehouse.names(batch.table)} SELECT * FROM {stage}"
            )


def publish_straight(warehouse: DuckDBWarehouse, batch: Batch) -> None:
    """Compute a batch in the place of what the table holds of its dates."""
    sql = warehouse.texts.query(batch.table)
    with warehouse.engine.transaction() as cursor:
        delete(warehouse, cursor, batch)
        inserting = parsed(f"INSERT INTO {warehouse.names(batch.table)} {sql}")
        cursor.execute(inserting, parameters_of(sql, batch_parameters(batch)))


def delete(warehouse: DuckDBWarehouse, cursor: Cursor, batch: Batch) -> None:
    """Remove the rows that a batch replaces."""
    day = warehouse.catalog[batch.table].contract.date_column
    cursor.execute(
        f"DELETE FROM {warehouse.names(batch.table)} "
        f"WHERE {day} IN (SELECT UNNEST($dates))",
        {"dates": list(batch.dates)},
    )


Publish = Callable[[DuckDBWarehouse, Batch], None]
"""Puts a batch in its place."""
LOOPS: Mapping[str, Publish] = {"floor": publish_staged, "straight": publish_straight}
"""Part -> how its plain loop publishes."""


def due_dates(planner: Planner, table: str) -> list[date]:
    """The dates on which a table has something to hold, by calendar and raw data alone."""
    processor = planner.catalog[table]
    states = planner.states[table]
    bootstrap = planner.catalog.bootstrap_days(table)
    due = []
    for day, meaning in planner.calendar.days.items():
        expected = states[day].expected if day in states else 0
        if by_design(processor, bootstrap, meaning, expected) is None:
            due.append(day)
    return due


def run_phases(path: Path, home: Path, batch_days: int) -> None:
    """Do what the backfill flow does between its gates: the flow of each phase."""
    with client_settings(server.ensure(home)):
        from prefect.task_runners import ThreadPoolTaskRunner

        from flows.backfill import MAX_WORKERS
        from flows.phase import phase
        from tasks.tags import tagged, tags_of

        runner = cast(Any, ThreadPoolTaskRunner(MAX_WORKERS))
        run_phase: Any = phase.with_options(task_runner=runner)
        url, everything = f"duckdb:{path}", Selection()
        with open_warehouse(url) as warehouse:
            planner = survey(warehouse)
            read_ahead(planner, everything, raw=planner.catalog.raw)
            observe(warehouse, "bench")
            warehouse.record_run(
                RunRecord("bench", str(everything), None, None, datetime.now(UTC))
            )
            scope = scope_of(warehouse, everything)
            for name in scope.phases:
                with tagged(tags_of(scope, url, name)):
                    run_phase(name, everything, url, batch_days, 0)


def run_gates(path: Path, home: Path) -> None:
    """Run the four gates, one after another."""
    with client_settings(server.ensure(home)):
        from flows.gate import gate

        url = f"duckdb:{path}"
        with open_warehouse(url):
            for phase in load().phases:
                gate(phase.name, Selection(), url)


if __name__ == "__main__":
    backfill(prog_name="python -m bench.backfill")
