"""`python -m bench peers`: every tool through the same scenarios, one table of what came out."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click
import duckdb

from bench.peers.kept import Kept
from bench.peers.league import Range, correct, game_day_near, make_league
from bench.peers.own import OWN, make_own_league
from bench.peers.scenarios import Bench, Trial
from bench.peers.table import markdown, write_between
from bench.peers.tools import (
    DAGSTER,
    DBT,
    PREFECT,
    SQLMESH,
    Tool,
    environment_of,
)
from bench.peers.truth import compute_truth
from bench.running import ROOT, fullcourt_command, must_run, run
from bench.speed import machine
from core.settings import HOME_VARIABLE
from fullcourt.access import read_password
from fullcourt.cli.choose import Day

BY_NAME = {
    "fullcourt": OWN,
    "sqlmesh": SQLMESH,
    "sqlmesh-30": replace(
        SQLMESH,
        name="SQLMesh, 30",
        setting=",\n    batch_size 30",
        why="the same with batch_size 30",
    ),
    "dbt": DBT,
    "dbt-day": replace(
        DBT, name="dbt, day", setting="day", why="the same with batch_size day"
    ),
    "dagster": DAGSTER,
    "prefect": PREFECT,
}
"""What `--tool` takes -> the tool."""
SLOW = ("dbt-day",)
"""Left out unless they are named: the same tool has a quicker setting."""
DOCUMENT = ROOT / "docs" / "benchmarks.md"
SERVER_TRIES = 3


@click.command(short_help="Put other tools beside fullcourt, on the same SQL and data.")
@click.option(
    "--tool",
    "names",
    type=click.Choice(list(BY_NAME)),
    multiple=True,
    help="One of the tools; may be repeated [all but dbt-day].",
)
@click.option("--start", type=Day(), default="2023-10-24", show_default=True)
@click.option("--end", type=Day(), default="2024-04-14", show_default=True)
@click.option("--json", "to_json", type=click.Path(path_type=Path), help="Write JSON.")
@click.option("--write", is_flag=True, help="Put the table in docs/benchmarks.md.")
def peers(
    names: Sequence[str],
    start: date,
    end: date,
    to_json: Path | None,
    write: bool,
) -> None:
    """Put other tools beside fullcourt: the same SQL, DuckDB and data, locked versions.

    The dates are of one season of the demo league. What each tool left is counted from its tables,
    against a computation of its own. Environments are made once and kept in .peers. Exits 1 where
    a tool could not be installed or measured; the table says so. Interrupted, the same command goes
    on with the tools that are not measured yet.

    \b
    python -m bench peers
    python -m bench peers --tool fullcourt --tool dbt --end 2023-11-30
    python -m bench peers --write --json peers.json
    """
    chosen = names or [name for name in BY_NAME if name not in SLOW]
    tools = [BY_NAME[name] for name in chosen]
    with tempfile.TemporaryDirectory(prefix="fullcourt-peers-") as folder:
        kept = Kept(start, end)
        answer = measure_tools(tools, Path(folder), start, end, kept)
    text = markdown(answer)
    click.echo(text)
    if to_json:
        to_json.parent.mkdir(parents=True, exist_ok=True)
        to_json.write_text(json.dumps(answer, indent=2, default=str) + "\n")
    if write:
        write_between(DOCUMENT, text)
    kept.clear()
    sys.exit(1 if answer["failed"] else 0)


def measure_tools(
    tools: Sequence[Tool], folder: Path, start: date, end: date, kept: Kept
) -> dict[str, Any]:
    """Put every tool through the scenarios, unless an answer is kept; all as plain values."""
    league = folder / "league.duckdb"
    click.echo("making the league and what the tables must hold", err=True)
    span = make_league(league, start, end)
    bench = make_bench(folder, league, span)
    found: dict[str, Any] = {}
    failed: dict[str, str] = {}
    with server(folder / "home", tools) as environ:
        for tool in tools:
            earlier = kept.read(tool.name)
            if earlier:
                click.echo(f"{tool.name}: measured before the interruption", err=True)
                found[tool.name] = earlier
                continue
            click.echo(f"{tool.name} …", err=True)
            given = given_to(tool, environ, folder / "home")
            try:
                make_environment(tool)
                own = replace(bench, environ=given)
                found[tool.name] = measure_tool(tool, own, league)
                kept.write(tool.name, found[tool.name])
            except (RuntimeError, duckdb.Error) as error:
                failed[tool.name] = str(error)
    return {
        "made": str(date.today()),
        "machine": machine(),
        "start": str(span.start),
        "end": str(span.end),
        "day": str(bench.day),
        "cells": len(bench.truth),
        "earlier": kept.taken,
        "tools": found,
        "failed": failed,
    }


def make_bench(folder: Path, league: Path, span: Range) -> Bench:
    """What the tools share, with the truth before and after the correction."""
    day = game_day_near(league, span.middle)
    corrected = folder / "corrected.duckdb"
    shutil.copy(league, corrected)
    correct(corrected, "source", day)
    return Bench(
        folder=folder,
        span=span,
        day=day,
        truth=compute_truth(league, span),
        corrected=compute_truth(corrected, span),
    )


def measure_tool(tool: Tool, bench: Bench, league: Path) -> dict[str, Any]:
    """Write a tool's project and put it through the scenarios."""
    project = bench.folder / f"{tool.name}-written"
    project.mkdir()
    tool.write(tool, project, bench.span)
    start = league
    if tool.environment is None:
        made = make_own_league(project, league, bench.span, bench.folder / "home")
        start = made.rename(bench.folder / "own.duckdb")
    rows = Trial(tool, bench, project, start).measure()
    commands = {
        "whole": shown(tool.whole(Path("."), bench.span)),
        "repair": shown(tool.repair(Path("."), bench.span, bench.day)),
        "resume": shown((tool.resume or tool.whole)(Path("."), bench.span)),
    }
    about = {"why": tool.why, "versions": tool.versions(), "commands": commands}
    return about | {"rows": rows}


