"""`train predict`: a date's players through a saved model, and the grades of earlier dates."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from core.address import absolute_path
from core.settings import Settings
from fullcourt.cli.choose import Day, as_json, as_text
from fullcourt.cli.examples import examples
from fullcourt.cli.writing import hold_slot
from reports.train_predict import print_grades, print_predictions
from runs.train_predict import grade_predictions, predict_date
from warehouse.connections import open_warehouse, require_file


@examples(
    "fullcourt train predict --date 2023-11-21 --model model",
    "fullcourt train predict --grade",
)
@click.command()
@click.option(
    "--date", "days", type=Day(), multiple=True, help="The date; may be repeated."
)
@click.option(
    "--model", type=Path, metavar="MODELDIR", help="A folder that train fit wrote."
)
@click.option(
    "--grade",
    "to_grade",
    is_flag=True,
    help="Grade the predictions of dates that were played [all of them].",
)
@as_json
@click.pass_obj
def predict(
    settings: Settings,
    /,
    days: tuple[date, ...],
    model: Path | None,
    to_grade: bool,
    to_json: bool,
) -> None:
    """Predict the points of a date's players, with an interval, into the table
    `points_predictions`; or grade what was predicted of dates that were played.

    A date whose features are not fresh is refused (exit 4), and one that the model was made from
    (exit 2). Predictions of a date by a model replace its earlier ones.
    """
    require_file(settings.warehouse)
    if to_grade:
        if model:
            raise click.UsageError("--grade grades every model; leave --model out")
        _grade(settings, days, to_json)
        return
    if not days or model is None:
        raise click.UsageError(
            "which date and model? --date DATE --model MODELDIR; or --grade"
        )
    folder = absolute_path(str(model), "--model")
    with hold_slot(settings), open_warehouse(str(settings.warehouse)) as warehouse:
        for day in days:
            rows = predict_date(warehouse, day, folder)
            if not to_json:
                print_predictions(rows)
                continue
            for row in rows:
                told = {name: getattr(row, name) for name in row.__slots__}
                click.echo(as_text({**told, "predicted_at": None}))


def _grade(settings: Settings, days: tuple[date, ...], to_json: bool) -> None:
    with open_warehouse(str(settings.warehouse)) as warehouse:
        grades = [grade.to_json() for grade in grade_predictions(warehouse, days)]
    if to_json:
        click.echo(json.dumps(grades, indent=2))
    else:
        print_grades(grades)
