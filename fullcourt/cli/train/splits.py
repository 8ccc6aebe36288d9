"""The options that say where validation and test begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from fullcourt.cli.choose import Day

Command = TypeVar("Command", bound=Callable[..., Any])


def split_options(command: Command) -> Command:
    """--validation-from, --test-from and --embargo-days."""
    for option in (
        click.option(
            "--embargo-days",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            help="Days left out before validation and before test.",
        ),
        click.option(
            "--test-from",
            type=Day(),
            help="First date of test [the last season's].",
        ),
        click.option(
            "--validation-from",
            type=Day(),
            help="First date of validation [that of the season before test].",
        ),
    ):
        command = option(command)
    return command
