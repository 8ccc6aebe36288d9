"""The verdict: measurements against thresholds, GO or NO-GO, with everything it was decided on.

A pure function of its inputs, so that a stored verdict can be recomputed. A threshold whose measurement is
not there closes the gate; a measurement with nothing to judge neither opens nor closes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from planning.waivers import Waiver
from processors.contract import Frozen
from validation.thresholds import Severity, Threshold

Decision = Literal["GO", "GO with warnings", "NO-GO"]


class Measurement(Frozen):
    """What was observed of one table: a share of numerator in denominator in percent, or a count.

    `value` is None where there was nothing to judge; `evidence` names up to 20 breaking cells or keys.
    """

    table: str
    name: str
    value: float | None
    numerator: int
    denominator: int
    evidence: tuple[str, ...] = ()


class Breach(Frozen):
    """A limit that a measurement does not keep, or that could not be measured (value None)."""

    table: str
    threshold: Threshold
    value: float | None
    evidence: tuple[str, ...] = ()

    def __str__(self) -> str:
        seen = "could not be measured" if self.value is None else f"is {self.value:g}"
        named = f" ({', '.join(self.evidence[:3])})" if self.evidence else ""
        return f"{self.table}: {self.threshold} wanted, {seen}{named}"


class Verdict(Frozen):
    """The decision on one phase, with the measurements, the thresholds used and the breaches.

    `waivers` are all that were in force: they take games out of what was measured.
    """

    phase: str
    decision: Decision
    tables: tuple[str, ...]
    measurements: tuple[Measurement, ...]
    thresholds: dict[str, tuple[Threshold, ...]]
    breaches: tuple[Breach, ...]
    waivers: tuple[Waiver, ...] = ()

    @property
    def blocking(self) -> tuple[Breach, ...]:
        """The breaches that close the gate."""
        return tuple(b for b in self.breaches if b.threshold.severity == "block")


def share(
    table: str, name: str, numerator: int, denominator: int, evidence: Sequence[str] = ()
) -> Measurement:
    """A share in percent; nothing to judge when the denominator is 0."""
    value = 100 * numerator / denominator if denominator else None
    return Measurement(
        table=table,
        name=name,
        value=value,
        numerator=numerator,
        denominator=denominator,
        evidence=tuple(evidence[:20]),
    )


def count(table: str, name: str, number: int, of: int, evidence: Sequence[str] = ()) -> Measurement:
    """A count of faults among `of` rows."""
    return Measurement(
        table=table, name=name, value=number, numerator=number, denominator=of, evidence=tuple(evidence[:20])
    )


def judge(
    phase: str,
    tables: Sequence[str],
    measurements: Iterable[Measurement],
    thresholds: Mapping[str, tuple[Threshold, ...]],
    waivers: Sequence[Waiver] = (),
) -> Verdict:
    """The verdict on these tables of a phase."""
    measured = tuple(measurements)
    found = {(m.table, m.name): m for m in measured}
    breaches = []
    for table in tables:
        for threshold in thresholds[table]:
            measurement = found.get((table, threshold.measurement))
            if measurement is None:
                breaches.append(_unmeasured(table, threshold))
            elif measurement.value is not None and not threshold.holds(measurement.value):
                breaches.append(
                    Breach(
                        table=table,
                        threshold=threshold,
                        value=measurement.value,
                        evidence=measurement.evidence,
                    )
                )
    return Verdict(
        phase=phase,
        decision=_decision(b.threshold.severity for b in breaches),
        tables=tuple(tables),
        measurements=measured,
        thresholds={t: thresholds[t] for t in tables},
        breaches=tuple(breaches),
        waivers=tuple(waivers),
    )


def _unmeasured(table: str, threshold: Threshold) -> Breach:
    """A check that cannot run closes the gate, whatever its severity."""
    closed = threshold.model_copy(update={"severity": "block"})
    return Breach(table=table, threshold=closed, value=None)


def _decision(severities: Iterable[Severity]) -> Decision:
    seen = set(severities)
    if "block" in seen:
        return "NO-GO"
    return "GO with warnings" if seen else "GO"
