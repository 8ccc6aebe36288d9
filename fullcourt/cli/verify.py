"""`verify`: every table read back and compared with the ledger."""

from __future__ import annotations

from typing import Any

import click

from core.settings import Settings
from fullcourt.cli.choose import (
    as_json,
    as_text,
    range_options,
    selection_of,
    table_options,
)
from fullcourt.cli.examples import examples
from fullcourt.cli.reading import open_to_read
from reports.verify import print_verification, verification_json
from runs.verify import read_back


@examples(
    "fullcourt verify",
    "fullcourt verify --table player_daily_cache --json",
)
@click.command()
@range_options
@table_options
@as_json
@click.pass_obj
def verify(settings: Settings, /, to_json: bool, **options: Any) -> None:
    """Read every table back and compare rows and content with the ledger;
    exit 4 when anything differs."""
    with open_to_read(settings) as warehouse:
        found = read_back(warehouse, selection_of(options))
    if to_json:
        click.echo(as_text(verification_json(found)))
    else:
        print_verification(found)
    if found.differences:
        raise click.exceptions.Exit(4)
