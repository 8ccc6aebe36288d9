"""The page's gates: what they measured by month against their limits, and what they decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from planning.overrides import Override
from planning.waivers import Waiver
from reports.page.section import PageSection
from reports.verdicts import limits, tell_override, tell_relaxed, value_text
from reports.waive import tell_waiver
from validation.measurement import Measurement
from validation.thresholds import Severity, Threshold
from validation.verdict import Decision, Stage, Verdict

NEVER = "No gate has judged anything yet."
WAIVERS_SHOWN = 50
"""Waivers that are listed; `fullcourt waive` lists all of them."""


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What was measured of one month, held against the limits by itself.

    `month`: `2024-11`, or the season's first year where a whole season is one figure. `value`: None
    where there was nothing to judge. `limits`: of each threshold, as it applies to the month.
    `broken`: the gravest of those that are broken.
    """

    month: str
    value: float | None
    limits: tuple[float, ...]
    broken: Severity | None


@dataclass(frozen=True)
class MeasurementFacts:
    """A measurement of the last verdict, the limits on it, and its months in order.

    `broken`: the gravest limit that the last verdict found broken.
    """

    measurement: Measurement
    thresholds: tuple[Threshold, ...]
    months: Sequence[MonthFacts]
    broken: Severity | None


@dataclass(frozen=True, slots=True)
class PastVerdict:
    """A verdict on record: when, on which dates, by what code; how many limits it found broken."""

    verdict_id: str
    decided_at: datetime
    stage: Stage
    decision: Decision
    broken: int
    first: date | None
    last: date | None
    code_version: str
    run_id: str


@dataclass(frozen=True)
class PhaseGate:
    """The gate of a phase: its last verdict, what that measured, the verdicts before it (the latest
    first)."""

    phase: str
    verdict: Verdict
    measurements: Sequence[MeasurementFacts]
    history: Sequence[PastVerdict]


@dataclass(frozen=True)
class GatesFacts:
    """The gates that judged anything, and what people decided about them and about games."""

    phases: Sequence[PhaseGate]
    waivers: Sequence[Waiver] = ()
    overrides: Sequence[Override] = ()


def gates_section(facts: GatesFacts | None) -> PageSection:
    """The section; without any verdict it says so."""
    name, title = "gates", "Gates over time"
    if facts is None or not facts.phases:
        return PageSection(name, title, absent=NEVER)
    stages = _stages(facts.phases)
    shown = {
        "phases": [_phase_view(gate, facts.overrides, stages) for gate in facts.phases],
        "overrides": _tell_overrides(_of_no_gate(facts), stages),
        "waivers": list(map(tell_waiver, facts.waivers[:WAIVERS_SHOWN])),
        "more_waivers": max(0, len(facts.waivers) - WAIVERS_SHOWN),
    }
    return PageSection(name, title, shown, gates_data(facts))


def _stages(gates: Sequence[PhaseGate]) -> dict[str, str]:
    """Verdict id -> what it judged: the sample of a phase, or its gate."""
    return {past.verdict_id: past.stage for gate in gates for past in gate.history}


def _of_no_gate(facts: GatesFacts) -> list[Override]:
    """The overrides of phases that are not shown: the others stand with theirs."""
    shown = {gate.phase for gate in facts.phases}
    return [each for each in facts.overrides if each.phase not in shown]


def _tell_overrides(
    overrides: Iterable[Override], stages: Mapping[str, str]
) -> list[str]:
    return [tell_override(each, stages.get(each.verdict_id, "")) for each in overrides]


def _phase_view(
    gate: PhaseGate, overrides: Sequence[Override], stages: Mapping[str, str]
) -> dict[str, Any]:
    """What the template says of a phase: its measurements, the broken ones apart, its history."""
    views = list(map(_measurement_view, gate.measurements))
    numbered = list(enumerate(views))
    own = [each for each in overrides if each.phase == gate.phase]
    return {
        "phase": gate.phase,
        "headlines": list(tell_relaxed(gate.verdict)),
        "overrides": _tell_overrides(own, stages),
        "not_judged": list(gate.verdict.not_judged),
        "broken": [pair for pair in numbered if pair[1]["state"] != "within"],
        "within": [pair for pair in numbered if pair[1]["state"] == "within"],
        "history": list(map(_history_view, gate.history)),
    }


def _measurement_view(facts: MeasurementFacts) -> dict[str, Any]:
    measurement = facts.measurement
    months = sum(month.broken is not None for month in facts.months)
    return {
        "table": measurement.table,
        "what": measurement.what,
        "value": value_text(measurement, facts.thresholds),
        "limits": "; ".join(limits(measurement, facts.thresholds)) or "no limit",
        "state": facts.broken or ("month" if months else "within"),
        "broken_months": months,
        "evidence": ", ".join(measurement.evidence),
        "whys": [each.why for each in facts.thresholds],
    }


def _history_view(past: PastVerdict) -> dict[str, Any]:
    marks = {"GO": "go", "GO with warnings": "warn", "NO-GO": "no-go"}
    return {
        "decided_at": f"{past.decided_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        "decision": past.decision,
        "mark": marks[past.decision],
        "stage": past.stage,
        "broken": past.broken,
        "dates": f"{past.first} to {past.last}" if past.first else "-",
        "code": past.code_version,
        "run": past.run_id,
        "verdict": past.verdict_id[:8],
    }


def gates_data(facts: GatesFacts) -> list[dict[str, Any]]:
    """What the script draws: of each phase its measurements, month by month."""
    return [
        {"phase": gate.phase, "measurements": list(map(_series, gate.measurements))}
        for gate in facts.phases
    ]


def _series(facts: MeasurementFacts) -> dict[str, Any]:
    """A measurement in columns; of each limit its name and its figure in every month."""
    limits_by_threshold = list(_limits(facts))
    return {
        "name": f"{facts.measurement.table}: {facts.measurement.what}",
        "months": [month.month for month in facts.months],
        "values": [_rounded(month.value) for month in facts.months],
        "state": facts.broken or "",
        "broken": [month.broken or "" for month in facts.months],
        "limits": limits_by_threshold,
    }


def _limits(facts: MeasurementFacts) -> Iterator[dict[str, Any]]:
    for number, threshold in enumerate(facts.thresholds):
        figures = [_rounded(month.limits[number]) for month in facts.months]
        yield {
            "name": f"{threshold.severity} unless {threshold.sign}",
            "severity": threshold.severity,
            "values": figures,
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def gravest(severities: Iterable[Severity]) -> Severity | None:
    """The graver of the severities found; None for none."""
    found = set(severities)
    if "block" in found:
        return "block"
    return "warn" if found else None
