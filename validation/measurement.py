"""Measurements: what was observed, counted per season and month,
so that sums, parts and ratios agree.

A verdict sums the parts, a regression compares equal months of two, a back-test judges each month
alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic.dataclasses import dataclass

from core.model import STRICT_KEYS, Frozen

Kind = Literal[
    "share", "lacking", "faults", "amount", "mean", "worst_month", "fewest", "most"
]
"""What the value is: kept of all in percent, not kept of all in percent, how many were not kept,
how many were kept, their mean, the lowest month's share, the lowest and the highest of all parts.
"""
BY_KEYS: dict[str, Kind] = {
    "cells_done_pct": "share",
    "keys_present_pct": "share",
    "duplicate_keys": "faults",
    "unexpected_keys": "faults",
    "games_covered_pct": "share",
    "played_dates_waiting": "faults",
}
"""What is counted of every table from the keys of its cells, without a query."""
NO_SOURCE = "no source has it"
"""The note of what nobody gives; a gate does not tell of it."""
EVIDENCE = 20
"""Keys kept of each measurement that found something amiss."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT_KEYS)
class Part:
    """What was counted of one season and month (`2024-11`;
    None for a whole season): kept, of how many.

    `possible`: the most that the schedule lets be kept, where that is less than all. Thirty seasons
    have ten thousands of parts, which as models would take five times the memory.
    """

    season: int
    month: str | None = None
    kept: float
    of: float
    possible: float | None = None


class Measurement(Frozen):
    """What was observed of a table, or of one column of it (`item`), with up to 20 breaking keys.

    `reference_base`: for an amount, how many the schedule has in the reference range, where it
    spans that. `note`: what could not be judged and why. `error`: why it could not be measured;
    that closes the gate.
    """

    table: str
    name: str
    kind: Kind
    item: str = ""
    parts: tuple[Part, ...] = ()
    evidence: tuple[str, ...] = ()
    reference_base: int | None = None
    note: str = ""
    error: str = ""

    @property
    def kept(self) -> float:
        """How many were as they should be."""
        return sum(part.kept for part in self.parts)

    @property
    def of(self) -> float:
        """Of how many."""
        return sum(part.of for part in self.parts)

    @property
    def value(self) -> float | None:
        """The one number that a threshold judges; None where there was nothing to judge."""
        if self.error or (not self.of and self.kind != "faults"):
            return None
        return float(_VALUES[self.kind](self))

    @property
    def ceiling(self) -> float | None:
        """The highest value that schedule and sources allow; None where nothing limits it."""
        if not self.of or all(part.possible is None for part in self.parts):
            return None
        possible = sum(
            part.of if part.possible is None else part.possible for part in self.parts
        )
        # The scores of a mean are percentages already.
        return possible / self.of if self.kind == "mean" else 100 * possible / self.of

    @property
    def what(self) -> str:
        """Its name, with the column it is of."""
        return f"{self.name}[{self.item}]" if self.item else self.name

    def among(self, parts: Iterable[Part]) -> Measurement:
        """The same measurement of these parts alone, without the evidence."""
        return self.model_copy(update={"parts": tuple(parts), "evidence": ()})

    def without_small_seasons(self, min_rows: int) -> Measurement:
        """Without the seasons that have fewer rows than a judgement takes; the note says which."""
        sizes: dict[int, float] = {}
        for part in self.parts:
            sizes[part.season] = sizes.get(part.season, 0) + part.of
        few = {season: size for season, size in sizes.items() if size < min_rows}
        counted = "games" if self.kind == "amount" else "rows"
        told = (
            f"{season}: {size:,.0f} of {min_rows:,} {counted}"
            for season, size in few.items()
        )
        note = f"too few to judge: {', '.join(told)}" if few else self.note
        kept = tuple(part for part in self.parts if part.season not in few)
        return self.model_copy(update={"parts": kept, "note": note})


def _worst(measurement: Measurement) -> float:
    return min(100 * part.kept / part.of for part in measurement.parts if part.of)


_VALUES: Mapping[str, Any] = {
    "share": lambda m: 100 * m.kept / m.of,
    "lacking": lambda m: 100 * (m.of - m.kept) / m.of,
    "faults": lambda m: m.of - m.kept,
    "amount": lambda m: m.kept,
    "mean": lambda m: m.kept / m.of,
    "worst_month": _worst,
    "fewest": lambda m: min(part.kept for part in m.parts),
    "most": lambda m: max(part.kept for part in m.parts),
}


def measurement_of(
    table: str,
    name: str,
    kind: Kind,
    counted: Mapping[tuple[int, str], tuple[float, ...]],
    evidence: Iterable[str] = (),
) -> Measurement:
    """A measurement from (season, month) -> (kept, of) or (kept, of, possible)."""
    parts = tuple(
        Part(
            season=season,
            month=month,
            kept=numbers[0],
            of=numbers[1],
            possible=(*numbers, None)[2],
        )
        for (season, month), numbers in sorted(counted.items())
    )
    return Measurement(
        table=table,
        name=name,
        kind=kind,
        parts=parts,
        evidence=tuple(evidence)[:EVIDENCE],
    )
