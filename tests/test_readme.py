"""The README and the docs say what is true: tables, commands, links."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from fullcourt.cli.menu import ENTRIES
from fullcourt.cli.tables import table_entries
from processors.discovery import load
from reports.tables import catalog_markdown

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_ten_tables_are_those_of_the_catalog() -> None:
    shown = (
        README.read_text()
        .partition("<!-- tables -->\n")[2]
        .partition("\n<!-- /tables -->")[0]
    )
    assert shown.strip() == catalog_markdown(table_entries(load())), (
        "print it: fullcourt tables --markdown"
    )


def typed(page: Path, program: str) -> set[str]:
    """The first words given to a program in code blocks and in `inline code`."""
    text = page.read_text()
    blocks = "\n".join(text.split("```")[1::2])
    lines = re.findall(
        rf"^(?:\$ )?{program} ([a-z][a-z-]*)", blocks, flags=re.MULTILINE
    )
    return {*lines, *re.findall(rf"`{program} ([a-z][a-z-]*)", text)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_shown_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    assert typed(page, "fullcourt") <= set(ENTRIES)
    assert typed(page, "make") <= targets


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_alone_lists_every_target_that_says_what_it_is_for() -> None:
    listed = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^(\S+):.*## ", makefile, flags=re.MULTILINE)
    assert re.findall(r"^  make (\S+)", listed.stdout, flags=re.M) == targets
    assert "peers-lock" in targets


def test_the_readme_shows_the_commands_that_a_newcomer_needs() -> None:
    assert {"backfill", "plan", "status"} <= typed(README, "fullcourt")
    assert {"demo", "test"} <= typed(README, "make")


def test_the_readme_begins_with_real_data_in_three_commands() -> None:
    """The first block of commands of fullcourt is a fetch, what computes it, and what shows it."""
    blocks = README.read_text().split("```")[1::2]
    first = next(block for block in blocks if "fullcourt fetch" in block)
    named, *commands = first.strip().splitlines()
    assert named.startswith("export FULLCOURT_WAREHOUSE=duckdb:")
    words = [line.split()[:2] for line in commands]
    assert words == [["fullcourt", name] for name in ("fetch", "backfill", "status")]
    assert "--ingest" in first


@pytest.mark.parametrize("name", ["README.md", "docs/fetch.md"])
def test_real_data_goes_into_another_warehouse_than_the_demo(name: str) -> None:
    """In the default one the ingest would end with `holds another league`."""
    text = (ROOT / name).read_text()
    before, found, _ = text.partition("--ingest")
    assert found
    assert "export FULLCOURT_WAREHOUSE=duckdb:" in before


def heading_anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), flags=re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading_of_it(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        name, _, anchor = link.partition("#")
        if not link.startswith("http"):
            target = (page.parent / name).resolve() if name else page
            assert target.is_file(), link
            assert not anchor or anchor in heading_anchors(target), link
