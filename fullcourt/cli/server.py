"""`fullcourt server`: the local Prefect server."""

from __future__ import annotations

import json
import shlex

import click

from core.errors import ConfigError
from core.remedy import Remedy
from core.settings import Settings
from fullcourt import server as local
from fullcourt.access import read_password
from fullcourt.cli.choose import as_json
from fullcourt.cli.examples import examples
from fullcourt.client import access
from reports.commands import spell

START = Remedy("server start")


@examples(
    "fullcourt server start",
    "fullcourt server status",
)
@click.group()
def server() -> None:
    """Start, stop or look at the local Prefect server."""


@examples(
    "fullcourt server start",
    "fullcourt --home trial server start",
)
@server.command()
@click.pass_obj
def start(settings: Settings) -> None:
    """Start it, or find the one that runs."""
    handle = local.ensure(settings.home)
    click.echo(
        f"{handle.dashboard} ({'started' if handle.started_here else 'was running'})"
    )


@examples(
    "fullcourt server stop",
    "fullcourt --home trial server stop",
)
@server.command()
@click.pass_obj
def stop(settings: Settings) -> None:
    """Stop it."""
    click.echo("stopped" if local.stop(settings.home) else "no server was running")


@examples(
    "fullcourt server env",
    'eval "$(fullcourt server env)"',
)
@server.command()
@click.pass_obj
def env(settings: Settings) -> None:
    """Print what a shell needs for Prefect's own commands: eval "$(fullcourt server env)"."""
    handle = local.status(settings.home)
    if handle is None:
        raise ConfigError("no server is running; ", START)
    variables = {"PREFECT_API_URL": handle.url} | access(settings.home)
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


@examples(
    "fullcourt server status",
    "fullcourt server status --json",
)
@server.command()
@as_json
@click.pass_obj
def status(settings: Settings, to_json: bool) -> None:
    """Say whether it runs, where, and what its dashboard asks for."""
    handle = local.status(settings.home)
    answering = handle is not None and local.answers(handle.url)
    password = read_password(settings.home) if handle and handle.guarded else None
    if to_json:
        url, pid = (handle.url, handle.pid) if handle else (None, None)
        told = {
            "running": handle is not None,
            "answers": answering,
            "url": url,
            "pid": pid,
        }
        click.echo(json.dumps(told | {"password": password}))
    elif handle is None:
        click.echo(spell(("no server is running; ", START)))
    else:
        answers = "answers" if answering else "does not answer"
        click.echo(f"{handle.dashboard} process {handle.pid}, {answers}")
        unguarded = ("it has no password: an earlier version started it; ", START)
        said = f"the dashboard asks for: {password}"
        click.echo(said if password else spell((*unguarded, " starts it anew")))
