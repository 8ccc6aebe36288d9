"""`fullcourt server`: the local Prefect server."""

from __future__ import annotations

import json

import click

from fullcourt import server as local
from fullcourt.cli.choose import as_json
from fullcourt.settings import Settings


@click.group()
def server() -> None:
    """Start, stop or look at the local Prefect server."""


@server.command()
@click.pass_obj
def start(settings: Settings) -> None:
    """Start it, or find the one that runs."""
    handle = local.ensure(settings.home)
    click.echo(f"{handle.dashboard} ({'started' if handle.started_here else 'was running'})")


@server.command()
@click.pass_obj
def stop(settings: Settings) -> None:
    """Stop it."""
    click.echo("stopped" if local.stop(settings.home) else "no server was running")


@server.command()
@as_json
@click.pass_obj
def status(settings: Settings, to_json: bool) -> None:
    """Say whether it runs, and where."""
    handle = local.status(settings.home)
    answering = handle is not None and local.answers(handle.url)
    if to_json:
        url, pid = (handle.url, handle.pid) if handle else (None, None)
        click.echo(json.dumps({"running": handle is not None, "answers": answering, "url": url, "pid": pid}))
    elif handle is None:
        click.echo("no server is running; fullcourt server start")
    else:
        click.echo(
            f"{handle.dashboard} process {handle.pid}, {'answers' if answering else 'does not answer'}"
        )
