"""Examples of a command, declared beside it: its help ends with them, and a test runs each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

Command = TypeVar("Command", bound=click.Command)

TITLE = "Examples:"
AS_TYPED = "\b"
"""Before a paragraph that click is not to fold."""


def examples(*lines: str) -> Callable[[Command], Command]:
    """End the help of a command with these command lines, each as it is typed."""

    def declare(command: Command) -> Command:
        listed = (f"  {line}" for line in lines)
        command.epilog = "\n".join((AS_TYPED, TITLE, *listed))
        return command

    return declare


def examples_of(command: click.Command) -> tuple[str, ...]:
    """The examples of a command; none where it declares none."""
    _before, _title, listed = (command.epilog or "").partition(f"{TITLE}\n")
    return tuple(map(str.strip, listed.splitlines()))
