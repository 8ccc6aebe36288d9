"""What one process runs after another where tests are spread over several.

A file is a unit of its own, but for those that share something dear: a computed league on
BigQuery's stand-in costs a process fifteen seconds of CPU, the real seasons six. What takes long
begins first, so that nothing long is left for one process at the end. Tests of flows wait for their
server a third of the time: between two files of them comes one that computes, or three processes
would wait at once. Only one that needs a server is among the first: its database, made meanwhile,
is the others' too.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

FOLDERS = ("tests/warehouse/bigquery/", "tests/warehouse/", "tests/gates/")
"""Their files share what a session makes once; the first that a path begins with counts."""
JOINED = {
    "tests/sources/test_nba_stats_real.py": "tests/test_golden.py",
    "tests/training/test_fitting.py": "tests/fullcourt/test_train.py",
}
"""Files that share with one of another folder: two read the real seasons, and two import skops, for
which a process that has imported everything else takes seconds."""
LONG = (
    "tests/deployments/test_deployed.py",
    "tests/warehouse/",
    "tests/test_golden.py",
    "tests/flows/test_no_go.py",
    "tests/property/test_incremental_is_rebuild.py",
    "tests/flows/test_backfill.py",
    "tests/gates/",
    "tests/property/",
    "tests/flows/test_nightly.py",
    "tests/test_operations.py",
    "tests/fullcourt/test_server.py",
    "tests/page/",
    "tests/flows/",
    "tests/fuzz/",
    "tests/test_kill.py",
)
"""What takes longest, in the order in which it begins, each file by the longest name here that it
begins with; the others follow.

A process whose unit has one test is given the next unit at once, to run after it: behind
test_deployed.py and the two units of tests/warehouse comes one that is not of the longest.
"""


def unit_of(file: str) -> str:
    """The unit of a file of tests, whose path is given from the project's root."""
    folders = (folder for folder in FOLDERS if file.startswith(folder))
    return JOINED.get(file) or next(folders, file)


def file_of(nodeid: str) -> str:
    """The file of a test."""
    return nodeid.partition("::")[0]


def place_of(nodeid: str) -> int:
    """Where a test stands in the order in which units begin."""
    named = max(filter(nodeid.startswith, LONG), key=len, default=None)
    return LONG.index(named) if named else len(LONG)


def sort_by_unit(items: list[pytest.Item]) -> None:
    """Put the tests of the long units first; every process finds the same order."""
    items.sort(key=lambda item: place_of(item.nodeid))


def by_unit(config: pytest.Config, log: Any) -> Any:
    """What gives whole units to the processes."""
    scheduling = LoadFileScheduling(config, log)
    scheduling._split_scope = lambda nodeid: unit_of(file_of(nodeid))
    return scheduling
