"""`dates`: every date of a range and what it is."""

from __future__ import annotations

import csv
import sys
from typing import Any

import click

from core.errors import ConfigError
from core.settings import Settings
from fullcourt.cli.choose import as_json, echo_json, range_options, selection_of
from fullcourt.cli.examples import examples
from planning.calendar import date_statuses, season_counts
from planning.selection import MOST_DAYS
from reports.dates import print_dates
from runs.survey import survey
from warehouse.connections import open_warehouse


@examples(
    "fullcourt dates --start 2023-11-20 --end 2023-11-26",
    "fullcourt dates --csv",
)
@click.command()
@range_options
@click.option("--csv", "to_csv", is_flag=True, help="Print CSV, a line a date.")
@as_json
@click.pass_obj
def dates(settings: Settings, /, to_csv: bool, to_json: bool, **options: Any) -> None:
    """Every date of a range with its status, and the counts per season, from the schedule."""
    with open_warehouse(str(settings.warehouse)) as warehouse:
        planner = survey(warehouse)
    start, end = selection_of(options).chosen_range(planner.calendar)
    if (end - start).days > MOST_DAYS:
        raise ConfigError(
            f"{start}..{end} is more than a century; name a range of the schedule's dates"
        )
    bootstrap = max(phase.bootstrap_days for phase in planner.catalog.phases)
    listed = list(date_statuses(planner.calendar, start, end, bootstrap))
    counts = season_counts(planner.calendar, start, end, bootstrap)
    if named := {d.isoformat() for d in options["dates"]}:
        listed = [day for day in listed if day["date"] in named]
    if to_json:
        answer = {
            "start": str(start),
            "end": str(end),
            "calendar_days": (end - start).days + 1,
        }
        echo_json({**answer, "seasons": counts, "dates": listed})
    elif to_csv:
        writer = csv.DictWriter(sys.stdout, fieldnames=list(listed[0]))
        writer.writeheader()
        writer.writerows(listed)
    else:
        print_dates(listed, counts)
