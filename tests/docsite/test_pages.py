"""The generated pages say what the code says: tables, commands, limits, faults."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from docsite.checkout import checkout_pages, site_links
from docsite.command_pages import command_pages
from docsite.fault_page import fault_page, guards
from docsite.hooks import asked_elsewhere, expand
from docsite.limit_pages import limits_page
from docsite.markup import plain, rows_of
from docsite.table_pages import readers, table_pages
from fullcourt.cli.app import cli
from fullcourt.cli.menu import ENTRIES, SECTIONS
from processors.discovery import load
from tests.faults import ids_explained
from training.limits import load_limits
from training.model_limits import load_model_limits
from validation.limits import load_thresholds

ROOT = Path(__file__).resolve().parents[2]
CATALOG = load()
TABLES = table_pages(CATALOG)


@pytest.mark.parametrize("table", [*CATALOG.ordered(), *CATALOG.raw])
def test_a_table_has_a_page_with_every_column_its_type_and_its_meaning(
    table: str,
) -> None:
    folder = "raw" if table in CATALOG.raw else "tables"
    rows = TABLES[f"{folder}/{table}.md"].splitlines()
    for column in CATALOG.columns(table):
        shown = f"| `{column.name}` | {column.type} | {column.unit or ''} | "
        (row,) = (row for row in rows if row.startswith(shown))
        assert plain(column.description).replace("|", "\\|") in row


def test_who_reads_a_table_are_those_whose_contracts_name_it() -> None:
    assert readers(CATALOG, "player_daily_cache") == ("ml_feature_store",)
    assert "team_defense_game_summary" in readers(CATALOG, "team_offense_game_summary")
    assert readers(CATALOG, "ml_feature_store") == ()


@pytest.mark.parametrize("path", TABLES)
def test_every_link_of_a_table_leads_to_another_page(path: str) -> None:
    pages = {*TABLES, "thresholds.md"}
    for link in re.findall(r"\]\(([^)]+)\)", TABLES[path]):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
        assert target in pages, link


def commands(
    command: click.Command, context: click.Context
) -> Iterator[tuple[str, click.Command]]:
    """The path of every command below one, and the command."""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            below = click.Context(inner, context, name)
            yield below.command_path, inner
            yield from commands(inner, below)


def test_every_command_and_subcommand_has_its_options_on_its_page() -> None:
    pages = command_pages(cli, SECTIONS, {})
    found = list(commands(cli, click.Context(cli, info_name="fullcourt")))
    assert len(found) > len(ENTRIES)
    for path, command in found:
        page = pages[f"commands/{path.split()[1]}.md"]
        (part,) = re.findall(
            rf"^##? {path}$\n(.*?)(?=^## |\Z)", page, flags=re.MULTILINE | re.DOTALL
        )
        assert f"```text\n{path}" in part
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert f"`{parameter.opts[0]}" in part, f"{path} {parameter.opts[0]}"


def test_examples_of_a_help_text_are_shown_as_they_are() -> None:
    command = click.Command(
        "play", help="Play.\n\n\b\nExamples:\n  fullcourt play --loud\n"
    )
    program = click.Group("fullcourt", commands={"play": command})
    assert "fullcourt play --loud" in command_pages(program, {}, {})["commands/play.md"]


def test_every_limit_stands_on_the_page_with_its_why() -> None:
    page = limits_page(CATALOG)
    of_tables = [
        limit for limits in load_thresholds(CATALOG).values() for limit in limits
    ]
    for limit in (*of_tables, *load_limits(), *load_model_limits()):
        assert plain(limit.why).replace("|", "\\|") in page, limit


def test_every_fault_has_its_heading_and_a_test_that_guards_against_it() -> None:
    page = fault_page(ROOT)
    tests = guards(ROOT / "tests")
    headings = re.findall(r"^### (F\d\d)$", page, flags=re.MULTILINE)
    assert headings == ids_explained()
    for fault in headings:
        part = page.partition(f"### {fault}\n")[2].partition("### ")[0]
        assert tests[fault]
        assert tests[fault][0] in part


@pytest.mark.parametrize(
    ("path", "written", "shown"),
    [
        ("index.md", "docs/fetch.md#terms", "fetch.md#terms"),
        ("index.md", "CONTRIBUTING.md", "contributing.md"),
        ("export.md", "../examples/correction.py", "examples/correction.md"),
        ("export.md", "../README.md#limits", "index.md#limits"),
        ("export.md", "fetch.md", "fetch.md"),
        ("export.md", "#labels", "#labels"),
        ("export.md", "https://example.com/a.md", "https://example.com/a.md"),
        ("export.md", "../runs/export.py", "../runs/export.py"),
    ],
)
def test_a_link_to_a_file_of_the_checkout_leads_to_its_page(
    path: str, written: str, shown: str
) -> None:
    assert site_links(f"see [it]({written}).", path) == f"see [it]({shown})."


def test_the_readme_is_the_first_page() -> None:
    assert checkout_pages(ROOT)["index.md"] == (ROOT / "README.md").read_text()


def test_a_folder_of_the_navigation_becomes_its_pages() -> None:
    nav = [{"Reference": [{"Tables": "tables/*"}, {"Faults": "faults.md"}]}]
    paths = ["index.md", "tables/index.md", "tables/a.md", "raw/b.md"]
    tables = {"Tables": ["tables/index.md", "tables/a.md"]}
    assert expand(nav, paths) == [{"Reference": [tables, {"Faults": "faults.md"}]}]


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://example.com/a.js"></script>',
        '<link rel="stylesheet" href="//example.com/a.css">',
        "<img alt=x src=http://example.com/a.png>",
    ],
)
def test_a_page_that_asks_another_site_is_found(html: str) -> None:
    """A documentation that needs the network is blank where it is needed most."""
    assert len(asked_elsewhere(html)) == 1


def test_a_link_to_follow_asks_nobody() -> None:
    html = '<a href="https://example.com">x</a><script src="assets/a.js"></script>'
    assert asked_elsewhere(html) == []


def test_data_starts_no_tag() -> None:
    assert plain("a <script> and a < b, `x < y <z>`") == (
        "a &lt;script> and a < b, `x < y <z>`"
    )
    assert rows_of(("a",), []) == ""


def test_a_pipe_is_escaped_in_the_text_of_a_table_and_stands_bare_in_code() -> None:
    assert rows_of(("a",), [("x | y `b|c`",)]) == "| a |\n|---|\n| x \\| y `b|c` |"


def test_the_build_of_the_site_counts_its_warnings() -> None:
    """With --quiet mkdocs drops warnings before it counts them, and --strict refuses nothing."""
    after = (ROOT / "Makefile").read_text().partition("\nsite:")[2]
    recipe = after.partition("\n\n")[0]
    assert "mkdocs build --strict" in recipe
    assert "--quiet" not in recipe
