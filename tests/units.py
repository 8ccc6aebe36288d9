"""What one process runs after another where tests are spread over several.

A file is a unit of its own, but for files that share something dear: a Prefect server costs a
process twenty seconds of CPU, a computed league four, one on BigQuery's stand-in fifteen. What
takes long begins first, so that nothing long is left for one process at the end.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).resolve().parent.parent
FLOWS = "tests/flows/"
PREFECT = "what else needs a Prefect server"
SERVER_FIXTURES = ("prefect_server", "prefect_api")
FOLDERS = ("tests/warehouse/bigquery/", "tests/warehouse/", "tests/gates/", FLOWS)
"""Their files share what a session makes once; the first that a path begins with counts."""
LONG = (
    FLOWS,
    PREFECT,
    "tests/deployments/test_deployed.py",
    "tests/warehouse/bigquery/",
    "tests/property/test_incremental_is_rebuild.py",
    "tests/warehouse/",
    "tests/test_golden.py",
    "tests/gates/",
    "tests/fuzz/test_fuzz.py",
)
"""The units that take longest, in the order in which they begin; the others follow."""


@cache
def unit_of(file: str) -> str:
    """The unit of a file of tests, whose path is given from the project's root."""
    if not file.startswith(FLOWS) and _needs_server(ROOT / file):
        return PREFECT
    return next((folder for folder in FOLDERS if file.startswith(folder)), file)


def _needs_server(file: Path) -> bool:
    text = file.read_text(encoding="utf-8")
    return any(fixture in text for fixture in SERVER_FIXTURES)


def file_of(nodeid: str) -> str:
    """The file of a test."""
    return nodeid.partition("::")[0]


def place_of(nodeid: str) -> int:
    """Where a test's unit stands in the order in which units begin."""
    unit = unit_of(file_of(nodeid))
    return LONG.index(unit) if unit in LONG else len(LONG)


def sort_by_unit(items: list[pytest.Item]) -> None:
    """Put the tests of the long units first; every process finds the same order."""
    items.sort(key=lambda item: place_of(item.nodeid))


def by_unit(config: pytest.Config, log: Any) -> Any:
    """What gives whole units to the processes."""
    scheduling = LoadFileScheduling(config, log)
    scheduling._split_scope = lambda nodeid: unit_of(file_of(nodeid))
    return scheduling
