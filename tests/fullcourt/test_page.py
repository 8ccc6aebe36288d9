"""`fullcourt page` as a person calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fullcourt.conftest import Call


@pytest.fixture
def home(computed_file: Path) -> Path:
    """The home of the computed league: the page is written elsewhere."""
    return computed_file.parent


def test_the_page_is_written_and_its_commands_are_those_that_were_typed(
    call: Call, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "look" / "page.html"
    assert call("page", "--output", str(path)) == (0, f"written: {path}\n", "")
    html = path.read_text()
    assert f'"why":"fullcourt --home {home} why"' in html
    assert "player" in html.partition('class="phases"')[2].partition("</ol>")[0]
    assert "Gates over time" in html


def test_the_page_is_not_written_over_the_warehouse(call: Call, home: Path) -> None:
    file = home / "warehouse.duckdb"
    before = file.stat().st_size
    code, _, err = call("page", "--output", str(file))
    assert code == 2
    assert "is the warehouse; name another file" in err
    assert file.stat().st_size == before


def test_a_place_that_takes_no_file_is_a_sentence(call: Call, tmp_path: Path) -> None:
    (tmp_path / "in-the-way").write_text("")
    code, _, err = call("page", "--output", str(tmp_path / "in-the-way" / "page.html"))
    assert code == 2
    assert "name another file for the page: --output FILE" in err


@pytest.mark.parametrize("text", ["my notes", "<html>another program's page</html>"])
def test_the_page_is_not_written_over_what_is_no_page(
    call: Call, tmp_path: Path, text: str
) -> None:
    """A slip of the keyboard would have taken a file that nothing brings back."""
    path = tmp_path / "notes.html"
    path.write_text(text)
    code, _, err = call("page", "--output", str(path))
    assert code == 2
    assert f"{path} is there and is no page of fullcourt; name another file" in err
    assert path.read_text() == text


def test_a_page_is_written_over_an_earlier_one_and_over_nothing(
    call: Call, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.touch()
    assert call("page", "--output", str(path))[0] == 0
    path.write_text(path.read_text().replace('<meta name="generator"', "<meta"))
    assert call("page", "--output", str(path))[0] == 0
    assert 'name="generator"' in path.read_text()


def test_a_path_that_would_break_the_line_is_told_in_one(
    call: Call, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "two\nlines \u202e.html"
    code, out, _ = call("page", "--output", str(path))
    assert (code, out.count("\n")) == (0, 1)
    assert "two\\nlines \\u202e.html" in out
    assert path.is_file()
