"""fullcourt among the tools: a copy of this project with the three tables and no others."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

from bench.peers.league import GIVEN, TABLES, Range
from bench.peers.tools import DATABASE, Tool
from bench.running import ROOT, fullcourt_command, must_run

PACKAGES = (
    *("core", "demo", "deployments", "flows", "fullcourt", "planning", "processors"),
    *("reports", "runs", "sources", "tasks", "training", "validation", "warehouse"),
)
RAW_COLUMN = ("name", "type", "nullable", "unit", "description")
"""What a raw table's contract says of a column."""
UNMEASURED = ("feature_quality_mean", "distinct_values")
"""Measurements of tables that are left out; a limit on what nothing measures is refused."""


def write_own(tool: Tool, folder: Path, span: Range) -> None:
    """Copy the project, leave out the other tables, and take the given ones for raw tables."""
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    processors = folder / "processors"
    for table in GIVEN:
        declare_raw(processors, table)
    for path in list(tables_of(processors)):
        if path.name not in TABLES:
            shutil.rmtree(path)
    drop_empty_phases(processors)
    drop_limits(processors / "thresholds.yaml")


def tables_of(processors: Path) -> Iterator[Path]:
    """The folders of tables."""
    for contract in processors.glob("*/*/table.yaml"):
        yield contract.parent


def declare_raw(processors: Path, table: str) -> None:
    """Write a raw contract for a computed table."""
    contract = next(processors.glob(f"*/{table}/table.yaml"))
    declared = read_yaml(contract)
    columns = []
    for column in declared["columns"]:
        columns.append({key: column[key] for key in RAW_COLUMN if key in column})
    kept = {key: declared[key] for key in ("description", "grain", "date_column")}
    write_yaml(
        processors / "raw" / f"{table}.yaml",
        kept | {"optional": True, "columns": columns},
    )


def drop_empty_phases(processors: Path) -> None:
    """Leave out the phases that have no table."""
    path = processors / "phases.yaml"
    phases = read_yaml(path)
    with_tables = {table.parent.name for table in tables_of(processors)}
    write_yaml(path, [phase for phase in phases if phase["name"] in with_tables])


def drop_limits(path: Path) -> None:
    """Leave out the limits on what only the other tables have."""
    declared = read_yaml(path)
    limits = declared["thresholds"]
    kept = [limit for limit in limits if limit["measurement"] not in UNMEASURED]
    write_yaml(path, declared | {"thresholds": kept})


def read_yaml(path: Path) -> Any:
    """What a YAML file holds."""
    return yaml.safe_load(path.read_text())


def write_yaml(path: Path, content: Any) -> None:
    """Write a YAML file."""
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


def make_own_league(project: Path, league: Path, span: Range, home: Path) -> Path:
    """The same raw data and given tables in a warehouse of fullcourt's."""
    path = project / DATABASE
    between = ["--start", str(span.start), "--end", str(span.end)]
    where = ["--home", str(home), "--warehouse", f"duckdb:{path}"]
    must_run(fullcourt_command(*where, "ingest", "demo", *between), project)
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"ATTACH '{league}' AS league (READ_ONLY)")
        for table in GIVEN:
            connection.execute(
                f"INSERT INTO nba_raw.{table} BY NAME FROM league.source.{table}"
            )
    return path


def run_own(folder: Path, span: Range) -> list[str]:
    """Backfill everything that is not fresh."""
    where = ["--warehouse", f"duckdb:{folder / DATABASE}"]
    return fullcourt_command(*where, "backfill", python=sys.executable)


def status_own(folder: Path) -> list[str]:
    """How every cell stands."""
    where = ["--warehouse", f"duckdb:{folder / DATABASE}"]
    return fullcourt_command(*where, "status", "--json", python=sys.executable)


def repair_own(folder: Path, span: Range, day: date) -> list[str]:
    """The same command."""
    return run_own(folder, span)


OWN = Tool(
    name="fullcourt",
    environment=None,
    packages=("prefect", "duckdb"),
    why="the defaults: samples, audits, gates, ledger; server started before",
    write=write_own,
    whole=run_own,
    repair=repair_own,
    status=status_own,
    environ={"PREFECT_LOGGING_LEVEL": "ERROR"},
    telling=r"^(?:at most .* to compute|fullcourt: ).*$",
    needs_server=True,
)
