"""The faults as a page: what happened, how it is met here, and the tests that plant it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from docsite.markup import code, page, plain

EXPLAINED = Path("tests/faults.md")
_NAMED = re.compile(r"test((?:_f\d\d)+)_(.+)")
_TEST = re.compile(r"^ *def (test\w+)", re.MULTILINE)
_ROW = re.compile(r"\| (F\d\d) \| (.+) \| (.+) \|")

Guards = Mapping[str, list[str]]
"""Fault -> the tests that carry its id, as they are shown."""


def fault_page(root: Path) -> str:
    """Every fault of the list with its tests; `root` is the checkout."""
    tests = guards(root / "tests")
    title, *lines = (root / EXPLAINED).read_text().splitlines()
    shown = [text for line in lines for text in _line(line, tests)]
    body = "\n".join(shown)
    return page("Faults, and how each is met", body.strip())


def guards(folder: Path) -> Guards:
    """The tests under a folder that carry the ids of faults in their names."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        place = path.relative_to(folder.parent)
        for name in _TEST.findall(path.read_text()):
            for fault, says in _named(name):
                found.setdefault(fault, []).append(f"{says} ({code(place)})")
    return found


def _named(test: str) -> Iterator[tuple[str, str]]:
    """The faults in the name of a test, each with the sentence that the name is."""
    match = _NAMED.fullmatch(test)
    if match:
        sentence = match[2].replace("_", " ")
        for fault in match[1].strip("_").split("_"):
            yield fault.upper(), sentence


def _line(line: str, tests: Guards) -> Iterator[str]:
    """A line of the list as it is shown: a row becomes a heading with its tests."""
    row = _ROW.fullmatch(line)
    if row:
        yield from _fault(row[1], row[2], row[3], tests.get(row[1], []))
    elif not line.startswith("|"):
        yield line


def _fault(fault: str, happened: str, here: str, tests: list[str]) -> Iterator[str]:
    yield from (f"### {fault}", "", f"**What happened:** {plain(happened)}", "")
    yield from (f"**Here:** {plain(here)}", "")
    yield from (f"- {test}" for test in tests)
    yield ""
