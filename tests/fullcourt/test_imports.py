"""What is imported late: it runs once somebody asks for it, and is then what it ever was."""

from __future__ import annotations

import importlib
import sys
from concurrent.futures import ThreadPoolExecutor
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


def test_a_late_module_that_is_asked_by_several_threads_answers_each(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asked while it ran for another was told that it has no such name."""
    monkeypatch.setattr("fullcourt.imports.LATE", (NAME,))
    file = tmp_path / f"{NAME}.py"
    file.write_text(f"import time\ntime.sleep(0.2)\n{file.read_text()}")
    with importing():
        module = importlib.import_module(NAME)
    with ThreadPoolExecutor(4) as pool:
        values = list(pool.map(lambda _: module.value, range(4)))
    assert values == [7, 7, 7, 7]
    assert runs.read_text() == "run\n"


def test_a_late_module_that_fails_runs_again_when_it_is_asked_again(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As any module does that is imported again after it failed."""
    monkeypatch.setattr("fullcourt.imports.LATE", (NAME,))
    file = tmp_path / f"{NAME}.py"
    needed = tmp_path / "needed"
    file.write_text(f"open({str(needed)!r}).close()\n{file.read_text()}")
    with importing():
        module = importlib.import_module(NAME)
    with pytest.raises(FileNotFoundError):
        _ = module.value
    needed.touch()
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
