"""The API is typed for those who use it: a right program passes mypy strict, wrong ones do not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.fullcourt import api_program

ROOT = Path(__file__).resolve().parents[2]
WRONG = """
import fullcourt

with fullcourt.open(1) as warehouse:
    warehouse.verdicts("player")
    number: int = warehouse.table("players").name
    fullcourt.opne("duckdb:x")
    warehouse.training_set()
"""
FAULTS = {
    4: 'Argument 1 to "open" has incompatible type "int"',
    5: '"Warehouse" has no attribute "verdicts"',
    6: 'Incompatible types in assignment (expression has type "str", variable has type "int")',
    7: 'Module has no attribute "opne"',
    8: 'Missing named argument "validation_from"',
}


def test_a_program_that_uses_it_passes_mypy_strict_and_wrong_ones_do_not(
    tmp_path: Path,
) -> None:
    right, wrong = Path(api_program.__file__), tmp_path / "wrong.py"
    wrong.write_text(WRONG)
    # With the project's own options, strict among them, so that its cache serves.
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary"]
    done = subprocess.run(
        [*command, str(right), str(wrong)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    told = [line for line in done.stdout.splitlines() if " error: " in line]
    assert not [line for line in told if right.name in line]
    for number, fault in FAULTS.items():
        assert any(f"wrong.py:{number}: error: {fault}" in line for line in told), (
            done.stdout
        )


def test_the_program_runs(computed_file: Path) -> None:
    assert api_program.attempt(f"duckdb:{computed_file}") == ""
    assert sum(api_program.read(f"duckdb:{computed_file}").values()) > 0


def test_the_packages_say_that_they_are_typed() -> None:
    """Without the marker a type checker takes everything for Any."""
    typed = {path.parent.name for path in ROOT.glob("*/py.typed")}
    assert {"fullcourt", "core", "planning", "processors", "validation"} <= typed
