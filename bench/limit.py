"""The limit: what the rolling figures of players cost when they are written by hand."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click
import duckdb

from core.memory import peak_mib

SQL = Path(__file__).with_name("limit.sql")


@click.command(hidden=True)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def limit(path: Path) -> None:
    """Compute the hand-written figures of a warehouse once; print what that took as JSON."""
    click.echo(json.dumps(measure_limit(path)))


def measure_limit(path: Path) -> dict[str, float]:
    """Rows, seconds, seconds of CPU and peak MiB of the hand-written figures of a warehouse.

    They are put in a temporary table: rows that nobody keeps could be left uncomputed.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET enable_progress_bar = false")
        begin, cpu = time.perf_counter(), time.process_time()
        connection.execute(f"CREATE TEMP TABLE figures AS {SQL.read_text()}")
        seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - cpu
        (rows,) = connection.execute("SELECT count(*) FROM figures").fetchall()[0]
    return {
        "rows": rows,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
        "peak_mib": round(peak_mib()),
    }
