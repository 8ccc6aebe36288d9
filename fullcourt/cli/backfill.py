"""`backfill`: run the flow in this process, show it, and report from the warehouse."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import click

from core.address import DuckDBAddress
from core.errors import ConfigError, FullcourtError, GateClosed
from core.memory import peak_mib
from core.remedy import Remedy
from core.settings import Settings
from core.version import code_version
from fullcourt import server
from fullcourt.cli.choose import (
    Dollars,
    as_json,
    echo_json,
    range_options,
    run_options,
    selection_of,
    table_options,
)
from fullcourt.cli.examples import examples
from fullcourt.cli.no_go import ask_at_terminal, no_go_options
from fullcourt.cli.plan import show_plan
from fullcourt.cli.progress import RunProgress
from fullcourt.cli.report import keep_report, require_reports_folder
from fullcourt.client import client_settings, open_event_stream
from fullcourt.imports import importing
from fullcourt.replaced import patient_clients
from planning.overrides import validate_no_go
from planning.selection import Selection
from reports.backfill import print_end, print_outturn
from reports.causes import print_causes, tell_number
from reports.commands import command_line, spell
from reports.eta import outturn_json
from reports.next_steps import Step, command_on, same_last
from reports.no_go import no_go_section
from reports.page.kept import WRITE_IT, KeptPage
from reports.reasons import removal_json
from reports.report import Report, as_json_list, first_sections
from reports.sections import Section, print_sections
from reports.status import coverage_json, print_coverage_per_table
from reports.terminal import console
from reports.verify import say
from reports.waive import print_waivers
from runs.listening import listening
from runs.page.keep import keeping_pages
from runs.removals import validate_removal_reason
from runs.report import final_report
from runs.survey import read_ahead, survey
from warehouse.connections import open_warehouse, require_file
from warehouse.protocol import Warehouse


@examples(
    "fullcourt backfill --start 2023-11-20 --end 2023-11-26",
    "fullcourt backfill --phase team --last-days 7 --dry-run",
)
@click.command()
@range_options
@table_options
@run_options
@no_go_options
@click.option(
    "--max-cost",
    type=Dollars(),
    help="End before a phase with which the run would cost more: the bytes of its batches on "
    "BigQuery, on demand, by dry runs; plans and gates are not counted, and DuckDB costs nothing.",
)
@click.option(
    "--allow-removal",
    default="",
    metavar="REASON",
    help="Why published rows may be removed; the report repeats it.",
)
@click.option(
    "--anew",
    is_flag=True,
    help="Measure every month at the gates, and carry none over from earlier verdicts.",
)
@click.option("--dry-run", is_flag=True, help="Print the plan and stop.")
@as_json
@click.pass_obj
def backfill(
    settings: Settings, /, to_json: bool, dry_run: bool, **options: Any
) -> None:
    """Rebuild tables for a range of dates; a gate after each phase; resumes."""
    selection = selection_of(options)
    # The run does so itself, when Prefect has been imported and the warehouse looked at.
    validate_no_go(options["on_no_go"], options["reason"])
    validate_removal_reason(options["allow_removal"])
    require_file(settings.warehouse)
    if dry_run:
        show_plan(
            settings, selection, options["batch_days"], options["max_workers"], to_json
        )
        return
    named = (
        "batch_days",
        "max_workers",
        "sample",
        "on_no_go",
        "reason",
        "max_cost",
        "allow_removal",
        "anew",
    )
    how = {name: options[name] for name in named}
    run(settings, selection, how, to_json, server.ensure(settings.home))


@dataclass(frozen=True)
class Ended:
    """How a run ended: its report and where that is kept, its error, seconds and peak MiB."""

    report: Report
    path: str
    failure: FullcourtError | None
    seconds: float
    peak_mib: float


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
    started = time.perf_counter()
    progress = RunProgress(console(), quiet=to_json)
    report, failure = run_flow(settings, selection, how, handle, progress)
    try:
        path = str(keep_report(report, settings.home, progress.page))
    except ConfigError as error:
        # How the run ended goes before that.
        failure = failure or error
        path = f"not kept: {spell(error.words)}"
    ended = Ended(report, path, failure, time.perf_counter() - started, peak_mib())
    if to_json:
        echo_json(end_json(progress, ended))
    else:
        print_ended(progress, ended, where(settings, handle, path, progress.page))
    if failure:
        raise failure


def run_flow(
    settings: Settings,
    selection: Selection,
    how: dict[str, Any],
    handle: server.ServerHandle,
    progress: RunProgress,
) -> tuple[Report, FullcourtError | None]:
    """Run the flow against a server; its report, and the error that it ended with."""
    url = str(settings.warehouse)
    # Nobody holds the warehouse while a person thinks: what is wrong may be repaired meanwhile.
    held = nullcontext() if how.get("on_no_go") == "ask" else open_warehouse(url)
    with ExitStack() as stack:
        early: Warehouse | None = None
        if isinstance(settings.warehouse, DuckDBAddress):
            early = stack.enter_context(held)
        # Late, for Prefect takes seconds; before a warehouse whose credentials may be a block of
        # this API.
        with looking_ahead(early, selection), importing():
            stack.enter_context(client_settings(handle))
            from flows.backfill import backfill as flow
            from tasks.endings import error_of

        require_access(handle)
        open_event_stream()
        stack.enter_context(patient_clients())
        if early is None:
            stack.enter_context(held)
        stack.enter_context(keeping_pages(settings.home))
        typed = selection.model_dump()
        with progress.bar, listening(progress), ask_at_terminal(progress.bar):
            ended = flow(warehouse=url, **typed, **how, return_state=True)
            error = error_of(ended)
        if error is not None and not isinstance(error, FullcourtError):
            raise error
        return progress.report or read_report(url, selection), error


@contextmanager
def looking_ahead(warehouse: Warehouse | None, selection: Selection) -> Iterator[None]:
    """Read what a run will plan from while the block runs, on a core that importing leaves idle.

    The run believes it if nothing is committed meanwhile; what is wrong is the run's to find.
    """
    stopped = Event()
    with ThreadPoolExecutor(2, "look ahead") as pool:
        # In a checkout git says it, and is waited for.
        looks: list[Future[Any]] = [pool.submit(code_version)]
        if warehouse is not None:
            looks.append(pool.submit(_look_ahead, warehouse, selection, stopped))
        try:
            yield
            wait(looks)
        except BaseException:
            # Who stops a command does not wait for all that nobody will plan from; what is being
            # read is waited for, since no file can be closed meanwhile.
            stopped.set()
            raise


def _look_ahead(warehouse: Warehouse, selection: Selection, stopped: Event) -> None:
    """Read what a run will observe and plan from until that is stopped."""
    planner = survey(warehouse)
    raw = planner.catalog.raw
    read_ahead(planner, selection, lambda: not stopped.is_set(), raw)


def end_json(progress: RunProgress, ended: Ended) -> dict[str, Any]:
    """How a run ended, for a program to read."""
    report = ended.report
    verdict = ended.failure.verdict if isinstance(ended.failure, GateClosed) else None
    outturn = outturn_json(progress.outturn) if progress.outturn else None
    removals = {
        "removals": list(map(removal_json, report.removals)),
        "removed": list(map(removal_json, report.removed)),
    }
    page = progress.page.path
    kept = {"report": ended.path, "page": str(page) if page else None}
    return {
        "seconds": round(ended.seconds, 1),
        "phases": progress.phases,
        "gates": progress.gate_seconds,
        "peak_memory_mib": round(ended.peak_mib),
        "estimated": outturn,
        "verdicts": progress.verdicts,
        "overridden": progress.overridden,
        "no_go": verdict,
        **report.notices.to_json(),
        **removals,
        "shrunk": as_json_list(report.shrunk),
        "waivers": as_json_list(report.waivers),
        **kept,
        "coverage": list(map(coverage_json, report.coverage)),
    }


def print_ended(progress: RunProgress, ended: Ended, places: dict[str, str]) -> None:
    """Print how a run ended, and where to look next."""
    report = ended.report
    print_coverage_per_table(report.coverage)
    if report.causes:
        say(tell_number(report.causes))
    print_causes(report.causes, report.selection)
    print_waivers(report.waivers)
    print_sections(first_sections(report))
    print_outturn(progress.outturn)
    print_end(
        progress.phases,
        progress.verdicts,
        progress.gate_seconds,
        ended.seconds,
        ended.peak_mib,
        places,
        progress.overridden,
    )
    if ended.failure:
        say()
        print_sections(_next_sections(report, ended.failure))


def _next_sections(report: Report, failure: FullcourtError) -> Iterator[Section]:
    """What closed the gate, where one is closed, with the command that helps first; then all."""
    steps: Sequence[Step] = report.steps
    if isinstance(failure, GateClosed):
        steps = same_last(steps, command_on(report.selection, "backfill"))
    closed = failure.phase if isinstance(failure, GateClosed) else ""
    if verdict := report.verdicts.get(closed):
        yield no_go_section(verdict, steps)
    # The first again: what follows it may be its alternative.
    yield Section("what to run next", commands=tuple(map(str, steps)))


def require_access(handle: server.ServerHandle) -> None:
    """Raise ConfigError where the API that PREFECT_API_URL names refuses this process."""
    if handle.home is not None:
        return
    from deployments.found import failure

    if refused := failure():
        raise ConfigError(
            f"PREFECT_API_URL: {handle.url} refuses: {refused}; set PREFECT_API_AUTH_STRING or "
            'PREFECT_API_KEY; for the local server: eval "$(',
            Remedy("server env"),
            ')"',
        )


def read_report(url: str, selection: Selection) -> Report:
    """The report on a run that ended too early to make its own."""
    with open_warehouse(url) as warehouse:
        return final_report(warehouse, selection)


def where(
    settings: Settings, handle: server.ServerHandle, report: str, page: KeptPage
) -> dict[str, str]:
    """Where to look next."""
    here = _working_folder()
    shown = str(page.path) if page.path else command_line(WRITE_IT)
    start = command_line("server start")
    runs = f"{handle.dashboard} ({start})"
    if handle.stops:
        runs = f"their server is stopped; {start} shows them"
    return {
        "the report": report.replace(here, ""),
        "the tables": str(settings.warehouse).replace(here, ""),
        "coverage and gaps": command_line("status"),
        "every date": command_line("dates"),
        "the runs": runs,
        "the page": shown.replace(here, ""),
    }


def _working_folder() -> str:
    """What paths below the working folder are shown without; empty where that folder is gone."""
    try:
        return f"{Path.cwd()}{os.sep}"
    except FileNotFoundError:
        return ""
