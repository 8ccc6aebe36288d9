"""Gather what the page shows of the gates: months against limits, and the verdicts on record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, get_args

from core.grouping import group
from reports.page.gates import (
    GatesFacts,
    MeasurementFacts,
    MonthFacts,
    PastVerdict,
    PhaseGate,
    gravest,
)
from validation.measurement import Measurement, Part
from validation.stored import read_verdicts
from validation.thresholds import Threshold
from validation.verdict import Decision, Verdict
from warehouse.protocol import Warehouse

REMEMBERED = 20
"""Verdicts of a phase that the page tells of."""
MERGED = 4
"""Verdicts whose months are put together, where the last one measured a part of the schedule."""


def collect_gates(warehouse: Warehouse, phases: Sequence[str]) -> GatesFacts:
    """The gates of these phases that judged anything, with what is in force."""
    gates: list[PhaseGate] = []
    for phase in phases:
        gate = _gate(phase, warehouse.verdicts(phase, limit=REMEMBERED))
        if gate is not None:
            gates.append(gate)
    return GatesFacts(gates, warehouse.waivers(), warehouse.overrides())


def _gate(phase: str, records: Sequence[Mapping[str, Any]]) -> PhaseGate | None:
    """What is known of a phase; None where nothing on record can be read."""
    known = dict(_read_past(records))
    of_gate = [number for number, past in known.items() if past.stage == "gate"]
    latest = [records[number] for number in (of_gate or list(known))[:MERGED]]
    measured = _read_latest(latest)
    if not measured:
        return None
    return PhaseGate(
        phase=phase,
        verdict=measured[0],
        measurements=list(_measurements(measured)),
        history=list(known.values()),
    )


def _read_latest(records: Sequence[Mapping[str, Any]]) -> list[Verdict]:
    """The latest verdict that can be read, and those before it that tell of months which it does
    not: nearly always none, and to see that takes less than to read them."""
    for number, record in enumerate(records):
        found, _unreadable = read_verdicts([record])
        if found:
            told = _months_told(found[0])
            before = [each for each in records[number + 1 :] if _adds(each, told)]
            return found + read_verdicts(before)[0]
    return []


def _months_told(verdict: Verdict) -> dict[tuple[str, str, str], set[str]]:
    """Table, name and item of each measurement -> its months."""
    return {
        (each.table, each.name, each.item): set(map(_month, each.parts))
        for each in verdict.measurements
    }


def _adds(
    record: Mapping[str, Any], told: Mapping[tuple[str, str, str], set[str]]
) -> bool:
    """Whether a verdict on record tells of months that are not told of measurements that are; for
    one of a form that is not known here, whoever reads it finds out."""
    try:
        for each in record["measurements"]:
            name = each["table"], each["name"], each.get("item", "")
            parts = each.get("parts", ()) if name in told else ()
            for part in parts:
                if (part.get("month") or str(part["season"])) not in told[name]:
                    return True
    except (AttributeError, KeyError, TypeError):
        return True
    return False


def _read_past(
    records: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[int, PastVerdict]]:
    """The verdicts by their numbers, without those of a form that is not known here."""
    for number, record in enumerate(records):
        try:
            past = _past(record)
        except (KeyError, TypeError, ValueError):
            continue
        if past.decision in get_args(Decision):
            yield number, past


def _past(record: Mapping[str, Any]) -> PastVerdict:
    made = record["made"]
    return PastVerdict(
        verdict_id=made["verdict_id"],
        decided_at=datetime.fromisoformat(made["decided_at"]),
        stage=made["stage"],
        decision=record["decision"],
        broken=len(record["breaches"]),
        first=_day(made["first_date"]),
        last=_day(made["last_date"]),
        code_version=made["code_version"],
        run_id=made["run_id"],
    )


def _day(spelled: str | None) -> date | None:
    return date.fromisoformat(spelled) if spelled else None


def _measurements(verdicts: Sequence[Verdict]) -> Iterator[MeasurementFacts]:
    """What the last verdict measured; months that it did not come from those before it."""
    last = verdicts[0]
    earlier = [_by_name(verdict) for verdict in verdicts[1:]]
    for name, measurement in _by_name(last).items():
        before = [known[name] for known in earlier if name in known]
        applied = _thresholds(measurement, last)
        yield MeasurementFacts(
            measurement=measurement,
            thresholds=applied,
            months=list(months_of(measurement, applied, before)),
            broken=gravest(
                breach.threshold.severity
                for breach in last.breaches
                if (breach.table, breach.what) == name
            ),
        )


def _by_name(verdict: Verdict) -> dict[tuple[str, str], Measurement]:
    return {(each.table, each.what): each for each in verdict.measurements}


def _thresholds(measurement: Measurement, verdict: Verdict) -> tuple[Threshold, ...]:
    """The limits on a measurement: those of its name, on its item or on every item."""
    of_table = verdict.thresholds.get(measurement.table, ())
    named = [limit for limit in of_table if limit.measurement == measurement.name]
    return tuple(limit for limit in named if limit.item in ("", measurement.item))


def months_of(
    measurement: Measurement,
    thresholds: Sequence[Threshold],
    earlier: Sequence[Measurement] = (),
) -> Iterator[MonthFacts]:
    """A measurement month by month, each held against the limits by itself.

    `earlier`: the same measurement of verdicts before, the latest first, for months that it lacks.
    """
    found: dict[str, list[Part]] = {}
    for each in (measurement, *earlier):
        for month, parts in group(each.parts, _month).items():
            found.setdefault(month, parts)
    for month in sorted(found):
        yield _judge_month(month, measurement.among(found[month]), thresholds)


def _month(part: Part) -> str:
    """The month of a part; the season where the part is of all of it."""
    return part.month or str(part.season)


def _judge_month(
    month: str, measured: Measurement, thresholds: Sequence[Threshold]
) -> MonthFacts:
    value = measured.value
    limits = [threshold.limit(measured) for threshold in thresholds]
    broken = [
        threshold.severity
        for threshold, limit in zip(thresholds, limits, strict=True)
        if value is not None and not threshold.allows(value, limit)
    ]
    return MonthFacts(month, value, tuple(limits), gravest(broken))
