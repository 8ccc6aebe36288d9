"""A verdict for a person: what it decided first, then why, then everything that it measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from planning.overrides import Override
from reports.markdown import bullets, table
from reports.waive import tell_waiver
from validation.bases import measured_months
from validation.measurement import Measurement
from validation.thresholds import Threshold
from validation.verdict import Verdict


def headlines(verdict: Verdict) -> Iterator[str]:
    """What has to be read first: thresholds that let more through
    than last time, and overrides in force."""
    for change in verdict.relaxed:
        yield f"relaxed since the last verdict: {change}"
    for override in verdict.overrides:
        yield f"override in force: {tell_override(override)}"


def carried_words(verdict: Verdict) -> Iterator[str]:
    """Which months were measured and which carried over, from which verdict; nothing where every
    month was measured."""
    if not verdict.carried:
        return
    measured = tell_months(measured_months(verdict.bases)) or "no month"
    yield f"measured by this verdict: {measured}"
    for carried in verdict.carried:
        counts = _number(carried.pieces, "count")
        months = tell_months(carried.months)
        of_months = f" of {months}" if months else ""
        yield f"carried over from verdict {carried.verdict_id}: {counts}{of_months}"


def tell_months(months: Sequence[str]) -> str:
    """Months in order, each run of them by its first and last: `2024-10..2025-01, 2025-03`."""
    runs: list[list[str]] = []
    for month in months:
        if runs and _is_next(runs[-1][-1], month):
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join("..".join(dict.fromkeys((run[0], run[-1]))) for run in runs)


def _is_next(month: str, other: str) -> bool:
    """Whether a month follows another."""
    (year, number), (then, next_number) = map(_year_and_month, (month, other))
    return (then - year) * 12 + next_number - number == 1


def _year_and_month(month: str) -> tuple[int, int]:
    year, number = month.split("-")
    return int(year), int(number)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def tell_override(override: Override) -> str:
    """Which NO-GO was overruled, when, by whom and why."""
    verdict = override.verdict_id[:8]
    what = f"{override.phase}: NO-GO {verdict} overridden"
    return f"{what} {_signature(override)}: {override.reason}"


def _signature(override: Override) -> str:
    """When it was decided and, where that is known, by whom."""
    when = f"{override.decided_at:%Y-%m-%d}"
    return f"{when} by {override.by}" if override.by else when


def verdict_markdown(verdict: Verdict) -> str:
    """The decision, what is to be read first, what it broke on, waivers, and every measurement."""
    made = verdict.made
    about = (
        f"{made.first_date}..{made.last_date}, first season loaded {made.first_season}, "
        f"code {made.code_version}, verdict {made.verdict_id}"
    )
    parts = [
        f"# {verdict.phase}: {verdict.decision}",
        *_with_heading("", headlines(verdict)),
        about,
    ]
    parts += _with_heading(
        "", [f"{b.threshold.severity}: {b}" for b in verdict.breaches]
    ) or ["No limit was broken."]
    parts += _with_heading("Months:", carried_words(verdict))
    parts += _with_heading("Waivers in force:", map(tell_waiver, verdict.waivers))
    others = [str(change) for change in verdict.changes if not change.relaxes]
    parts += _with_heading(
        "Other changes of thresholds since the last verdict:", others
    )
    parts += _with_heading("Not judged:", verdict.not_judged)
    rows = measurement_rows(verdict)
    parts.append(
        table(list(rows[0]), [list(row.values()) for row in rows])
        if rows
        else "Nothing was measured."
    )
    return "\n\n".join(parts) + "\n"


def _with_heading(heading: str, lines: Iterable[str]) -> list[str]:
    listed = bullets(lines)
    if not listed:
        return []
    return [heading, listed] if heading else [listed]


def measurement_rows(verdict: Verdict) -> list[dict[str, Any]]:
    """Every measurement with its limits, its ceiling and what it named, as a table's rows."""
    return [_measurement_row(verdict, each) for each in verdict.measurements]


def _measurement_row(verdict: Verdict, measurement: Measurement) -> dict[str, Any]:
    ceiling = measurement.ceiling
    thresholds = verdict.thresholds.get(measurement.table, ())
    return {
        "table": measurement.table,
        "measurement": measurement.what,
        "value": value_text(measurement),
        "limits": "; ".join(limits(measurement, thresholds)),
        "ceiling": "" if ceiling is None else f"{ceiling:.2f}",
        "evidence": ", ".join(measurement.evidence),
    }


def value_text(measurement: Measurement) -> str:
    """The value as a person reads it."""
    if measurement.error:
        return f"could not be measured: {measurement.error}"
    if measurement.value is None:
        return measurement.note or "nothing to judge"
    if measurement.kind == "amount":
        return f"{measurement.value:,.0f} (of {measurement.of:,.0f} games)"
    return f"{measurement.value:,.6g}"


def limits(measurement: Measurement, thresholds: Iterable[Threshold]) -> Iterator[str]:
    """The limits on a measurement as they apply to it."""
    for threshold in thresholds:
        if _applies(threshold, measurement):
            limit = f"{threshold.sign} {threshold.limit(measurement):,.6g}"
            yield f"{threshold.severity} unless {limit}"


def _applies(threshold: Threshold, measurement: Measurement) -> bool:
    """Whether a limit is on a measurement, and on its item or on every item."""
    if threshold.measurement != measurement.name:
        return False
    return threshold.item in ("", measurement.item)
