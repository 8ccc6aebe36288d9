"""`train export`: the training set as a file, with a manifest."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from core.address import absolute_path
from core.settings import Settings
from fullcourt.cli.choose import as_json, export_options, range_options, selection_of
from fullcourt.cli.examples import examples
from fullcourt.cli.reading import READ_ONLY
from fullcourt.cli.train.splits import split_options
from reports.train_export import print_set
from runs.train_export import SplitsAsked, export_training_set
from warehouse.connections import open_read_only


@examples(
    "fullcourt train export --to set",
    "fullcourt train export --to set --test-from 2023-11-20 --as-is",
)
@click.command()
@range_options
@split_options
@export_options
@as_json
@click.pass_obj
def export(
    settings: Settings,
    /,
    validation_from: date | None,
    test_from: date | None,
    embargo_days: int,
    folder: Path,
    as_is: bool,
    to_json: bool,
    **options: Any,
) -> None:
    """Write features, labels and split, one row per date and player who played as expected, with a
    manifest of what they are, from what, and what `train check` said of them.

    The same warehouse gives the same bytes. Cells that are not fresh are refused (exit 4), unless
    --as-is is given.
    """
    into = absolute_path(str(folder), "--to")
    asked = SplitsAsked(validation_from, test_from, embargo_days)
    with open_read_only(str(settings.warehouse)) as warehouse:
        selection = selection_of(options)
        manifest = export_training_set(warehouse, selection, asked, into, as_is)
        if warehouse.is_read_only:
            click.echo(READ_ONLY, err=True)
    if to_json:
        click.echo(json.dumps(manifest, indent=2))
    else:
        print_set(manifest, str(folder))
