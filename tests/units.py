"""What one process runs after another where tests are spread over several.

A file is a unit of its own, but for those that share something dear: a computed league on
BigQuery's stand-in costs a process fifteen seconds of CPU, a Prefect server as much, the real
seasons six. What takes long begins first, so that nothing long is left for one process at the end.
Tests of flows wait for their server a third of the time, and are one unit: several processes would
wait at once.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

FOLDERS = (
    "tests/warehouse/bigquery/",
    "tests/warehouse/",
    "tests/gates/",
    "tests/flows/",
)
"""Their files share what a session makes once; the first that a path begins with counts."""
SERVED = {
    "tests/tasks/test_credentials.py": "tests/flows/",
    "tests/tasks/test_root_run.py": "tests/flows/",
    "tests/deployments/test_doctor.py": "tests/warehouse/",
    "tests/deployments/test_results_in_gcs.py": "tests/warehouse/",
    "tests/deployments/test_setup.py": "tests/warehouse/",
    "tests/deployments/test_slot.py": "tests/warehouse/",
    "tests/fullcourt/test_cli.py": "tests/warehouse/",
    "tests/fullcourt/test_exit_codes.py": "tests/warehouse/",
    "tests/fullcourt/test_help.py": "tests/warehouse/",
    "tests/fullcourt/test_progress_shown.py": "tests/warehouse/",
    "tests/fullcourt/test_report.py": "tests/warehouse/",
    "tests/test_howtos.py": "tests/warehouse/",
    "tests/test_kill.py": "tests/warehouse/",
    "tests/test_operations.py": "tests/warehouse/",
}
"""Files that ask for a Prefect server, joined to the two units that have one."""
JOINED = {
    "tests/sources/test_nba_stats_real.py": "tests/test_golden.py",
    "tests/training/test_fitting.py": "tests/fullcourt/test_train.py",
    **SERVED,
}
"""Files that share with those of another folder. Besides the served ones: two read the real
seasons, and two import skops, for which a process that has imported everything else takes seconds.
"""
LONG = (
    "tests/deployments/test_deployed.py",
    "tests/warehouse/",
    "tests/flows/",
    "tests/warehouse/bigquery/",
    "tests/test_golden.py",
    "tests/property/",
    "tests/gates/",
    "tests/fullcourt/test_server.py",
    "tests/page/",
    "tests/fuzz/",
)
"""What takes longest, in the order in which it begins, each file by the longest name here that it
begins with; the others follow.

A process whose unit has one test, as test_deployed.py, is given the next unit at once, to run after
it.
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
