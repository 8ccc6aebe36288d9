"""Regression: the rates of a verdict against those
of the last accepted one, equal months only. Pure.

Months are equal when they were judged from the same date to the same date and have about as much to
count: one date is not another of its month, a week is not the month, and a month that was not over
then is not the same month now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.model import Frozen
from validation.measurement import Measurement, Part
from validation.thresholds import Severity

LIMITS: Mapping[Severity, float] = {"block": 0.90, "warn": 0.95}
"""Severity -> the share of what was accepted that has to be kept, the graver first."""
ALIKE = 0.1
"""How much the numbers to count of two equal months may differ."""
RATES = ("share", "lacking")

Key = tuple[str, str, str, str]
"""Table, name, item and kind: what makes two measurements one rate."""

Spans = dict[str, dict[str, tuple[date, date]]]
"""Table -> month -> the first and the last of its dates that were judged."""


def spans(dates: Mapping[str, Sequence[date]]) -> Spans:
    """The spans of these dates of tables."""
    months: dict[str, dict[str, list[date]]] = {table: {} for table in dates}
    for table, days in dates.items():
        for day in days:
            months[table].setdefault(f"{day:%Y-%m}", []).append(day)
    return {
        table: {m: (min(days), max(days)) for m, days in of.items()}
        for table, of in months.items()
    }


@dataclass(frozen=True)
class Seen:
    """What a verdict saw: its measurements, and over which dates of each month."""

    verdict_id: str
    measurements: Sequence[Measurement]
    spans: Spans


class Past(Frozen):
    """A rate over the months that two verdicts share: kept and of how many, then and now."""

    table: str
    name: str
    item: str
    verdict_id: str
    months: int
    then_kept: float
    then_of: float
    now_kept: float
    now_of: float

    @property
    def then(self) -> float:
        """The rate of the accepted verdict, in percent."""
        return 100 * self.then_kept / self.then_of

    @property
    def now(self) -> float:
        """The rate as measured now, in percent."""
        return 100 * self.now_kept / self.now_of

    @property
    def what(self) -> str:
        """Its name, with the column it is of."""
        return f"{self.name}[{self.item}]" if self.item else self.name


def past(now: Seen, accepted: Iterable[Seen]) -> tuple[Past, ...]:
    """Each rate against the first of the accepted verdicts (newest first) with an equal month.

    Verdicts are looked at only until every rate has found its own.
    """
    left = {_key(m): m for m in now.measurements if m.kind in RATES and m.of}
    found: dict[Key, Past] = {}
    for seen in accepted if left else ():
        for then in seen.measurements:
            rate = left.get(_key(then))
            if rate is None:
                continue
            months = _equal(then, rate, _same_spans(then.table, now.spans, seen.spans))
            if months:
                found[_key(rate)] = _past_rate(rate, seen.verdict_id, months)
                del left[_key(rate)]
        if not left:
            break
    return tuple(found[_key(m)] for m in now.measurements if _key(m) in found)


def incomparable(now: Seen, compared: Sequence[Past]) -> list[str]:
    """The tables of which no rate could be held against an accepted verdict:
    a fall would not be seen."""
    rated = dict.fromkeys(m.table for m in now.measurements if m.kind in RATES and m.of)
    known = {rate.table for rate in compared}
    return [table for table in rated if table not in known]


def _key(measurement: Measurement) -> Key:
    return measurement.table, measurement.name, measurement.item, measurement.kind


def _same_spans(table: str, now: Spans, then: Spans) -> set[str]:
    """The months of a table that were judged from the same date to the same date."""
    return {
        month
        for month, span in then.get(table, {}).items()
        if now.get(table, {}).get(month) == span
    }


def _equal(
    then: Measurement, now: Measurement, same: set[str]
) -> list[tuple[Part, Part]]:
    earlier: dict[tuple[int, str | None], Part] = {
        (part.season, part.month): part
        for part in then.parts
        if part.of and part.month in same
    }
    pairs = (
        (earlier[part.season, part.month], part)
        for part in now.parts
        if (part.season, part.month) in earlier
    )
    return [
        (a, b) for a, b in pairs if b.of and abs(a.of - b.of) <= ALIKE * max(a.of, b.of)
    ]


def _past_rate(
    now: Measurement, verdict_id: str, months: list[tuple[Part, Part]]
) -> Past:
    then = [part for part, _ in months]
    today = [part for _, part in months]
    return Past(
        table=now.table,
        name=now.name,
        item=now.item,
        verdict_id=verdict_id,
        months=len(months),
        then_kept=sum(part.kept for part in then),
        then_of=sum(part.of for part in then),
        now_kept=sum(part.kept for part in today),
        now_of=sum(part.of for part in today),
    )