def shown(command: Sequence[str]) -> str:
    """A command line as a user types it."""
    if command[1:2] == ["-c"]:
        return "fullcourt backfill"
    return shlex.join([Path(command[0]).name, *command[1:]])


def make_environment(tool: Tool) -> None:
    """Install a tool's locked versions in an environment of its own, unless it is there."""
    if tool.environment is None:
        return
    folder = environment_of(tool.environment)
    mark = folder / "complete"
    if mark.exists():
        return
    click.echo(f"installing {tool.environment} in {folder}", err=True)
    must_run([sys.executable, "-m", "venv", "--clear", str(folder)])
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    lock = ["--no-deps", "--require-hashes", "-r", str(tool.requirements)]
    must_run([*pip, *lock])
    mark.touch()


def given_to(tool: Tool, environ: Mapping[str, str], home: Path) -> Mapping[str, str]:
    """What names the server to a tool.

    fullcourt finds it in its home. Given by address it would be somebody else's, to which each run
    sends heartbeats, and waits up to a second for its last.
    """
    if tool.environment is None:
        return {HOME_VARIABLE: str(home)}
    return environ if tool.needs_server else {}


@contextmanager
def server(home: Path, tools: Sequence[Tool]) -> Iterator[Mapping[str, str]]:
    """A Prefect server for the tools that need one, and what names it in their environment.

    One that PREFECT_API_URL names already is used instead.
    """
    home.mkdir()
    if "PREFECT_API_URL" in os.environ or not any(tool.needs_server for tool in tools):
        yield {}
        return
    start = fullcourt_command("--home", str(home), "server", "start")
    for _ in range(SERVER_TRIES - 1):
        if run(start).code == 0:
            break
    must_run(start)
    try:
        handle = json.loads((home / "server.json").read_text())
        password = read_password(home)
        yield {"PREFECT_API_URL": handle["url"]} | (
            {"PREFECT_API_AUTH_STRING": password} if password else {}
        )
    finally:
        subprocess.run(
            fullcourt_command("--home", str(home), "server", "stop"),
            cwd=ROOT,
            check=False,
            capture_output=True,
        )
