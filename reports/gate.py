"""What a gate shows on the terminal: a verdict, one check by month, a back-test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter

from core.counted import counted, verb_for
from core.grouping import group
from reports.breaches import breach_lines
from reports.terminal import console, grid, say_wrapped
from reports.verdicts import (
    TYPED_SIGNS,
    carried_words,
    headlines,
    limit_text,
    limits,
    value_text,
)
from reports.waive import tell_waiver
from validation.measurement import Measurement, Part
from validation.thresholds import Threshold
from validation.verdict import Verdict

BROKEN_IN_A_MONTH = 2
"""Checks that a line of a back-test names."""


def print_verdict(found: Verdict) -> None:
    """The decision and what is to be read first,
    every measurement with its limits, what was not judged."""
    say = console().print
    made = found.made
    say(f"{made.stage} {found.phase}: {found.decision}", style="bold")
    for line in headlines(found):
        say(f"  {line}", style="bold")
    say_wrapped(
        f"  {made.first_date}..{made.last_date}, code {made.code_version}, verdict "
        f"{made.verdict_id}"
    )
    for line in carried_words(found):
        say_wrapped(f"  {line}")
    for line in breach_lines(found, with_severity=True):
        say_wrapped(f"  {line}")
    _print_measurements(found)
    for measurement in found.measurements:
        if measurement.evidence:
            evidence = ", ".join(measurement.evidence)
            say_wrapped(f"{measurement.table}: {measurement.what}: {evidence}")
    for waiver in found.waivers:
        say_wrapped(f"waiver: {tell_waiver(waiver)}")
    for note in found.not_judged:
        say_wrapped(f"not judged: {note}")


def _print_measurements(found: Verdict) -> None:
    """The measurements of each table; of single columns only those that broke a limit."""
    broken = {(breach.table, breach.what) for breach in found.breaches}
    columns = sum(bool(m.item) for m in found.measurements)
    shown = [
        m
        for m in found.measurements
        if not m.item or m.error or (m.table, m.what) in broken
    ]
    for table, measured in group(shown, attrgetter("table")).items():
        limited = found.thresholds[table]
        rows = [
            (
                m.what,
                value_text(m, limited),
                limit_text(m, limited, TYPED_SIGNS),
                _ceiling(m),
            )
            for m in measured
        ]
        grid(table, ("measurement", "value", "limit", "ceiling"), rows)
    if columns:
        measured_columns = counted(columns, "measurement")
        verb = verb_for(columns, "is", "are")
        say_wrapped(
            f"{measured_columns} of single columns {verb} in --json and --markdown"
        )


def _ceiling(measurement: Measurement) -> str:
    return "" if measurement.ceiling is None else f"{measurement.ceiling:.2f}"


def print_measurement(
    measurement: Measurement, thresholds: Sequence[Threshold]
) -> None:
    """One measurement: its value and limits, each month, the keys that it names."""
    say = console().print
    what = f"{measurement.table}: {measurement.what}"
    value = value_text(measurement, thresholds)
    held = "; ".join(limits(measurement, thresholds)) or "no limit"
    say(f"{what} = {value}  ({held})")
    if rows := list(_parts_amiss(measurement)):
        grid("", ("season", "month", "kept", "of"), rows)
    for key in measurement.evidence:
        say(f"  {key}")


def _parts_amiss(measurement: Measurement) -> Iterator[tuple[str, ...]]:
    for part in measurement.parts:
        if part.kept != part.of:
            yield _part_row(part)


def _part_row(part: Part) -> tuple[str, ...]:
    season = str(part.season)
    month = part.month or "all"
    kept = f"{part.kept:,.6g}"
    of = f"{part.of:,.6g}"
    return season, month, kept, of


def print_backtest(phase: str, months: Mapping[str, Verdict]) -> None:
    """Which months today's limits would have stopped, and on what."""
    rows: list[tuple[str, ...]] = []
    stopped = 0
    for month, found in months.items():
        on_what = "; ".join(islice(breach_lines(found), BROKEN_IN_A_MONTH))
        rows.append((month, found.decision, on_what or "-"))
        stopped += bool(found.blocking)
    title = f"{phase}: each month alone, by today's limits"
    grid(title, ("month", "decision", "on what"), rows)
    console().print(
        f"{stopped} of {counted(len(months), 'month')} would have been stopped"
    )
