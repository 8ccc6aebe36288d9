"""`report`: what the gates said, what is there, what is missing and why, what to run next."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import click

from core.address import DuckDBAddress
from core.errors import ConfigError
from core.settings import Settings
from fullcourt.cli.choose import (
    as_json,
    echo_json,
    range_options,
    selection_of,
    table_options,
)
from fullcourt.cli.examples import examples
from fullcourt.cli.paths import printable as shown_path
from fullcourt.cli.paths import write_text
from fullcourt.cli.reading import open_to_read
from reports.page.kept import KeptPage, page_markdown, report_stem
from reports.report import Report, final_markdown, sections
from reports.sections import print_sections
from runs.report import final_report

ANOTHER_FILE = "name another file for the report"


@examples(
    "fullcourt report",
    "fullcourt report --start 2023-11-01 --output report.md",
)
@click.command()
@range_options
@table_options
@click.option(
    "--output",
    type=Path,
    metavar="FILE",
    help="Write it there as Markdown.",
)
@as_json
@click.pass_obj
def report(
    settings: Settings, /, output: Path | None, to_json: bool, **options: Any
) -> None:
    """Gates, coverage against the ceiling, gaps with their causes, times, and what to run next."""
    if output:
        require_no_warehouse(output, settings)
    with open_to_read(settings) as warehouse:
        found = final_report(warehouse, selection_of(options))
    if output:
        write_text(output, final_markdown(found), ANOTHER_FILE)
    if to_json:
        echo_json(found.to_json())
    elif output:
        click.echo(f"written: {output}")
    else:
        click.echo(f"{found.title}\n")
        print_sections(sections(found))


def require_no_warehouse(output: Path, settings: Settings) -> None:
    """Raise ConfigError where a report would be written over the warehouse or its log."""
    if not isinstance(settings.warehouse, DuckDBAddress):
        return
    file = settings.warehouse.path
    written = os.path.realpath(output)
    for taken in (str(file), f"{file}.wal"):
        is_there = os.path.exists(taken) and os.path.exists(written)
        if written == taken or (is_there and os.path.samefile(written, taken)):
            raise ConfigError(
                f"--output: {shown_path(output)} is the warehouse; {ANOTHER_FILE}"
            )


def require_reports_folder(home: Path) -> None:
    """Raise ConfigError before a run whose report could not be kept; make the folder."""
    folder = home / "reports"
    repair = "name another home: fullcourt --home DIR"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{shown_path(folder)}: {error.strerror}; {repair}"
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigError(f"{shown_path(folder)}: cannot be written; {repair}")


def keep_report(found: Report, home: Path, page: KeptPage | None = None) -> Path:
    """Write the report that a run ended with beside the others, and return its path.

    It is named like the page that the run wrote; without one, after its own date and time.
    """
    if page and page.path:
        path = page.path.with_suffix(".md")
        text = final_markdown(found) + page_markdown(page)
        write_text(path, text, "the run itself is done")
        return path
    for number in count(1):
        path = home / "reports" / f"{report_stem(found.made_at, number)}.md"
        with suppress(FileExistsError):
            write_text(
                path, final_markdown(found), "the run itself is done", is_new=True
            )
            return path
    raise AssertionError("a number that no report has is found at last")
