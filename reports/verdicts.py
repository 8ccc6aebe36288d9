"""A verdict for a person: what it decided first, then why, then everything that it measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from core.counted import counted
from core.grouping import group
from planning.overrides import Override
from reports.markdown import bullets, folded, html_table, table
from reports.waive import tell_waiver
from validation.bases import measured_months
from validation.figures import figure, figure_and_limit, unit_of
from validation.measurement import Measurement
from validation.thresholds import Severity, Threshold
from validation.verdict import Verdict

HEADER = ("what", "value", "limit", "ceiling", "state")
BROKEN_HEADER = ("broken limit of", *HEADER[1:])
SEVERITY_WORDS: Mapping[Severity, str] = {"block": "closes the gate", "warn": "warns"}
KEPT, NOT_JUDGED = "kept", "not judged"
STATE_ORDER = (*SEVERITY_WORDS.values(), KEPT, NOT_JUDGED)
SIGNS = {">=": "≥", "<=": "≤", "<": "<"}
TYPED_SIGNS = {sign: sign for sign in SIGNS}
"""The same for a terminal, which may have no other signs than these."""


def headlines(
    verdict: Verdict, stages: Mapping[str, str] | None = None
) -> Iterator[str]:
    """What has to be read first: thresholds that let more through than last time, and overrides in
    force. `stages`: verdict id -> what it judged, as far as that is known."""
    known = stages or {}
    yield from tell_relaxed(verdict)
    for override in verdict.overrides:
        stage = known.get(override.verdict_id, "")
        yield f"override in force: {tell_override(override, stage)}"


def tell_relaxed(verdict: Verdict) -> Iterator[str]:
    """The thresholds that let more through than last time."""
    for change in verdict.relaxed:
        yield f"relaxed since the last verdict: {change}"


def carried_words(verdict: Verdict) -> Iterator[str]:
    """Which months were measured and which carried over, from which verdict; nothing where every
    month was measured."""
    if not verdict.carried:
        return
    measured = tell_months(measured_months(verdict.bases)) or "no month"
    yield f"measured by this verdict: {measured}"
    for carried in verdict.carried:
        counts = counted(carried.pieces, "count")
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


def tell_override(override: Override, stage: str = "") -> str:
    """Which NO-GO was overruled, when, by whom and why; `stage`: what of the phase it judged,
    where that is known."""
    judged = f"{stage} {override.phase}" if stage else override.phase
    verdict = override.verdict_id[:8]
    return f"{judged}: NO-GO {verdict} overridden {tell_reason(override)}"


def tell_overridden(decision: str, reason: str) -> str:
    """A decision, and why a run goes on all the same where it does."""
    return f"{decision}, overridden: {reason}" if reason else decision


def tell_reason(override: Override) -> str:
    """When a NO-GO was overruled, by whom and why."""
    return f"{_signature(override)}: {override.reason}"


def _signature(override: Override) -> str:
    """When it was decided and, where that is known, by whom."""
    when = f"{override.decided_at:%Y-%m-%d}"
    return f"{when} by {override.by}" if override.by else when


def verdict_headline(verdict: Verdict) -> str:
    """The decision in one line, with the number of limits that are broken."""
    blocking = len(verdict.blocking)
    warning = len(verdict.breaches) - blocking
    stage = verdict.made.stage
    return f"{stage} {verdict.phase}: {verdict.decision}; {_broken_text(blocking, warning)}"


def _broken_text(blocking: int, warning: int) -> str:
    if not blocking and not warning:
        return "no limit is broken"
    told = [f"{blocking} broken"] if blocking else []
    told += [f"{warning} to warn of"] if warning else []
    return f"limits: {', '.join(told)}"


def verdict_markdown(verdict: Verdict) -> str:
    """The decision, what is to be read first, the broken limits with their evidence, waivers; then
    every other measurement, folded."""
    made = verdict.made
    about = (
        f"{made.first_date}..{made.last_date}, first season loaded {made.first_season}, "
        f"code {made.code_version}, verdict {made.verdict_id}"
    )
    broken = [row for row in judged_rows(verdict) if row.is_broken]
    parts = [
        f"# {verdict.phase}: {verdict.decision}",
        *_with_heading("", headlines(verdict)),
        *_broken_parts(verdict, broken),
        *_with_heading("Months:", carried_words(verdict)),
        *_with_heading("Waivers in force:", map(tell_waiver, verdict.waivers)),
    ]
    others = [str(change) for change in verdict.changes if not change.relaxes]
    parts += _with_heading(
        "Other changes of thresholds since the last verdict:", others
    )
    parts += _with_heading("Not judged:", verdict.not_judged)
    parts += _folded_rest(verdict)
    parts.append(about)
    return "\n\n".join(parts) + "\n"


def _broken_parts(verdict: Verdict, broken: Sequence[JudgedRow]) -> list[str]:
    """The broken limits as a table, what no row of it shows, and the evidence."""
    if not verdict.breaches:
        return ["No limit was broken."]
    shown = {(row.table, row.what) for row in broken}
    unseen = [b for b in verdict.breaches if (b.table, b.what) not in shown]
    cells = [(f"{row.table}: {row.what}", *row.figures) for row in broken]
    parts = [table(BROKEN_HEADER, cells)] if cells else []
    parts += _with_heading("", [f"{b.threshold.severity}: {b}" for b in unseen])
    evidence = [
        f"{row.table}: {row.what}: {row.evidence}" for row in broken if row.evidence
    ]
    return [*parts, *_with_heading("Evidence:", evidence)]


def _folded_rest(verdict: Verdict) -> Iterator[str]:
    """Every measurement that broke no limit, folded; the table of those of each table."""
    rest = [row for row in judged_rows(verdict) if not row.is_broken]
    if not rest:
        return
    inside: list[str] = []
    for name, rows in group(rest, attrgetter("table")).items():
        cells = [(row.what, *row.figures) for row in rows]
        inside.append(html_table(name, HEADER, cells))
    kept = "kept their limits, or had nothing to judge"
    yield folded(f"{counted(len(rest), 'measurement')} {kept}", inside)


def _with_heading(heading: str, lines: Iterable[str]) -> list[str]:
    listed = bullets(lines)
    if not listed:
        return []
    return [heading, listed] if heading else [listed]


@dataclass(frozen=True)
class JudgedRow:
    """A measurement as a row: its value, limits, ceiling, and what came of them, in words."""

    table: str
    what: str
    value: str
    limit: str
    ceiling: str
    state: str
    evidence: str

    @property
    def is_broken(self) -> bool:
        """Whether it breaks a limit, if only one that warns."""
        return self.state in SEVERITY_WORDS.values()

    @property
    def figures(self) -> tuple[str, str, str, str]:
        """What stands behind its name in a table."""
        return self.value, self.limit, self.ceiling, self.state


def judged_rows(verdict: Verdict) -> list[JudgedRow]:
    """Every measurement, those that close the gate first, then those that warn."""
    severities: dict[tuple[str, str], Severity] = {}
    for breach in sorted(
        verdict.breaches, key=lambda b: b.threshold.severity != "block"
    ):
        severities.setdefault((breach.table, breach.what), breach.threshold.severity)
    rows = [_judged_row(verdict, each, severities) for each in verdict.measurements]
    return sorted(rows, key=lambda row: STATE_ORDER.index(row.state))


def _judged_row(
    verdict: Verdict,
    measurement: Measurement,
    severities: Mapping[tuple[str, str], Severity],
) -> JudgedRow:
    ceiling = measurement.ceiling
    severity = severities.get((measurement.table, measurement.what))
    held = verdict.thresholds.get(measurement.table, ())
    state = NOT_JUDGED if measurement.value is None else KEPT
    return JudgedRow(
        table=measurement.table,
        what=measurement.what,
        value=value_text(measurement, held),
        limit=limit_text(measurement, held),
        ceiling="" if ceiling is None else f"{ceiling:.2f}",
        state=SEVERITY_WORDS[severity] if severity else state,
        evidence=", ".join(measurement.evidence),
    )


def limit_text(
    measurement: Measurement,
    thresholds: Iterable[Threshold],
    signs: Mapping[str, str] = SIGNS,
) -> str:
    """The limits on a measurement in figures: `≥ 95, warn ≥ 100`."""
    found: list[str] = []
    for threshold in thresholds:
        if _applies(threshold, measurement):
            word = "warn " if threshold.severity == "warn" else ""
            sign = signs[threshold.sign]
            found.append(f"{word}{sign} {_limit_figure(threshold, measurement)}")
    return ", ".join(sorted(found, key=lambda text: text.startswith("warn")))


def value_text(measurement: Measurement, thresholds: Iterable[Threshold] = ()) -> str:
    """The value as a person reads it; never rounded to a value that keeps one of these limits
    where it breaks it."""
    if measurement.error:
        return f"could not be measured: {measurement.error}"
    if measurement.value is None:
        return measurement.note or "nothing to judge"
    if measurement.kind == "amount":
        games = counted(round(measurement.of), "game")
        return f"{measurement.value:,.0f} (of {games})"
    held = [
        each.limit(measurement) for each in thresholds if _applies(each, measurement)
    ]
    return figure(measurement.value, held, unit_of(measurement))


def _limit_figure(threshold: Threshold, measurement: Measurement) -> str:
    """A limit as it applies to a measurement, told apart from its value."""
    limit, unit = threshold.limit(measurement), unit_of(measurement)
    if measurement.value is None:
        return figure(limit, unit=unit)
    return figure_and_limit(measurement.value, limit, unit)[1]


def limits(measurement: Measurement, thresholds: Iterable[Threshold]) -> Iterator[str]:
    """The limits on a measurement as they apply to it."""
    for threshold in thresholds:
        if _applies(threshold, measurement):
            limit = f"{threshold.sign} {_limit_figure(threshold, measurement)}"
            yield f"{threshold.severity} unless {limit}"


def _applies(threshold: Threshold, measurement: Measurement) -> bool:
    """Whether a limit is on a measurement, and on its item or on every item."""
    if threshold.measurement != measurement.name:
        return False
    return threshold.item in ("", measurement.item)
