"""Which of the faults that faults.md explains have a test:
a test says so by its name, `test_f01_...`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

EXPLAINED = Path(__file__).with_name("faults.md")


def ids_explained(faults: Path = EXPLAINED) -> list[str]:
    """The ids in the first column of the tables of such a file, in their order."""
    return re.findall(r"^\| (F\d\d) \|", faults.read_text(), flags=re.MULTILINE)


def ids_in_names(names: Iterable[str]) -> set[str]:
    """The faults that these tests name; one test may name several, `test_f01_f08_...`."""
    runs = (
        match[1] for name in names if (match := re.match(r"test((?:_f\d\d)+)_", name))
    )
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
