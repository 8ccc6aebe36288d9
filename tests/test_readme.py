"""The README says what is true: its table of tables is the catalog's, its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

from fullcourt.cli.app import cli
from fullcourt.cli.look import listed_tables
from processors.discovery import load
from reports.markdown import catalog_markdown

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_the_ten_tables_are_those_of_the_catalog() -> None:
    shown = README.partition("<!-- tables -->\n")[2].partition("\n<!-- /tables -->")[0]
    assert shown.strip() == catalog_markdown(listed_tables(load())), "print it: fullcourt tables --markdown"


def typed(program: str) -> set[str]:
    """The first words given to a program in code blocks and in `inline code`."""
    blocks = "\n".join(README.split("```")[1::2])
    lines = re.findall(rf"^(?:\$ )?{program} ([a-z]+)", blocks, flags=re.MULTILINE)
    return {*lines, *re.findall(rf"`{program} ([a-z]+)", README)}


def test_every_command_shown_exists() -> None:
    assert {"backfill", "plan", "status"} <= typed("fullcourt") <= set(cli.commands)


def test_every_make_target_shown_exists() -> None:
    makefile = (Path(__file__).parent.parent / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    assert {"demo", "test"} <= typed("make") <= targets
