"""What a NO-GO leads to, as typed with the command or,
when it comes, by the person at the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.progress import Progress

from planning.overrides import MIN_REASON, WHAT_A_REASON_NEEDS, is_reason
from planning.samples import MOST, SIZE
from runs.asking import Asker, Reply, asking


def no_go_options(command: Any) -> Any:
    """--sample, --on-no-go and --reason."""
    for option in (
        click.option(
            "--reason",
            default="",
            help="Why a NO-GO is overridden; every later verdict repeats it.",
        ),
        click.option(
            "--on-no-go",
            type=click.Choice(["stop", "ask", "override"]),
            default="stop",
            show_default=True,
            help="What a NO-GO leads to; override needs --reason.",
        ),
        click.option(
            "--sample",
            type=click.IntRange(1, MOST),
            default=SIZE,
            show_default=True,
            help="Dates that each phase is tried on first, at least one per season.",
        ),
    ):
        command = option(command)
    return command


@contextmanager
def ask_at_terminal(bar: Progress) -> Iterator[None]:
    """Put each NO-GO of the block to the terminal, where there is one;
    its bar makes room meanwhile."""
    if not sys.stdin.isatty():
        yield
        return
    with asking(_at_terminal(bar)):
        yield


def _at_terminal(bar: Progress) -> Asker:
    def ask(phase: str, breaches: list[str]) -> Reply:
        bar.stop()
        try:
            return _ask(phase, breaches)
        except click.Abort:
            # Ctrl-C, or an end of input: nobody has decided to go on.
            return Reply(False)
        finally:
            bar.start()

    return ask


def _ask(phase: str, breaches: list[str]) -> Reply:
    click.echo(f"{phase}: NO-GO", err=True)
    for breach in breaches:
        click.echo(f"  {breach}", err=True)
    choices = click.Choice(["stop", "override"])
    if (
        click.prompt("stop here, or override", type=choices, default="stop", err=True)
        == "stop"
    ):
        return Reply(False)
    why = f"why ({MIN_REASON} characters or more; repeated in every later verdict)"
    return Reply(
        True,
        click.prompt(why, value_proc=_reason, err=True),
        os.environ.get("USER", ""),
    )


def _reason(typed: str) -> str:
    """The reason as typed; asked for again where it says too little."""
    reason = typed.strip()
    if not is_reason(reason):
        raise click.UsageError(f"a reason needs {WHAT_A_REASON_NEEDS}")
    return reason
