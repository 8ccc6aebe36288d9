"""Commands that only look: `dates`, `status`, `tables`."""

from __future__ import annotations

import csv
import json
import sys
from typing import Any

import click

from core.errors import ConfigError
from core.settings import Settings
from fullcourt.cli.choose import as_json, chosen, range_options, table_options
from planning.calendar import date_statuses, season_counts
from planning.gaps import grouped
from planning.selection import MOST_DAYS
from processors.catalog import Catalog
from processors.discovery import load
from reports.dates import print_dates
from reports.notices import notice_sections
from reports.sections import print_sections
from reports.status import print_coverage, print_gaps
from reports.tables import catalog_markdown, print_catalog
from runs.coverage import covered
from runs.notices import gather_notices
from runs.survey import survey
from warehouse.connections import opened


@click.command()
@range_options
@click.option("--csv", "to_csv", is_flag=True, help="Print CSV, a line a date.")
@as_json
@click.pass_obj
def dates(settings: Settings, /, to_csv: bool, to_json: bool, **options: Any) -> None:
    """Every date of a range with its status, and the counts per season, from the schedule."""
    with opened(str(settings.warehouse)) as warehouse:
        planner = survey(warehouse)
    start, end = chosen(options).chosen_range(planner.calendar)
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
        answer = {"start": str(start), "end": str(end), "calendar_days": (end - start).days + 1}
        click.echo(json.dumps({**answer, "seasons": counts, "dates": listed}, indent=2))
    elif to_csv:
        writer = csv.DictWriter(sys.stdout, fieldnames=list(listed[0]))
        writer.writeheader()
        writer.writerows(listed)
    else:
        print_dates(listed, counts)


@click.command()
@range_options
@table_options
@as_json
@click.pass_obj
def status(settings: Settings, /, to_json: bool, **options: Any) -> None:
    """Per table and season: done, skipped by reason, gaps with their causes; read from the
    warehouse."""
    with opened(str(settings.warehouse)) as warehouse:
        parts = covered(warehouse, chosen(options))
        notices = gather_notices(warehouse, chosen(options))
    if to_json:
        click.echo(json.dumps([part.to_json() for part in parts], indent=2))
    else:
        print_coverage(parts)
        print_gaps(grouped(parts))
        print_sections(notice_sections(notices))


@click.command()
@click.option(
    "--markdown", "to_markdown", is_flag=True, help="Print the table that the README shows."
)
@as_json
def tables(to_markdown: bool, to_json: bool) -> None:
    """The catalog: every table, what it holds, what it reads, in the order of computing."""
    listed = listed_tables(load())
    if to_json:
        click.echo(json.dumps(listed, indent=2))
    elif to_markdown:
        click.echo(catalog_markdown(listed))
    else:
        print_catalog(listed)


def listed_tables(catalog: Catalog) -> list[dict[str, Any]]:
    """Every computed table as plain data, in the order of computing."""
    return [
        _listed_table(catalog, name, wave)
        for phase in catalog.phases
        for wave, names in enumerate(catalog.waves(phase.name), start=1)
        for name in names
    ]


def _listed_table(catalog: Catalog, name: str, wave: int) -> dict[str, Any]:
    contract = catalog[name].contract
    reads = {key: read.model_dump(exclude_none=True) for key, read in contract.reads.items()}
    return {
        "table": f"{catalog.dataset(name)}.{name}",
        "phase": contract.phase,
        "wave": wave,
        "grain": list(contract.grain),
        "columns": len(contract.columns),
        "reads": reads,
        "description": contract.description,
    }
