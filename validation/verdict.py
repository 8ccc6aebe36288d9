"""The verdict: measurements against thresholds, GO or NO-GO, with everything it was decided on.

A pure function of a `Case`, so that a stored verdict can be recomputed. A threshold whose
measurement is not there, or failed, closes the gate; a measurement with nothing to judge neither
opens nor closes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Literal

from core.counted import counted
from core.grouping import group
from core.model import Frozen
from planning.overrides import Override
from planning.waivers import Waiver
from validation.bases import Basis, Carried, Judgement, carried
from validation.changes import Change
from validation.extent import Judged
from validation.figures import figure, figure_and_limit
from validation.measurement import Measurement
from validation.regression import LIMITS, Past, Seen, Spans
from validation.thresholds import Severity, Threshold

Decision = Literal["GO", "GO with warnings", "NO-GO"]
Stage = Literal["gate", "sample"]
NAMED = 5
"""Keys that the sentence of a breach names; the others are in its evidence."""
GAP_CHECKS = frozenset(
    {
        "cells_done_pct",
        "keys_present_pct",
        "games",
        "player_rows",
        "games_covered_pct",
        "table_completeness",
        "date_gaps",
        "monthly_volume",
    }
)
"""Checks that count what is there: gaps close them, and nothing wrong does."""


class Made(Frozen):
    """When, by what and over what a verdict was made.

    `run_id`: the root flow run. `first_season`: the first of which anything is loaded; features
    that look back over years know no more. `stage`: the whole phase, or its sample before the rest
    is computed. `measured_from`: a hash of all that was measured and of the limits: the same needs
    no new verdict.
    """

    verdict_id: str
    run_id: str
    decided_at: datetime
    code_version: str
    selection: dict[str, Any]
    first_date: date | None
    last_date: date | None
    first_season: int | None
    stage: Stage = "gate"
    measured_from: str = ""

    def number_of(self, days: Sequence[date]) -> int:
        """How many of these dates are in its range."""
        first, last = self.first_date, self.last_date
        return sum(first <= day <= last for day in days) if first and last else 0


class Case(Frozen):
    """Everything that a verdict is decided on, and what it repeats of earlier decisions.

    `waivers` are all that were in force: they take games out of what was measured. `changes`: how
    the thresholds differ from those of the phase's last verdict. `past`: what accepted verdicts
    measured; `spans`: over which dates this one did. `not_judged`: what could not be, and why.
    `bases`: what the counts of each check were made from, and which were carried over.
    """

    phase: str
    made: Made
    tables: tuple[str, ...]
    measurements: tuple[Measurement, ...]
    thresholds: dict[str, tuple[Threshold, ...]]
    past: tuple[Past, ...] = ()
    spans: Spans = {}
    changes: tuple[Change, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    overrides: tuple[Override, ...] = ()
    not_judged: tuple[str, ...] = ()
    bases: tuple[Basis, ...] = ()


class Breach(Frozen):
    """A limit that a measurement does not keep, or that could not be measured (value None)."""

    table: str
    threshold: Threshold
    what: str
    value: float | None
    limit: float | None = None
    error: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def is_of_gaps(self) -> bool:
        """Whether it is of a limit on gaps."""
        return self.threshold.measurement in GAP_CHECKS

    @property
    def named(self) -> str:
        """The first of the keys that break it; empty where none is known."""
        more = ", …" * (len(self.evidence) > NAMED)
        return ", ".join(self.evidence[:NAMED]) + more

    def __str__(self) -> str:
        if self.value is None:
            why = f": {self.error}" if self.error else ""
            return f"{self.table}: {self.what} could not be measured{why}"
        named = f" ({self.named})" if self.evidence else ""
        value, limit = figure_and_limit(self.value, self.limit or 0)
        wanted = f"{self.threshold.sign} {limit} wanted"
        return f"{self.table}: {self.what} is {value}, {wanted}{named}"


class Verdict(Case):
    """The decision on one phase, with the case and its breaches."""

    decision: Decision
    breaches: tuple[Breach, ...]

    @property
    def blocking(self) -> tuple[Breach, ...]:
        """The breaches that close the gate."""
        return tuple(b for b in self.breaches if b.threshold.severity == "block")

    @property
    def judged(self) -> Judged:
        """Which cells it judged."""
        made = self.made
        return Judged(
            tables=self.tables,
            first_date=made.first_date,
            last_date=made.last_date,
            spans=self.spans,
        )

    @property
    def is_closed_by_gaps(self) -> bool:
        """Whether each limit that closes the gate is one on gaps."""
        return all(breach.is_of_gaps for breach in self.blocking)

    @property
    def is_accepted(self) -> bool:
        """Whether later verdicts may be held against it:
        a gate that opened with no override in force."""
        return (
            self.made.stage == "gate"
            and self.decision != "NO-GO"
            and not self.overrides
        )

    @property
    def as_seen(self) -> Seen:
        """What later verdicts are held against, where it is accepted."""
        return Seen(self.made.verdict_id, self.measurements, self.spans)

    @property
    def as_judgement(self) -> Judgement:
        """What later verdicts may carry over."""
        return Judgement(self.made.verdict_id, self.measurements, self.bases)

    @property
    def carried(self) -> tuple[Carried, ...]:
        """What it carried over, by the verdict that measured it."""
        return tuple(carried(self.bases))

    @property
    def relaxed(self) -> tuple[Change, ...]:
        """The changes that let more through than the last verdict's thresholds did."""
        return tuple(change for change in self.changes if change.relaxes)

    @property
    def case(self) -> Case:
        """What it was decided on."""
        return Case(**{name: getattr(self, name) for name in Case.model_fields})


