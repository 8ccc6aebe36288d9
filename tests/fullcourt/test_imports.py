"""What is imported late: it runs once somebody asks for it, and is then what it ever was."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from fullcourt.imports import LATE, importing

NAME = "a_module_that_is_imported_late"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that a late module writes a line to each time that it runs."""
    told = tmp_path / "runs"
    told.touch()
    text = (
        f"with open({str(told)!r}, 'a') as file:\n    file.write('run\\n')\nvalue = 7\n"
    )
    (tmp_path / f"{NAME}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    return told


def test_a_late_module_runs_when_it_is_asked_for_something_and_once(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fullcourt.imports.LATE", (NAME,))
    with importing():
        module = importlib.import_module(NAME)
        assert importlib.import_module(NAME) is module
    assert runs.read_text() == ""
    assert module.value == 7
    assert not hasattr(module, "another")
    assert module.value == 7
    assert runs.read_text() == "run\n"


def test_other_modules_run_as_they_are_imported(runs: Path) -> None:
    with importing():
        importlib.import_module(NAME)
    assert runs.read_text() == "run\n"


def test_afterwards_nothing_is_late(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fullcourt.imports.LATE", (NAME,))
    before = list(sys.meta_path)
    with importing():
        pass
    assert sys.meta_path == before
    importlib.import_module(NAME)
    assert runs.read_text() == "run\n"


@pytest.mark.parametrize("name", LATE)
def test_prefect_has_what_is_late(name: str) -> None:
    """Under another name it would be imported at once, and nobody would know."""
    assert find_spec(name) is not None
