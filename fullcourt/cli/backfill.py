"""`backfill`: run the flow in this process, show it, and report from the warehouse."""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any

import click

from core.errors import ConfigError, FullcourtError, GateClosed
from core.settings import Settings
from fullcourt import server
from fullcourt.cli.choose import as_json, chosen, range_options, table_options
from fullcourt.cli.no_go import asked_here, no_go_options
from fullcourt.cli.plan import run_options, show_plan
from fullcourt.cli.progress import RunProgress
from fullcourt.cli.reading import require_warehouse
from fullcourt.cli.report import keep_report, require_reports_folder
from fullcourt.client import client_settings, patient_clients
from planning.selection import Selection
from reports.backfill import print_end, print_outturn
from reports.report import Report, told_first
from reports.sections import Section, print_sections
from reports.status import print_coverage_per_table, print_gaps
from reports.terminal import console
from reports.waive import print_waivers
from runs.listening import listening
from runs.report import final_report
from warehouse.connections import opened


@click.command(short_help="Rebuild tables for a range of dates; resumes.")
@range_options
@table_options
@run_options
@no_go_options
@click.option(
    "--max-cost",
    type=click.FloatRange(min=0),
    metavar="DOLLARS",
    help="End before a phase with which the run would cost more: bytes of its batches on "
    "BigQuery, on "
    "demand, by dry runs; plans and gates are not counted, and DuckDB costs nothing.",
)
@click.option(
    "--allow-removal",
    default="",
    metavar="REASON",
    help="Why published rows may be removed; the report repeats it.",
)
@click.option("--dry-run", is_flag=True, help="Print the plan and stop.")
@as_json
@click.pass_obj
def backfill(settings: Settings, /, to_json: bool, dry_run: bool, **options: Any) -> None:
    """Rebuild tables for a range of dates; a gate after each phase; resumes."""
    selection = chosen(options)
    require_warehouse(settings)
    if dry_run:
        show_plan(settings, selection, options["batch_days"], options["max_workers"], to_json)
        return
    named = (
        "batch_days",
        "max_workers",
        "sample",
        "on_no_go",
        "reason",
        "max_cost",
        "allow_removal",
    )
    how = {name: options[name] for name in named}
    run(settings, selection, how, to_json, server.ensure(settings.home))


def run(
    settings: Settings,
    selection: Selection,
    how: dict[str, Any],
    to_json: bool,
    handle: server.ServerHandle,
) -> None:
    """Run the backfill flow in this process, show it,
    report from the warehouse; raise its error last."""
    require_reports_folder(settings.home)
    url, started = str(settings.warehouse), time.perf_counter()
    progress = RunProgress(console(), quiet=to_json)
    failure: FullcourtError | None = None
    # Nobody holds the warehouse while a person thinks: what is wrong may have to be repaired
    # meanwhile.
    held = nullcontext() if how.get("on_no_go") == "ask" else opened(url)
    with ExitStack() as stack:
        stack.enter_context(client_settings(handle))
        # Late, for Prefect takes seconds; before the warehouse, whose credentials may be a block of
        # this API.
        from flows.backfill import backfill as flow

        require_access(handle)
        stack.enter_context(patient_clients())
        stack.enter_context(held)
        # What was imported stays: looking through it again and again took a fifth of a run of
        # nothing.
        gc.freeze()
        typed = selection.model_dump()
        with progress.bar, listening(progress), asked_here(progress.bar):
            try:
                flow(warehouse=url, **typed, **how)
            except FullcourtError as error:
                failure = error
        report = progress.report or read_report(url, selection)
    try:
        path = str(keep_report(report, settings.home))
    except ConfigError as error:
        # How the run ended goes before that.
        failure = failure or error
        path = f"not kept: {error}"
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1024**2
    )
    if to_json:
        answer = {
            "seconds": round(seconds, 1),
            "phases": progress.phases,
            "gates": progress.gate_seconds,
            "peak_memory_mib": round(peak),
        }
        verdict = failure.verdict if isinstance(failure, GateClosed) else None
        answer |= {"estimated": progress.outturn, "verdicts": progress.verdicts, "no_go": verdict}
        answer |= report.notices.to_json()
        answer |= {"removals": [removal.to_json() for removal in report.removals]}
        answer |= {"removed": [removal.to_json() for removal in report.removed]}
        answer |= {"shrunk": [shrunk.to_json() for shrunk in report.shrunk]}
        answer |= {"waivers": [w.to_json() for w in report.waivers], "report": path}
        answer["coverage"] = [part.to_json() for part in report.coverage]
        click.echo(json.dumps(answer, indent=2))
    else:
        print_coverage_per_table(report.coverage)
        print_gaps(report.gaps)
        print_waivers(report.waivers)
        print_sections(told_first(report))
        print_outturn(progress.outturn)
        places = where(settings, handle, path)
        print_end(progress.phases, progress.verdicts, progress.gate_seconds, seconds, peak, places)
        if failure:
            print_sections([Section("what to run next", commands=tuple(map(str, report.steps)))])
    if failure:
        raise failure


def require_access(handle: server.ServerHandle) -> None:
    """Raise ConfigError where the API that PREFECT_API_URL names refuses this process."""
    if handle.home is not None:
        return
    from deployments.found import failure

    if refused := failure():
        raise ConfigError(
            f"PREFECT_API_URL: {handle.url} refuses: {refused}; set PREFECT_API_AUTH_STRING or "
            'PREFECT_API_KEY; for the local server: eval "$(fullcourt server env)"'
        )


def read_report(url: str, selection: Selection) -> Report:
    """The report on a run that ended too early to make its own."""
    with opened(url) as warehouse:
        return final_report(warehouse, selection)


def where(settings: Settings, handle: server.ServerHandle, report: str) -> dict[str, str]:
    """Where to look next."""
    here = f"{Path.cwd()}{os.sep}"
    return {
        "the report": report.replace(here, ""),
        "the tables": str(settings.warehouse).replace(here, ""),
        "coverage and gaps": "fullcourt status",
        "every date": "fullcourt dates",
        "the runs": f"{handle.dashboard} (fullcourt server start)",
    }
