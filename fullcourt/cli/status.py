"""`status`: what is done, what is not and why."""

from __future__ import annotations

from typing import Any

import click

from core.settings import Settings
from fullcourt.cli.choose import (
    as_json,
    echo_json,
    range_options,
    selection_of,
    table_options,
)
from fullcourt.cli.reading import open_to_read
from planning.coverage import coverage_of
from planning.gaps import gaps_of
from reports.notices import notice_sections
from reports.sections import print_sections
from reports.status import coverage_json, print_coverage, print_gaps
from runs.notices import gather_notices
from runs.survey import scope_of


@click.command()
@range_options
@table_options
@as_json
@click.pass_obj
def status(settings: Settings, /, to_json: bool, **options: Any) -> None:
    """Per table and season: done, skipped by reason, gaps with their causes;
    read from the warehouse."""
    with open_to_read(settings) as warehouse:
        scope = scope_of(warehouse, selection_of(options))
        parts = coverage_of(scope)
        notices = gather_notices(warehouse, scope)
    if to_json:
        echo_json(list(map(coverage_json, parts)))
    else:
        print_coverage(parts)
        print_gaps(gaps_of(parts))
        print_sections(notice_sections(notices))
