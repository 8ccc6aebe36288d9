"""`gate`: measure a phase and decide, without computing anything;
alone, of the past, or from a file."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from core.counted import counted
from core.errors import ConfigError
from core.settings import Settings
from fullcourt.cli.choose import (
    as_json,
    echo_json,
    range_options,
    selection_of,
    table_options,
)
from fullcourt.cli.examples import examples
from fullcourt.cli.paths import InputFile, printable, read_text
from fullcourt.cli.writing import hold_slot
from planning.raw_load import LeftOut
from processors.discovery import load
from reports.commands import command_line
from reports.gate import print_backtest, print_measurement, print_verdict
from reports.notices import left_out_sections
from reports.sections import print_sections
from reports.terminal import console
from reports.verdicts import verdict_markdown
from runs.judge import PhaseUnderGate, find_checks, judge_phase, no_go_error
from runs.notices import gather_left_out
from runs.survey import observe
from validation.verdict import Verdict, backtest, judge
from warehouse.connections import open_warehouse

NOTHING_LEFT_OUT = LeftOut()
PHASES = tuple(phase.name for phase in load().phases)


@examples(
    "fullcourt gate player",
    "fullcourt gate player --check usage_known_pct --start 2023-11-01",
)
@click.command()
@click.argument(
    "phase",
    type=click.Choice(PHASES),
    required=False,
)
@range_options
@table_options
@click.option(
    "--anew",
    is_flag=True,
    help="Measure every month, and carry none over from an earlier verdict.",
)
@click.option(
    "--check",
    metavar="NAME",
    help="One check alone, by month, with what it named; no verdict.",
)
@click.option("--sql", is_flag=True, help="With --check: print its query and stop.")
@click.option(
    "--backtest",
    "backtested",
    is_flag=True,
    help="Judge each month alone by today's limits.",
)
@click.option(
    "--replay",
    type=InputFile(),
    metavar="FILE",
    help="Decide again from a verdict's JSON, without a warehouse.",
)
@click.option(
    "--markdown", "to_markdown", is_flag=True, help="Print the verdict as Markdown."
)
@as_json
@click.pass_obj
def gate(
    settings: Settings,
    /,
    phase: str | None,
    anew: bool,
    check: str | None,
    sql: bool,
    backtested: bool,
    replay: Path | None,
    to_markdown: bool,
    to_json: bool,
    **options: Any,
) -> None:
    """Measure PHASE and decide: GO, GO with warnings, or NO-GO (exit 3).

    Computes nothing. It keeps the verdict, and puts on record what changed in raw tables since they
    were last observed.
    """
    if replay:
        show(replay_verdict(replay), to_json, to_markdown)
        return
    if not phase:
        raise click.UsageError(f"name a phase ({', '.join(PHASES)}), or --replay FILE")
    if sql and not check:
        raise click.UsageError(
            "--sql prints the query of a check; name one: --check NAME"
        )
    selection = selection_of(options)
    with hold_slot(settings), open_warehouse(str(settings.warehouse)) as warehouse:
        observe(warehouse, "gate")
        if check:
            alone(PhaseUnderGate.of(warehouse, phase, selection), check, sql, to_json)
            return
        run_id = f"gate {uuid.uuid4().hex}"
        verdict = judge_phase(warehouse, phase, selection, run_id, anew)
        left_out = gather_left_out(warehouse)
    if backtested:
        by_month(verdict, to_json)
        return
    show(verdict, to_json, to_markdown, left_out)


def show(
    verdict: Verdict,
    to_json: bool,
    to_markdown: bool,
    left_out: LeftOut = NOTHING_LEFT_OUT,
) -> None:
    """Print a verdict, and what ingest left out of what was judged; GateClosed when it is NO-GO."""
    if to_json:
        click.echo(verdict.model_dump_json(indent=2))
    elif to_markdown:
        click.echo(verdict_markdown(verdict))
    else:
        print_verdict(verdict)
        print_sections(left_out_sections(left_out))
    if verdict.blocking:
        raise no_go_error(verdict)


def replay_verdict(path: Path) -> Verdict:
    """The verdict that follows from the case in a file; ConfigError when the file says another."""
    repair = f"write one: {command_line('gate', 'PHASE', '--json')} > FILE"
    text = read_text(path, repair)
    try:
        stored = Verdict.model_validate_json(text)
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(map(str, fault["loc"])) or "(whole file)"
        raise ConfigError(
            f"{printable(path)}: no verdict: {key}: {fault['msg']}; {repair}"
        ) from error
    again = judge(stored.case)
    if again != stored:
        raise ConfigError(
            f"{path}: says {stored.decision}, what it holds makes {again.decision} "
            f"with {counted(len(again.breaches), 'breach', 'breaches')}; the file was "
            "changed, or decides by other rules"
        )
    return again


def alone(bench: PhaseUnderGate, name: str, sql: bool, to_json: bool) -> None:
    """Print one check: its query, or what it found by month with its limits and keys."""
    found = find_checks(bench, name)
    if sql:
        for check in found:
            click.echo(f"-- {check.table}\n{check.sql}\n")
        return
    measurements = bench.measurements([name])
    if to_json:
        echo_json([m.model_dump(mode="json") for m in measurements])
        return
    for check in found:
        console().print(f"{check.table}: {check.about}", style="bold")
    for measurement in measurements:
        print_measurement(measurement, bench.thresholds[measurement.table])


def by_month(verdict: Verdict, to_json: bool) -> None:
    """Print which months today's limits would have stopped."""
    months = backtest(verdict.case)
    if to_json:
        echo_json({name: _summary(month) for name, month in months.items()})
        return
    print_backtest(verdict.phase, months)


def _summary(verdict: Verdict) -> dict[str, object]:
    breaches = list(map(str, verdict.breaches))
    return {"decision": verdict.decision, "breaches": breaches}
