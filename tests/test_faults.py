"""The report of faults that have a test counts what it says it counts."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.faults import ids_explained, ids_in_names, report


def test_the_faults_that_are_explained_are_those_of_the_specification(
    shared: Path,
) -> None:
    faults = shared / "spec" / "faults.md"
    if not faults.exists():
        pytest.skip(f"needs the specification: {faults} is not there")
    assert ids_explained() == ids_explained(faults)


def test_a_test_names_its_faults_at_the_start_of_its_name() -> None:
    names = [
        "test_f10_minutes",
        "test_f01_f08_joins[a]",
        "test_of_f20_rows",
        "test_f1_short",
        "test_f100_long",
    ]
    assert ids_in_names(names) == {"F01", "F08", "F10"}


def test_the_report_names_what_is_covered_what_is_missing_and_what_nobody_asked_for() -> (
    None
):
    assert report(["F01", "F02", "F03"], {"F02", "F99"}) == (
        "faults with a test: 1 of 3: F02; without: F01 F03; in no specification: F99"
    )


def test_every_fault_has_a_test() -> None:
    trees = [
        ast.parse(path.read_text()) for path in Path(__file__).parent.rglob("test_*.py")
    ]
    functions = (
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    )
    assert set(ids_explained()) - ids_in_names(f.name for f in functions) == set()
