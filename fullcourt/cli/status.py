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
from fullcourt.cli.examples import examples
from fullcourt.cli.reading import open_to_read
from planning.causes import causes_of
from planning.coverage import coverage_of
from reports.causes import print_causes
from reports.next_steps import closed_gate
from reports.notices import notice_sections
from reports.sections import print_sections
from reports.status import coverage_json, print_coverage, tell_done
from reports.terminal import say_wrapped
from runs.notices import gather_notices
from runs.survey import scope_of
from runs.verdicts import find_verdicts


@examples(
    "fullcourt status",
    "fullcourt status --phase player --json",
)
@click.command()
@range_options
@table_options
@as_json
@click.pass_obj
def status(settings: Settings, /, to_json: bool, **options: Any) -> None:
    """Whether all is done, in the first line; then the causes of gaps with what helps, and per
    table and season what is done and what is skipped; read from the warehouse."""
    selection = selection_of(options)
    with open_to_read(settings) as warehouse:
        scope = scope_of(warehouse, selection)
        parts = coverage_of(scope)
        notices = gather_notices(warehouse, scope)
        in_force = find_verdicts(warehouse, scope)
    if to_json:
        echo_json(list(map(coverage_json, parts)))
        return
    verdicts = in_force.verdicts
    causes = causes_of(parts, *closed_gate(verdicts))
    uncovered = notices.uncovered
    say_wrapped(tell_done(parts, verdicts, causes, uncovered, in_force.extents))
    print_causes(causes, selection)
    print_coverage(parts)
    print_sections(notice_sections(notices))
