"""The image's build without an image: installed from what
the build sees, the project runs alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "deployments" / "Dockerfile").read_text()
IGNORED = [
    line
    for line in (ROOT / ".dockerignore").read_text().splitlines()
    if line and line[0] != "#"
]
OF_A_CHECKOUT = {"bench", "docsite", "tests", "ruff.toml"}
OF_A_CHECKOUT |= {".ruff_cache", "Dockerfile", "reruns"}
FLOWS = ("backfill", "phase", "gate", "ingest", "fetch", "nightly", "train")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages as the build's own command installs them, its sources gone."""
    folder = tmp_path_factory.mktemp("image")
    ignore = shutil.ignore_patterns(
        *(pattern.removeprefix("**/") for pattern in IGNORED)
    )
    shutil.copytree(ROOT, folder / "build", ignore=ignore)
    (own,) = re.findall(
        r"^RUN pip (install .*--no-deps.*) \.", DOCKERFILE, flags=re.MULTILINE
    )
    command = [
        sys.executable,
        "-m",
        "pip",
        *own.split(),
        "--quiet",
        "--target",
        str(folder / "site"),
        ".",
    ]
    subprocess.run(command, cwd=folder / "build", check=True, capture_output=True)
    shutil.rmtree(folder / "build")
    return folder / "site"


def ran(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A Python process that finds the installed packages and not the checkout."""
    environ = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("FULLCOURT_", "PYTHON"))
    }
    environ |= {"PYTHONPATH": str(installed), "FULLCOURT_CODE_VERSION": "0123456789ab"}
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(
        command,
        env=environ,
        cwd=installed.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )


def test_the_installed_package_has_every_file_that_a_run_may_read(
    installed: Path,
) -> None:
    """What is left out is for a checkout: lint rules, the image, what is typed into a rerun."""
    packages = [path.parent for path in ROOT.glob("*/__init__.py")]
    packages = [folder for folder in packages if folder.name not in OF_A_CHECKOUT]
    assert len(packages) >= 10
    missing = set()
    for folder in packages:
        for path in folder.rglob("*"):
            name = path.relative_to(ROOT)
            left_out = OF_A_CHECKOUT.intersection(name.parts) or path.suffix == ".pyc"
            if path.is_file() and not left_out and not (installed / name).is_file():
                missing.add(str(name))
    assert missing == set()


def test_the_installed_package_has_every_query_contract_and_limit(
    installed: Path,
) -> None:
    for kind in ("sql", "yaml"):
        for folder in ("processors", "validation", "warehouse"):
            here, there = (
                {
                    p.relative_to(root / folder)
                    for p in (root / folder).rglob(f"*.{kind}")
                }
                for root in (ROOT, installed)
            )
            assert {path for path in here if "cases" not in path.parts} <= there, folder
    assert not list(installed.rglob("test_*.py"))


def test_the_flows_can_be_started_by_module_and_name_the_commit_of_the_image(
    installed: Path,
) -> None:
    """No repository is in the image; what is computed there has to name its code all the same."""
    wanted = "".join(f"import flows.{flow}\n" for flow in FLOWS)
    told = ran(
        installed,
        "-c",
        f"{wanted}import core.version\nprint(flows.phase.__file__, core.version.code_version())",
    )
    path, version = told.stdout.split()
    assert Path(path).is_relative_to(installed)
    assert version.startswith("0123456789ab")


def test_the_command_line_lists_the_ten_tables(installed: Path) -> None:
    told = ran(
        installed, "-c", "from fullcourt.cli import main; main()", "tables", "--json"
    )
    assert told.stdout.count('"phase":') == 10
