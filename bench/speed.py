"""Speed and memory in one run: the limit, the floor, a backfill, its gates, and what follows.

Each figure is of a process of its own. Making the league and starting the server are left out.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from bench.running import Figures, must_run
from bench.sides import (
    COMMANDS,
    TIMES,
    Side,
    call_git,
    middle_date,
    open_sides,
    python_module,
)
from fullcourt.cli.choose import Day

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
PARTS = ("floor", "backfill", "gates")
OWN_PART = "straight"
"""Measured of this checkout alone: an earlier one knows no loop without stages."""
BESIDE = {
    "floor": "limit",
    "straight": "limit",
    "backfill": "floor",
    "gates": "floor",
    "nothing to do": "floor",
    "correction": "floor",
}
"""Row -> the row beside which it is put; the short commands are put beside `bare`."""
BARE = "python, click"
ORDER = (
    *("limit", OWN_PART, *PARTS, "imports", "nothing to do", "correction"),
    *(*COMMANDS, BARE),
)
"""The rows as they are shown."""
Rows = Mapping[str, Figures]


@click.command(
    short_help="Measure limit, floor, backfill, gates, correction, start-up."
)
@click.option("--start", type=Day(), help="First date of the demo league [its first].")
@click.option("--end", type=Day(), help="Last date of the demo league [its last].")
@click.option(
    "--real", type=FOLDER, help="Files of stats.nba.com instead of the league."
)
@click.option("--date", "day", type=Day(), help="The date to correct [the middle one].")
@click.option("--against", metavar="COMMIT", help="Measure this commit too, in turns.")
@click.option("--json", "to_json", is_flag=True, help="Print JSON.")
def speed(
    start: date | None,
    end: date | None,
    real: Path | None,
    day: date | None,
    against: str | None,
    to_json: bool,
) -> None:
    """Measure in one run what a backfill costs, beside what it could cost at least.

    \b
    limit          the players' rolling figures, written by hand
    straight       the bound SQL of all tables in a plain loop, in the batches of a backfill
    floor          the same, each batch staged in a temporary table first
    backfill       every phase through Prefect: audited, on record
    gates          the gates on what the backfill left
    imports        what a backfill imports before it does anything
    nothing to do  the same backfill again
    correction     one box score with a point more, the same command

    \b
    python -m bench speed
    python -m bench speed --start 2023-10-24 --end 2023-12-31 --json
    python -m bench speed --real DIR --against 69afb95
    """
    if real and (start or end):
        raise click.UsageError(
            "--real takes whole seasons; leave out --start and --end"
        )
    source = raw_source(start, end, real)
    with (
        tempfile.TemporaryDirectory(prefix="fullcourt-bench-") as folder,
        open_sides(Path(folder), against) as sides,
    ):
        answer = measure_sides(sides, source, day)
    if to_json:
        click.echo(json.dumps(answer, indent=2))
        return
    print_answer(answer)


def raw_source(start: date | None, end: date | None, real: Path | None) -> list[str]:
    """The arguments of `fullcourt ingest` that load the raw data."""
    if real:
        return ["nba-stats", str(real.resolve())]
    given = {"--start": start, "--end": end}
    chosen = [[name, str(value)] for name, value in given.items() if value]
    return ["demo", *sum(chosen, [])]


def measure_sides(
    sides: Sequence[Side], source: Sequence[str], day: date | None
) -> dict[str, Any]:
    """Measure every row of every side, the sides in turns; the answer as plain values."""
    for side in sides:
        side.call("ingest", *source, path=side.league)
    day = day or middle_date(sides[0].league)
    for part in PARTS:
        for side in in_turns(sides):
            side.measure_part(part)
    for side in in_turns(sides[:1]):
        side.measure_part(OWN_PART)
    for side in sides:
        side.go_on_with("gates")
    rows = measure_limits(sides)
    for side in sides:
        side.measure_imports()
    for side in in_turns(sides):
        side.measure_fresh()
    for side in sides:
        side.correct(day)
    for side in in_turns(sides):
        side.measure_correction()
    for side in sides:
        side.go_on_with("correction")
    measure_commands(sides, day)
    return answer_of(sides, source, day, rows)


def in_turns(sides: Sequence[Side]) -> Iterator[Side]:
    """Each side as often as a row is measured, the sides in turns: a machine is not as quick at
    every moment."""
    for _ in range(TIMES):
        yield from sides


def measure_limits(sides: Sequence[Side]) -> int:
    """Measure the hand-written figures on each side's tables; the rows that they have."""
    rows = 0
    for side in sides:
        command = python_module("limit", str(side.path("backfill")))
        found = must_run(command).answer()
        rows = found.pop("rows")
        side.rows["limit"] = Figures(**found)
    return rows


