"""`fullcourt drop`: away with a computed table,
so that the next command makes it by its contract."""

from __future__ import annotations

import json

import click

from core.counted import counted
from core.settings import Settings
from fullcourt.cli.choose import TableName, as_json
from fullcourt.cli.examples import examples
from fullcourt.cli.writing import hold_slot
from reports.commands import command_line
from runs.drop import drop_table


@examples(
    "fullcourt drop player_daily_cache",
    "fullcourt drop player_daily_cache --yes",
)
@click.command()
@click.argument("table", type=TableName())
@click.option(
    "--yes",
    "sure",
    is_flag=True,
    help="Drop it; without this, only what would be lost is said.",
)
@as_json
@click.pass_obj
def drop(settings: Settings, table: str, sure: bool, to_json: bool) -> None:
    """Drop a computed TABLE; the next command makes it anew and the next backfill fills it."""
    with hold_slot(settings):
        rows = drop_table(str(settings.warehouse), table, sure)
    if to_json:
        click.echo(json.dumps({"table": table, "rows": rows}))
    else:
        again = command_line("backfill", "--table", table)
        click.echo(
            f"{table} is dropped, {counted(rows, 'row')}; fill it again: {again}"
        )
