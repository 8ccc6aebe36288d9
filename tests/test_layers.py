"""The layer rules trip: each is planted in a file of the layer it forbids, and allowed where it belongs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PURE = ["processors", "planning", "validation", "reports"]
BELOW_FULLCOURT = [*PURE, "warehouse", "sources", "tasks", "flows"]

FORBIDDEN = {
    "prefect": [*PURE, "warehouse", "sources"],
    "duckdb": [*PURE, "tasks", "flows", "deployments", "fullcourt"],
    "google.cloud.bigquery": [*PURE, "sources", "tasks", "flows", "deployments", "fullcourt"],
    "warehouse.ledger": PURE,
    "sources.load": PURE,
    "tasks.plan": [*PURE, "warehouse", "sources"],
    "flows.backfill": [*PURE, "warehouse", "sources", "tasks"],
    "deployments": BELOW_FULLCOURT,
}
ALLOWED = {
    "flows": ["prefect", "tasks.plan", "warehouse.ledger", "planning", "fullcourt.errors"],
    "tasks": ["prefect", "warehouse.ledger", "sources.load", "reports", "fullcourt.errors"],
    "warehouse": ["duckdb", "google.cloud.bigquery", "planning", "processors.catalog", "fullcourt.errors"],
    "sources": ["duckdb", "processors.catalog", "fullcourt.errors"],
    "deployments": ["prefect", "flows.backfill"],
    "fullcourt": ["prefect", "flows.backfill", "warehouse.ledger", "fullcourt.settings", "reports"],
    "planning": ["processors.catalog", "fullcourt.errors"],
    "tests": ["prefect", "duckdb", "google.cloud.bigquery", "flows.backfill", "fullcourt.cli"],
    "bench": ["prefect", "duckdb", "warehouse.ledger", "flows.backfill"],
}


def codes_found(path: str, source: str) -> list[tuple[int, str]]:
    """Line and code of what ruff, with the project's rules, finds in `source` as if it stood at `path`."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=json"]
    done = subprocess.run(
        [*command, f"--stdin-filename={path}", "-"], cwd=ROOT, input=source, capture_output=True, text=True
    )
    assert done.returncode in (0, 1), done.stderr
    return [(found["location"]["row"], found["code"]) for found in json.loads(done.stdout)]


def banned_lines(layer: str, modules: list[str]) -> list[str]:
    """Which of `modules` a file of `layer` may not import."""
    source = "".join(f"import {module}\n" for module in modules)
    rows = {row for row, code in codes_found(f"{layer}/planted.py", source) if code == "TID251"}
    return [module for row, module in enumerate(modules, start=1) if row in rows]


@pytest.mark.parametrize("layer", [*BELOW_FULLCOURT, "deployments", "fullcourt"])
def test_a_forbidden_import_is_refused_in_its_layer(layer: str) -> None:
    forbidden = [module for module, layers in FORBIDDEN.items() if layer in layers]
    assert banned_lines(layer, forbidden) == forbidden


@pytest.mark.parametrize("layer", list(ALLOWED))
def test_what_a_layer_is_for_is_allowed(layer: str) -> None:
    assert banned_lines(layer, ALLOWED[layer]) == []


@pytest.mark.parametrize("layer", BELOW_FULLCOURT)
def test_of_fullcourt_a_lower_layer_may_import_the_errors_alone(layer: str) -> None:
    """A new module of fullcourt goes into the lists of pyproject.toml and of each ruff.toml."""
    top = {f"fullcourt.{path.stem}" for path in (ROOT / "fullcourt").glob("[!_]*.py")}
    modules = sorted((top | {"fullcourt.cli"}) - {"fullcourt.errors"})
    assert banned_lines(layer, modules) == modules


@pytest.mark.parametrize(
    "statement",
    [
        "from prefect import flow",
        "from google.cloud import bigquery",
        "from fullcourt import server",
        "from warehouse.ledger import rows",
        "def late() -> None:\n    import duckdb",
    ],
)
def test_no_spelling_of_an_import_slips_through(statement: str) -> None:
    assert "TID251" in [code for _, code in codes_found("planning/deep/planted.py", statement)]


@pytest.mark.parametrize("layer", ["flows", "tasks", "warehouse", "sources", "deployments", "fullcourt"])
def test_a_layer_with_a_list_of_its_own_keeps_all_the_other_rules(layer: str) -> None:
    codes = {
        code for _, code in codes_found(f"{layer}/planted.py", f"def f(x=[]):\n    return {'1' * 120}\n")
    }
    assert {"D100", "D103", "ANN201", "B006", "E501"} <= codes


def test_the_errors_import_nothing_of_the_project() -> None:
    tree = ast.parse((ROOT / "fullcourt" / "errors.py").read_text())
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {node.module if isinstance(node, ast.ImportFrom) else "?" for node in imported} <= {
        "__future__",
        "collections.abc",
    }
