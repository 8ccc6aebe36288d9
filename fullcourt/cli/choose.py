"""What commands share: options for dates and tables, and JSON for a program to read."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from planning.selection import MOST_DAYS, Selection

Command = TypeVar("Command", bound=Callable[..., Any])


FIRST_DAY, LAST_DAY = date(1946, 1, 1), date(2199, 12, 31)
"""The league began in 1946; the years behind leave room for what is counted from a date."""


class Day(click.ParamType[date]):
    """A calendar date as YYYY-MM-DD, of a year that the league can have."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The date, or a message that says how dates are written, and which there are."""
        if isinstance(value, date):
            return value
        try:
            day = datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2025-02-24", param, ctx)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail(
                f"{day} is out of range; name a date from {FIRST_DAY} to {LAST_DAY}",
                param,
                ctx,
            )
        return day


class Dollars(click.FloatRange):
    """An amount of money, not below zero."""

    name = "DOLLARS"

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The amount; `nan` and `inf` are numbers to Python and limit nothing."""
        amount = float(super().convert(value, param, ctx))
        if not math.isfinite(amount):
            self.fail(f"{value!r} is no amount; write it as 2.50", param, ctx)
        return amount


class TableName(click.ParamType[str]):
    """A table's name, which may have its own dataset before it, as `tables` prints it.

    Which tables there are is told where the name is used.
    """

    name = "TABLE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The name alone."""
        if "." not in value:
            return str(value)
        # Late: most names have no dataset before them.
        from processors.discovery import load

        return load().bare_name(value)


def range_options(command: Command) -> Command:
    """--start, --end, --last-days and --dates."""
    for option in (
        click.option(
            "--dates",
            type=Day(),
            multiple=True,
            metavar="DATE",
            help="A single date; may be repeated.",
        ),
        click.option(
            "--last-days",
            type=click.IntRange(1, MOST_DAYS),
            help="The days up to the latest final game.",
        ),
        click.option(
            "--end", type=Day(), help="Last date, included [the schedule's last]."
        ),
        click.option(
            "--start", type=Day(), help="First date, included [the schedule's first]."
        ),
    ):
        command = option(command)
    return command


def table_options(command: Command) -> Command:
    """--phase and --table, which add up."""
    for option in (
        click.option(
            "--table",
            "tables",
            multiple=True,
            type=TableName(),
            metavar="TABLE",
            help="A table; may be repeated, and adds to --phase [all].",
        ),
        click.option(
            "--phase",
            "phases",
            multiple=True,
            metavar="PHASE",
            help="The tables of a phase; may be repeated, and adds to --table [all].",
        ),
    ):
        command = option(command)
    return command


def run_options(command: Command) -> Command:
    """--only, --rerun, --batch-days and --max-workers."""
    for option in (
        click.option(
            "--max-workers",
            type=click.IntRange(min=1),
            default=2,
            show_default=True,
            help="Batches at once.",
        ),
        click.option(
            "--batch-days",
            type=click.IntRange(min=1),
            help="Dates per batch [whole seasons].",
        ),
        click.option(
            "--rerun", is_flag=True, help="Compute cells again although they are fresh."
        ),
        click.option(
            "--only", is_flag=True, help="Leave out the history that the range needs."
        ),
    ):
        command = option(command)
    return command


def as_json(command: Command) -> Command:
    """--json."""
    return click.option(
        "--json", "to_json", is_flag=True, help="Print JSON for a program to read."
    )(command)


def echo_json(answer: Any) -> None:
    """Print an answer as JSON."""
    click.echo(json.dumps(answer, indent=2))


def as_text(answer: dict[str, Any]) -> str:
    """JSON; dates and times as ISO 8601 writes them."""
    return json.dumps(answer, indent=2, default=lambda moment: moment.isoformat())


def selection_of(options: dict[str, Any]) -> Selection:
    """The selection that these options name."""
    names = ("start", "end", "last_days", "dates", "phases", "tables", "only", "rerun")
    return Selection(**{name: options[name] for name in names if name in options})


def export_options(command: Command) -> Command:
    """--to and --as-is of what writes a folder of files."""
    for option in (
        click.option(
            "--as-is",
            is_flag=True,
            help="Take cells that are not fresh too, and list them.",
        ),
        click.option(
            "--to",
            "folder",
            type=Path,
            required=True,
            metavar="DIR",
            help="A new folder, an empty one, or an earlier export, which it replaces.",
        ),
    ):
        command = option(command)
    return command
