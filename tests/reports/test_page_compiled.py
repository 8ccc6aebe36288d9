"""Templates of the page that were compiled before: the same page, and never of another text."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from core.kept import VARIABLE
from reports.page.compiled import KeptTemplates


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "greeting.html").write_text("Grüße, {{ name }}")
    return folder


def greeting(templates: Path, written_in: Path = Path(__file__)) -> str:
    """What another process would fill in."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        autoescape=True,
        bytecode_cache=KeptTemplates(written_in),
    )
    return environment.get_template("greeting.html").render(name="<you>")


def test_a_template_is_compiled_once(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = greeting(templates)
    monkeypatch.delattr(jinja2.Environment, "compile")
    assert first == greeting(templates) == "Grüße, &lt;you&gt;"


def test_another_text_is_compiled_anew(templates: Path) -> None:
    greeting(templates)
    (templates / "greeting.html").write_text("Bye, {{ name }}")
    assert greeting(templates) == "Bye, &lt;you&gt;"


def test_what_another_environment_compiled_is_not_taken(
    templates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that escapes nothing would leave a page open to whatever a source sends."""
    other = tmp_path / "other.py"
    other.write_text("autoescape=False")
    greeting(templates, other)
    monkeypatch.delattr(jinja2.Environment, "compile")
    with pytest.raises(AttributeError, match="compile"):
        greeting(templates)


def test_without_a_folder_each_process_compiles_its_own(
    templates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    monkeypatch.setenv(VARIABLE, str(taken))
    assert greeting(templates) == "Grüße, &lt;you&gt;"
