"""Messages count: a number that may be one is never followed by a noun that is fixed in the plural.

`at most 1 cells` and `rows of 1 tables` were read by everyone who repaired a single date.
`core.counted` says both.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.counted import counted, noun_for, verb_for

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (
    "core",
    "processors",
    "planning",
    "validation",
    "training",
    "warehouse",
    "sources",
    "reports",
    "runs",
    "tasks",
    "flows",
    "deployments",
    "fullcourt",
    "docsite",
)
NOUNS = (
    "attempt|batch|breach|call|cause|cell|check|column|credit|date|day|file|game|gap|id|"
    "job|limit|measurement|miss|month|number|phase|reason|record|reject|row|season|shot|side|"
    "statement|table|team|tree|value|verdict|waiver|year"
)
"""What fullcourt counts."""
ADJECTIVES = (
    "earlier|expected|final|further|later|matching|more|other|planned|predicted|such"
)
COUNTED = re.compile(rf" (?:(?:{ADJECTIVES}) )*(?:{NOUNS})(?:s|es)\b")


def fixed_plurals(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each formatted number with a plural behind it, but where an
    `… if n == 1 else …` has told one from several, or the number is a constant of the code."""
    tree = ast.parse(source)
    told_apart = {
        inside
        for choice in ast.walk(tree)
        if isinstance(choice, ast.IfExp) and _asks_for_one(choice.test)
        for inside in ast.walk(choice)
    }
    for text in ast.walk(tree):
        if isinstance(text, ast.JoinedStr) and text not in told_apart:
            yield from _fixed(text)


def _asks_for_one(test: ast.expr) -> bool:
    numbers = [each.value for each in ast.walk(test) if isinstance(each, ast.Constant)]
    return 1 in numbers


def _fixed(text: ast.JoinedStr) -> Iterator[tuple[int, str]]:
    for number, after in zip(text.values, text.values[1:], strict=False):
        if not isinstance(number, ast.FormattedValue) or not isinstance(
            after, ast.Constant
        ):
            continue
        found = COUNTED.match(str(after.value))
        if found and not _is_constant(number.value):
            yield text.lineno, ast.unparse(number.value) + found[0]


def _is_constant(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id.isupper()


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_message_has_a_plural_for_a_number_that_may_be_one(folder: str) -> None:
    found: list[str] = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for line, text in fixed_plurals(path.read_text()):
            found.append(f"{path.relative_to(ROOT)}:{line}: {text}")
    assert found == [], "say it with core.counted"


@pytest.mark.parametrize(
    ("source", "is_fixed"),
    [
        ('f"at most {cells:,} cells"', True),
        ('f"{len(games)} more games are open"', True),
        ('f"{n} batches"', True),
        ('"1 cell" if n == 1 else f"{n} cells"', False),
        ("f\"{counted(n, 'cell')} left\"", False),
        ('f"{MOST} rows"', False),
        ('f"{table} rows.csv"', True),
        ('f"{name} lists them"', False),
    ],
)
def test_a_fixed_plural_is_found(source: str, is_fixed: bool) -> None:
    assert bool(list(fixed_plurals(source))) == is_fixed


def test_one_thing_is_told_in_the_singular() -> None:
    assert [counted(number, "cell") for number in (0, 1, 2, 1204)] == [
        "0 cells",
        "1 cell",
        "2 cells",
        "1,204 cells",
    ]
    assert counted(2, "batch", "batches") == "2 batches"
    assert [noun_for(number, "row") for number in (1, 1.0, 0.5)] == [
        "row",
        "row",
        "rows",
    ]
    assert [verb_for(number, "is", "are") for number in (1, 2)] == ["is", "are"]