def measure_commands(sides: Sequence[Side], day: date) -> None:
    """Measure the short commands in turns, and what Python and click alone take."""
    bare = [sys.executable, "-c", "import click"]
    for _ in range(TIMES):
        for name in COMMANDS:
            for side in sides:
                side.measure_command(name, day)
        figures = must_run(bare).figures
        for side in sides:
            kept = side.rows.setdefault(BARE, figures)
            side.rows[BARE] = min(kept, figures, key=lambda f: f.cpu_seconds)


def answer_of(
    sides: Sequence[Side], source: Sequence[str], day: date, limit_rows: int
) -> dict[str, Any]:
    """What was measured, as plain values: rows, their ratios, and each side against the first."""
    return {
        "data": " ".join(source),
        "corrected": str(day),
        "limit_rows": limit_rows,
        "machine": machine(),
        "commit": call_git(["rev-parse", "--short", "HEAD"]),
        "sides": {side.name: side_values(side) for side in sides},
        "against": compare_sides(sides),
    }


def side_values(side: Side) -> dict[str, Any]:
    """The figures of a side by row, its batches, the ratios, and the cells of the correction."""
    rows = {name: asdict(side.rows[name]) for name in ORDER if name in side.rows}
    return {
        "dates_per_batch": side.dates_per_batch,
        "rows": rows,
        "ratios": ratios(side.rows),
        "cells": side.cells,
    }


def machine() -> str:
    """What ran it: processors, kind, system, Python."""
    system = f"{platform.machine()}, {platform.system()}"
    return f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}"


def ratios(rows: Rows) -> dict[str, float]:
    """Each row's seconds beside those of the row that it is put beside; commands by CPU."""
    found = {}
    for name, other in BESIDE.items():
        if name not in rows:
            continue
        found[f"{name} / {other}"] = quotient(rows[name].seconds, rows[other].seconds)
    bare = rows[BARE].cpu_seconds
    for name in COMMANDS:
        found[f"{name} / {BARE}"] = quotient(rows[name].cpu_seconds, bare)
    return found


def compare_sides(sides: Sequence[Side]) -> dict[str, dict[str, float]]:
    """Row -> the first side's seconds, CPU and peak memory over the other's; empty without one."""
    if len(sides) < 2:
        return {}
    now, before = sides[0].rows, sides[1].rows
    found = {}
    for name in filter(before.__contains__, ORDER):
        figures, other = now[name], before[name]
        found[name] = {
            "seconds": quotient(figures.seconds, other.seconds),
            "cpu_seconds": quotient(figures.cpu_seconds, other.cpu_seconds),
            "peak_mib": quotient(figures.peak_mib, other.peak_mib),
        }
    return found


def quotient(one: float, other: float) -> float:
    """One number over another, to two digits; infinity over nothing."""
    return round(one / other, 2) if other else float("inf")


def print_answer(answer: Mapping[str, Any]) -> None:
    """Print what was measured, a line per row."""
    click.echo(f"{answer['data']} at {answer['commit']}; {answer['machine']}")
    for name, side in answer["sides"].items():
        click.echo(f"{name}, at most {side['dates_per_batch']} dates a batch")
        for row, values in side["rows"].items():
            click.echo(f"  {row:<16}{Figures(**values)}")
        cells = f"{side['cells']:,} cells computed again after {answer['corrected']}"
        click.echo(f"  {cells}; the limit has {answer['limit_rows']:,} rows")
        for row, ratio in side["ratios"].items():
            click.echo(f"    {row} = {ratio:.2f}")
        rows = side["rows"]
        beside = rows["nothing to do"]["seconds"] - rows["imports"]["seconds"]
        click.echo(f"    nothing to do beside its imports: {beside:.1f} s")
    for row, values in answer["against"].items():
        seconds, cpu = f"{values['seconds']:5.2f}", f"{values['cpu_seconds']:5.2f}"
        memory = f"{values['peak_mib']:5.2f}"
        click.echo(
            f"  now / before  {row:<16}{seconds} of the time {cpu} of CPU {memory} of memory"
        )
