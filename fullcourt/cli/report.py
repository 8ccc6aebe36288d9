"""`report`: what the gates said, what is there, what is missing and why, what to run next."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from core.errors import ConfigError
from core.settings import Settings
from fullcourt.cli.choose import as_json, chosen, range_options, table_options
from reports.report import Report, final_markdown, sections
from reports.sections import print_sections
from runs.report import final_report
from warehouse.connections import opened


@click.command()
@range_options
@table_options
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there as Markdown.",
)
@as_json
@click.pass_obj
def report(settings: Settings, /, output: Path | None, to_json: bool, **options: Any) -> None:
    """Gates, coverage against the ceiling, gaps with their causes, times, and what to run next."""
    with opened(str(settings.warehouse)) as warehouse:
        found = final_report(warehouse, chosen(options))
    if output:
        write(found, output)
    if to_json:
        click.echo(json.dumps(found.to_json(), indent=2))
    elif output:
        click.echo(f"written: {output}")
    else:
        click.echo(f"{found.title}\n")
        print_sections(sections(found))


def write(found: Report, path: Path) -> None:
    """Write a report as Markdown; ConfigError where no file can be at that path."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(final_markdown(found))
    except (PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise ConfigError(f"{path}: {error.strerror}; name another file for the report") from error


def kept(found: Report, home: Path) -> Path:
    """Write the report that a run ended with among the others, by its date and time in UTC; its path."""
    path = home / "reports" / f"{found.made_at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.md"
    write(found, path)
    return path
