"""What a gate shows on the terminal: a verdict, one check by month, a back-test."""

from __future__ import annotations

from collections.abc import Mapping

from reports.terminal import console, grid
from reports.verdicts import headlines, limits, shown
from validation.measurement import Measurement
from validation.verdict import Verdict


def print_verdict(found: Verdict) -> None:
    """The decision and what is to be read first,
    every measurement with its limits, what was not judged."""
    say = console().print
    made = found.made
    say(f"{made.stage} {found.phase}: {found.decision}", style="bold")
    for line in headlines(found):
        say(f"  {line}", style="bold")
    say(
        f"  {made.first_date}..{made.last_date}, code {made.code_version}, verdict "
        f"{made.verdict_id}"
    )
    for breach in found.breaches:
        say(f"  {breach.threshold.severity}: {breach}")
    rows = [
        (
            m.table,
            m.what,
            shown(m),
            "; ".join(limits(m, found.thresholds[m.table])),
            _ceiling(m),
        )
        for m in found.measurements
        if not m.item
        or m.error
        or any(b.what == m.what and b.table == m.table for b in found.breaches)
    ]
    grid("", ("table", "measurement", "value", "limits", "ceiling"), rows)
    columns = sum(1 for m in found.measurements if m.item)
    if columns:
        say(f"{columns} measurements of single columns are in --json and --markdown")
    for measurement in found.measurements:
        if measurement.evidence:
            say(
                f"{measurement.table}: {measurement.what}: {', '.join(measurement.evidence)}"
            )
    for waiver in found.waivers:
        say(f"waiver: {waiver}")
    for note in found.not_judged:
        say(f"not judged: {note}")


def _ceiling(measurement: Measurement) -> str:
    return "" if measurement.ceiling is None else f"{measurement.ceiling:.2f}"


def print_measurement(measurement: Measurement, held: str) -> None:
    """One measurement: its value and limits, each month, the keys that it names."""
    say = console().print
    say(
        f"{measurement.table}: {measurement.what} = {shown(measurement)}  ({held or 'no limit'})"
    )
    if any(part.kept != part.of for part in measurement.parts):
        rows = [
            (
                str(part.season),
                part.month or "all",
                f"{part.kept:,.6g}",
                f"{part.of:,.6g}",
            )
            for part in measurement.parts
            if part.kept != part.of
        ]
        grid("", ("season", "month", "kept", "of"), rows)
    for key in measurement.evidence:
        say(f"  {key}")


def print_backtest(phase: str, months: Mapping[str, Verdict]) -> None:
    """Which months today's limits would have stopped, and on what."""
    rows = [
        (
            month,
            found.decision,
            "; ".join(map(str, (found.blocking or found.breaches)[:2])) or "-",
        )
        for month, found in months.items()
    ]
    grid(
        f"{phase}: each month alone, by today's limits",
        ("month", "decision", "on what"),
        rows,
    )
    stopped = [month for month, found in months.items() if found.blocking]
    console().print(f"{len(stopped)} of {len(months)} months would have been stopped")