def judge(case: Case) -> Verdict:
    """The verdict on a case."""
    breaches = (*_breaches(case), *_regressions(case))
    decision = _decision(breach.threshold.severity for breach in breaches)
    return Verdict(**dict(case), decision=decision, breaches=breaches)


def _breaches(case: Case) -> Iterator[Breach]:
    found = group(case.measurements, attrgetter("table", "name"))
    for table in case.tables:
        for threshold in case.thresholds[table]:
            yield from _breaches_of(
                table, threshold, found.get((table, threshold.measurement), [])
            )


def _breaches_of(
    table: str, threshold: Threshold, measured: Sequence[Measurement]
) -> Iterator[Breach]:
    """The measurements that do not keep one limit of a table; one breach where there are none."""
    if not measured:
        yield _breach_of_failure(table, threshold)
    for measurement in measured:
        is_judged = not threshold.item or measurement.item in (threshold.item, "")
        if is_judged and (measurement.error or not threshold.holds(measurement)):
            yield _breach(measurement, threshold)


def _breach(measurement: Measurement, threshold: Threshold) -> Breach:
    if measurement.error:
        return _breach_of_failure(measurement.table, threshold, measurement.error)
    return Breach(
        table=measurement.table,
        threshold=threshold,
        what=measurement.what,
        value=measurement.value,
        limit=threshold.limit(measurement),
        evidence=measurement.evidence,
    )


def _breach_of_failure(table: str, threshold: Threshold, error: str = "") -> Breach:
    """A check that cannot run closes the gate, whatever its severity."""
    closed = threshold.model_copy(update={"severity": "block"})
    return Breach(
        table=table,
        threshold=closed,
        what=threshold.measurement,
        value=None,
        error=error,
    )


def _regressions(case: Case) -> Iterator[Breach]:
    """Rates that fell well below the last accepted verdict's over
    the same months; the graver limit alone."""
    for past in case.past:
        for severity, factor in LIMITS.items():
            if past.now < factor * past.then:
                yield _regression(past, severity, factor)
                break


def _regression(past: Past, severity: Severity, factor: float) -> Breach:
    why = f"{factor:g} of what verdict {past.verdict_id} measured over the same months"
    threshold = Threshold(
        measurement=past.name,
        item=past.item,
        at_least=factor * past.then,
        severity=severity,
        why=why,
    )
    months = counted(past.months, "month")
    then = figure(past.then, (past.now,))
    return Breach(
        table=past.table,
        threshold=threshold,
        what=f"{past.what} over {months}, {then} when last accepted,",
        value=past.now,
        limit=threshold.at_least,
    )


def _decision(severities: Iterable[Severity]) -> Decision:
    seen = set(severities)
    if "block" in seen:
        return "NO-GO"
    return "GO with warnings" if seen else "GO"


def backtest(case: Case) -> dict[str, Verdict]:
    """Month -> the verdict on that month's parts alone:
    which months these thresholds would have stopped."""
    months: set[str] = set()
    for measurement in case.measurements:
        months.update(part.month for part in measurement.parts if part.month)
    return {month: judge(_of_month(case, month)) for month in sorted(months)}


def _of_month(case: Case, month: str) -> Case:
    among = tuple(_in_month(measurement, month) for measurement in case.measurements)
    return case.model_copy(update={"measurements": among, "past": (), "changes": ()})


def _in_month(measurement: Measurement, month: str) -> Measurement:
    return measurement.among(part for part in measurement.parts if part.month == month)
