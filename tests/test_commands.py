"""A command of ours is a value until the edge: below reports/ nobody spells one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fullcourt.cli.menu import ENTRIES

ROOT = Path(__file__).resolve().parent.parent
BELOW = (
    "core",
    "processors",
    "planning",
    "validation",
    "sources",
    "demo",
    "warehouse",
    "runs",
    "tasks",
    "flows",
)
"""The layers in which a command is a `Remedy`."""
SPELLED = re.compile(rf"\bfullcourt (?:--|{'|'.join(sorted(ENTRIES))}\b)")
EXCEPTIONS: dict[str, str] = {}
"""Module -> why a command line is spelled in it."""


def spelled_in(source: str) -> Iterator[tuple[int, str]]:
    """The texts of a module that spell a command line: line and text; docstrings are for us."""
    tree = ast.parse(source)
    documented = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(_text(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if id(node) not in documented and SPELLED.search(text):
            yield node.lineno, text


def _text(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{}"


def modules() -> Iterator[Path]:
    for layer in BELOW:
        yield from sorted((ROOT / layer).rglob("*.py"))


def test_no_command_line_is_spelled_below_the_reports() -> None:
    """A command in a sentence could not be given the options that the reader had typed.

    An exception that is none any more is found as well, and is to be taken off the list.
    """
    found = {
        str(path.relative_to(ROOT)): [
            f"{line}: {text}" for line, text in spelled_in(path.read_text())
        ]
        for path in modules()
    }
    spelled = {module: lines for module, lines in found.items() if lines}
    assert spelled.keys() == EXCEPTIONS.keys(), spelled


@pytest.mark.parametrize(
    "planted",
    [
        'raise ConfigError("load one: fullcourt ingest demo")',
        'f"then fullcourt backfill --table {table}"',
        'REPAIR = "fullcourt --warehouse duckdb:OTHER.duckdb ingest …"',
    ],
)
def test_a_planted_command_line_is_found(planted: str) -> None:
    assert list(spelled_in(planted if planted[0] != "f" else f"x = {planted}"))


def test_what_only_names_the_program_is_no_command_line() -> None:
    kept = ('x = "what fullcourt was told"', '"""As `fullcourt doctor` says."""')
    assert not any(list(spelled_in(source)) for source in kept)
