"""`fullcourt waive`: accept that a game will never have its data, take that back, list what is accepted."""

from __future__ import annotations

import json

import click

from fullcourt.cli.choose import as_json
from fullcourt.settings import Settings
from planning.waivers import WAIVABLE, Waiver
from reports import terminal
from warehouse.connections import opened


@click.command()
@click.argument("game_id", metavar="[GAME]", required=False)
@click.option("--table", "raw_table", metavar="TABLE", help=f"The raw table: {', '.join(WAIVABLE)}.")
@click.option("--reason", help="Why it will never have the game; every later verdict repeats it.")
@click.option("--remove", is_flag=True, help="Take the waiver back: the game is covered as its source says.")
@as_json
@click.pass_obj
def waive(
    settings: Settings,
    game_id: str | None,
    raw_table: str | None,
    reason: str | None,
    remove: bool,
    to_json: bool,
) -> None:
    """Accept that GAME will never have its data in a raw table; without GAME, list the waivers in force."""
    if game_id is None:
        if raw_table or reason or remove:
            raise click.UsageError("which game? fullcourt waive GAME --table TABLE --reason '…'")
        show_list(settings, to_json)
        return
    if raw_table is None:
        raise click.UsageError(f"which raw table lacks the game? --table {', '.join(WAIVABLE)}")
    if remove and reason:
        raise click.UsageError("--remove takes no --reason: nothing is kept of a waiver that was taken back")
    with opened(str(settings.warehouse)) as warehouse:
        waiver = (
            warehouse.unwaive(game_id, raw_table)
            if remove
            else warehouse.waive(game_id, raw_table, reason or "")
        )
    click.echo(json.dumps(waiver.to_json(), indent=2) if to_json else told(waiver, remove))


def show_list(settings: Settings, to_json: bool) -> None:
    """Print the waivers in force."""
    with opened(str(settings.warehouse)) as warehouse:
        in_force = warehouse.waivers()
    if to_json:
        click.echo(json.dumps([waiver.to_json() for waiver in in_force], indent=2))
    elif in_force:
        terminal.waivers(in_force)
    else:
        click.echo("no game is waived")


def told(waiver: Waiver, removed: bool) -> str:
    """What has become of a waiver, and what comes of it."""
    if not removed:
        return f"waived: {waiver}; the next fullcourt backfill goes on without it"
    then = "the next fullcourt backfill waits for it" if waiver.declared else "its source does not cover it"
    return f"game {waiver.game_id} is no longer waived for {waiver.raw_table}; {then}"
