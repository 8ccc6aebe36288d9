"""`export`: tables as files, with a manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core.address import absolute_path
from core.settings import Settings
from fullcourt.cli.choose import (
    TableName,
    as_json,
    echo_json,
    export_options,
    range_options,
    selection_of,
)
from fullcourt.cli.examples import examples
from fullcourt.cli.reading import READ_ONLY
from reports.export import print_export
from runs.export import Form, export
from runs.export_files import Format, Partition
from warehouse.connections import open_read_only


@examples(
    "fullcourt export ml_feature_store --to features --start 2023-11-20",
    "fullcourt export player_game_summary --format csv --to games",
)
@click.command(name="export")
@click.argument("tables", nargs=-1, required=True, metavar="TABLE...", type=TableName())
@range_options
@export_options
@click.option(
    "--format",
    "format_",
    type=click.Choice([format_.value for format_ in Format]),
    default=Format.PARQUET.value,
    show_default=True,
    help="What the files are.",
)
@click.option(
    "--partitioned",
    type=click.Choice([partition.value for partition in Partition]),
    help="A file per season or month [one per table].",
)
@click.option(
    "--with-labels",
    is_flag=True,
    help="Only rows whose player played as expected, with the points that he scored.",
)
@as_json
@click.pass_obj
def export_command(
    settings: Settings,
    /,
    folder: Path,
    format_: str,
    partitioned: str | None,
    with_labels: bool,
    as_is: bool,
    to_json: bool,
    **options: Any,
) -> None:
    """Write computed or raw tables into a folder, with a manifest of what they are and from what.

    The same warehouse gives the same bytes. Cells that are not fresh are refused (exit 4), unless
    --as-is is given.
    """
    into = absolute_path(str(folder), "--to")
    partition = Partition(partitioned) if partitioned else None
    form = Form(Format(format_), partition, with_labels, as_is)
    with open_read_only(str(settings.warehouse)) as warehouse:
        manifest = export(warehouse, selection_of(options), into, form)
        if warehouse.is_read_only:
            click.echo(READ_ONLY, err=True)
    if to_json:
        echo_json(manifest)
    else:
        print_export(manifest, str(folder))
