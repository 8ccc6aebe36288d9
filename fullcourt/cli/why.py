"""`why`: how a cell came to be."""

from __future__ import annotations

from datetime import date

import click

from core.settings import Settings
from fullcourt.cli.choose import Day, TableName, as_json, as_text
from fullcourt.cli.examples import examples
from fullcourt.cli.reading import open_to_read
from planning.why import Explanation
from reports.reasons import tell_standing
from reports.why import (
    explanation_json,
    print_explanation,
    print_query,
    print_raw_explanation,
)
from runs.why import explain


@examples(
    "fullcourt why player_game_summary 2023-11-21",
    "fullcourt why ml_feature_store 2023-11-21 --sql",
)
@click.command()
@click.argument("table", type=TableName())
@click.argument("day", metavar="DATE", type=Day())
@click.option(
    "--sql",
    "to_sql",
    is_flag=True,
    help="Print the query of the cell as bound, and nothing else.",
)
@as_json
@click.pass_obj
def why(settings: Settings, table: str, day: date, to_sql: bool, to_json: bool) -> None:
    """How the cell of TABLE on DATE came to be, from what, and why it is fresh or not."""
    with open_to_read(settings) as warehouse:
        found = explain(
            warehouse,
            table,
            day,
            with_query=to_sql or to_json,
        )
    if to_sql and (not isinstance(found, Explanation) or found.query is None):
        because = tell_standing(found.standing)
        raise click.UsageError(f"{table} {day}: nothing computes it: {because}")
    if to_json:
        click.echo(as_text(explanation_json(found)))
    elif not isinstance(found, Explanation):
        print_raw_explanation(found)
    elif to_sql:
        print_query(found)
    else:
        print_explanation(found)
