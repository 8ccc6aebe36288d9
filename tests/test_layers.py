"""Imports point down, and a planted violation of each kind is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RULES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
PACKAGES: list[str] = RULES["root_packages"]
FOLDERS_WITHOUT_LAYER = {"bench", "docsite", "tests"}
"""A test, a benchmark and the pages of the site may look into any layer."""

UPWARD = [
    ("core", "processors.catalog"),
    ("processors", "planning.calendar"),
    ("planning", "validation.verdict"),
    ("validation", "warehouse.protocol"),
    ("reports", "runs.survey"),
    ("warehouse", "runs.survey"),
    ("sources", "runs.survey"),
    ("demo", "runs.survey"),
    ("runs", "tasks.slot"),
    ("tasks", "flows.gate"),
    ("flows", "deployments.setup"),
    ("deployments", "fullcourt.server"),
]
SIDEWAYS = [
    ("reports", "warehouse.protocol"),
    ("sources", "demo.generate"),
    ("demo", "sources.port"),
]
CLIENTS = [
    *((layer, "prefect") for layer in ("core", "processors", "planning", "validation")),
    *(
        (layer, "prefect")
        for layer in ("reports", "warehouse", "sources", "demo", "runs")
    ),
    *(
        (layer, "duckdb")
        for layer in ("core", "planning", "reports", "demo", "runs", "tasks")
    ),
    *((layer, "duckdb") for layer in ("flows", "deployments", "fullcourt")),
    *(
        (layer, "google.cloud.bigquery")
        for layer in ("sources", "runs", "tasks", "fullcourt")
    ),
    *(
        (layer, "requests")
        for layer in ("sources", "runs", "reports", "tasks", "fullcourt")
    ),
    *((layer, "pdfplumber") for layer in ("sources", "runs", "training", "warehouse")),
]
PLANTED = [*UPWARD, *SIDEWAYS, *CLIENTS]
ALLOWED = [
    ("warehouse", "duckdb"),
    ("warehouse", "google.cloud.bigquery"),
    ("warehouse", "requests"),
    ("sources", "duckdb"),
    ("tasks", "prefect"),
    ("flows", "prefect"),
    ("deployments", "prefect"),
    ("fullcourt", "flows.backfill"),
    ("runs", "warehouse.protocol"),
]
NESTED = "def late() -> None:\n    import prefect\n"


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages under `root`."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
    ]
    return subprocess.run(
        [*command, "--no-logo", "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        env={},
    )


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy of the tree with every violation,
    and with what is allowed."""
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    for number, (layer, module) in enumerate([*PLANTED, *ALLOWED]):
        (copy / layer / f"planted_{number}.py").write_text(f"import {module}\n")
    (copy / "planning" / "planted_late.py").write_text(NESTED)
    with (copy / "fullcourt" / "api.py").open("a") as api:
        api.write(f"\n\n{NESTED}")
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def test_imports_point_down() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "number", range(len(PLANTED)), ids=lambda n: "-".join(PLANTED[n])
)
def test_a_forbidden_import_is_refused(planted: str, number: int) -> None:
    layer, module = PLANTED[number]
    seen_as = module if module.split(".")[0] in PACKAGES else module.split(".")[0]
    assert f"{layer}.planted_{number} -> {seen_as} (l.1)" in planted


@pytest.mark.parametrize(
    "number", range(len(ALLOWED)), ids=lambda n: "-".join(ALLOWED[n])
)
def test_what_a_layer_is_for_is_allowed(planted: str, number: int) -> None:
    assert f".planted_{len(PLANTED) + number} " not in planted


def test_an_import_inside_a_function_is_seen(planted: str) -> None:
    assert "planning.planted_late -> prefect (l.2)" in planted


def test_the_python_api_may_not_need_prefect_though_its_package_may(
    planted: str,
) -> None:
    assert "fullcourt.api -> prefect (l." in planted


def test_every_folder_of_code_has_a_layer() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders - FOLDERS_WITHOUT_LAYER == set(PACKAGES)
