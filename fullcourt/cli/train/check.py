"""`train check`: whether the tables are ready to train on."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from core.settings import Settings
from fullcourt.cli.choose import as_json, range_options, selection_of
from fullcourt.cli.examples import examples
from fullcourt.cli.gate import show
from fullcourt.cli.train.splits import split_options
from fullcourt.cli.writing import hold_slot
from reports.train_check import highest_lines, splits_line
from runs.train_check import check_training
from runs.train_export import SplitsAsked
from warehouse.connections import open_warehouse


@examples(
    "fullcourt train check",
    "fullcourt train check --test-from 2023-11-20 --markdown",
)
@click.command()
@range_options
@split_options
@click.option(
    "--markdown", "to_markdown", is_flag=True, help="Print the verdict as Markdown."
)
@as_json
@click.pass_obj
def check(
    settings: Settings,
    /,
    validation_from: date | None,
    test_from: date | None,
    embargo_days: int,
    to_markdown: bool,
    to_json: bool,
    **options: Any,
) -> None:
    """Decide whether features and labels are ready to train on: GO, GO with warnings, or NO-GO
    (exit 3).

    Looks for gates that are closed, cells that are not fresh, labels that are wrong, splits that
    overlap, and features that know the game; computes a date of each season again from what was
    known on its morning. Changes no table; the verdict is kept.
    """
    asked = SplitsAsked(validation_from, test_from, embargo_days)
    with hold_slot(settings), open_warehouse(str(settings.warehouse)) as warehouse:
        verdict = check_training(warehouse, selection_of(options), asked)
    if not to_json and not to_markdown:
        click.echo(splits_line(verdict))
        for line in highest_lines(verdict):
            click.echo(line)
    show(verdict, to_json, to_markdown)
