"""A verdict for a person: what it decided first, then why, then everything that it measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from planning.overrides import Override
from reports.markdown import bullets, table
from reports.waive import tell_waiver
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


def tell_override(override: Override) -> str:
    """Which NO-GO was overruled, when, by whom and why."""
    when = f"{override.decided_at:%Y-%m-%d}"
    if override.by:
        when += f" by {override.by}"
    verdict = override.verdict_id[:8]
    what = f"{override.phase}: NO-GO {verdict} overridden"
    return f"{what} {when}: {override.reason}"


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
    return [
        {
            "table": m.table,
            "measurement": m.what,
            "value": value_text(m),
            "limits": "; ".join(limits(m, verdict.thresholds.get(m.table, ()))),
            "ceiling": "" if m.ceiling is None else f"{m.ceiling:.2f}",
            "evidence": ", ".join(m.evidence),
        }
        for m in verdict.measurements
    ]


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
        if threshold.measurement == measurement.name and threshold.item in (
            "",
            measurement.item,
        ):
            yield (
                f"{threshold.severity} unless {threshold.sign} {threshold.limit(measurement):,.6g}"
            )
