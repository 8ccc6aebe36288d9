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
