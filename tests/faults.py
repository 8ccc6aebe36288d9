"""Which of the specification's faults have a test: a test says so by its name, `test_f01_...`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

CHECKED_IN = Path(__file__).with_name("fault_ids.txt")


def ids_in_specification(faults: Path) -> list[str]:
    """The ids in the first column of the tables of faults.md, in their order."""
    return re.findall(r"^\| (F\d\d) \|", faults.read_text(), flags=re.MULTILINE)


def checked_in_ids() -> list[str]:
    """The ids as they were when last compared; for where the specification is not at hand."""
    return re.findall(r"^F\d\d$", CHECKED_IN.read_text(), flags=re.MULTILINE)


def ids_in_names(names: Iterable[str]) -> set[str]:
    """The faults that these tests name; one test may name several, `test_f01_f08_...`."""
    runs = (match[1] for name in names if (match := re.match(r"test((?:_f\d\d)+)_", name)))
    return {fault.upper() for run in runs for fault in run.split("_") if fault}


def report(known: list[str], tested: set[str]) -> str:
    """One line: how many and which faults have a test, and which have none."""
    covered = [fault for fault in known if fault in tested]
    missing = [fault for fault in known if fault not in tested]
    line = f"faults with a test: {len(covered)} of {len(known)}: {' '.join(covered) or '-'}"
    line += f"; without: {' '.join(missing) or '-'}"
    if unknown := sorted(tested.difference(known)):
        line += f"; in no specification: {' '.join(unknown)}"
    return line
