"""`plan`: what a backfill would compute, and why."""

from __future__ import annotations

from typing import Any

import click

from core.settings import Settings
from fullcourt.cli.choose import (
    as_json,
    echo_json,
    range_options,
    run_options,
    selection_of,
    table_options,
)
from fullcourt.cli.examples import examples
from fullcourt.cli.reading import open_to_read
from planning.forecast import forecast
from planning.samples import SIZE
from planning.selection import Selection
from reports.causes import cause_json
from reports.plan import (
    causes_ahead,
    plan_json,
    print_cost,
    print_estimate,
    print_gaps,
    print_plan,
    print_removals,
)
from reports.reasons import removal_json
from runs.cost import cost_of
from runs.estimate import foreseen
from runs.removals import foresee_removals
from runs.survey import look, read_ahead, scope_of


@examples(
    "fullcourt plan",
    "fullcourt plan --table ml_feature_store --last-days 7",
)
@click.command()
@range_options
@table_options
@run_options
@as_json
@click.pass_obj
def plan(
    settings: Settings,
    /,
    to_json: bool,
    batch_days: int | None,
    max_workers: int,
    **options: Any,
) -> None:
    """What a backfill would compute and why, what it would add as history,
    what is fresh or skipped."""
    show_plan(settings, selection_of(options), batch_days, max_workers, to_json)


def show_plan(
    settings: Settings,
    selection: Selection,
    batch_days: int | None,
    max_workers: int,
    to_json: bool,
) -> None:
    """Print the plan of a selection; an upper bound, since gaps on the way leave less to do."""
    with open_to_read(settings) as warehouse:
        planner, note = look(warehouse, "plan")
        if note:
            click.echo(note, err=True)
        read_ahead(planner, selection)
        scope = scope_of(warehouse, selection)
        wanted, size = scope.needs, batch_days or warehouse.dates_per_batch
        plans = forecast(planner, wanted, selection.rerun, size)
        takes = foreseen(warehouse, plans, max_workers)
        gone = foresee_removals(warehouse, scope)
        costs = cost_of(warehouse, planner, wanted, selection.rerun, size, SIZE)
    if to_json:
        answer: dict[str, Any] = {"selection": str(selection)}
        answer["estimate"] = takes.to_json() if takes else None
        answer["cost"] = costs.to_json() if costs else None
        answer["removals"] = list(map(removal_json, gone))
        causes = causes_ahead(plans)
        answer["causes"] = [cause_json(cause, selection) for cause in causes]
        echo_json({**answer, "tables": list(map(plan_json, plans))})
    else:
        print_plan(plans, f"plan: {selection}")
        print_removals(gone)
        print_gaps(plans, selection)
        print_estimate(plans, takes)
        print_cost(plans, costs)
