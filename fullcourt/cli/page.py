"""`page`: the warehouse as one HTML file to look at."""

from __future__ import annotations

from pathlib import Path

import click

from core.errors import ConfigError
from core.settings import Settings
from fullcourt.cli.examples import examples
from fullcourt.cli.paths import printable, write_text
from fullcourt.cli.report import require_no_warehouse
from reports.page.frame import page_html
from reports.page.inline import MARKS
from runs.page.page import collect_page
from warehouse.connections import open_read_only

ANOTHER_FILE = "name another file for the page: --output FILE"
NAME = "page.html"
HEAD = 16_384
"""Characters of a file among which a page says what made it."""


@examples(
    "fullcourt page",
    "fullcourt page --output nba.html",
)
@click.command()
@click.option(
    "--output",
    type=Path,
    metavar="FILE",
    help=f"Write it there [{NAME} in the home].",
)
@click.option("--open", "to_open", is_flag=True, help="Show it in the browser.")
@click.pass_obj
def page(settings: Settings, output: Path | None, to_open: bool) -> None:
    """Calendar, gates over time, runs and data as one HTML file that needs no network."""
    path = output or settings.home / NAME
    require_no_warehouse(path, settings)
    require_own_page(path)
    with open_read_only(str(settings.warehouse)) as warehouse:
        facts = collect_page(warehouse)
    write_text(path, page_html(facts), ANOTHER_FILE)
    click.echo(f"written: {printable(path)}")
    if to_open:
        click.launch(str(path.absolute()))


def require_own_page(path: Path) -> None:
    """Raise ConfigError where a page would be written over a file that is none."""
    if not path.is_file() or not path.stat().st_size:
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        head = file.read(HEAD)
    if not any(mark in head for mark in MARKS):
        raise ConfigError(
            f"--output: {printable(path)} is there and is no page of fullcourt; "
            f"{ANOTHER_FILE}"
        )
