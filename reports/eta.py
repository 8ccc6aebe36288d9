"""Times, estimates and what came of them, in words."""

from __future__ import annotations

from typing import Any

from core.counted import counted
from planning.eta import Estimate, Outturn, Tally

NO_ESTIMATE = "no estimate yet"
"""What is said in the place of an estimate before any batch was computed."""
_UNITS = (("s", 1), ("min", 60), ("h", 3600))


def tell_time(seconds: float, like: float | None = None) -> str:
    """A time as a person says it, `31 s` or `2.4 min`;
    `like`: the bare number, in the unit of that time."""
    measure = seconds if like is None else like
    unit, size = next((u for u in _UNITS if measure < 120 * u[1]), _UNITS[-1])
    number = seconds / size
    rounded = f"{number:.0f}" if number >= 9.95 else f"{number:.1f}"
    return rounded if like is not None else f"{rounded} {unit}"


def tell_estimate(estimate: Estimate | None) -> str:
    """How long work takes, `20–35 s` or `about 2.4 min`; that nobody knows, without an estimate."""
    if estimate is None:
        return NO_ESTIMATE
    return _range_text(estimate)


def _range_text(estimate: Estimate) -> str:
    low = tell_time(estimate.low, estimate.high)
    high = tell_time(estimate.high, estimate.high)
    with_unit = tell_time(estimate.high)
    return f"about {with_unit}" if low == high else f"{low}–{with_unit}"


def tell_left(estimate: Estimate | None) -> str:
    """How long the rest of a run takes."""
    return f"{tell_estimate(estimate)} left" if estimate else NO_ESTIMATE


def tell_outturn(outturn: Outturn) -> str:
    """What was first estimated of a run, and what came true."""
    said = _first_estimate(outturn)
    took = f"took {tell_time(outturn.seconds)}"
    if outturn.done.cells == outturn.planned.cells:
        return f"{said}, {took}"
    cells = f"for {counted(outturn.planned.cells, 'cell')} at most"
    return f"{said} {cells}, {took} for {outturn.done.cells:,}"


def _first_estimate(outturn: Outturn) -> str:
    if outturn.estimate is None:
        return "no estimate at first"
    return f"first estimated {tell_estimate(outturn.estimate)}"


def outturn_json(outturn: Outturn) -> dict[str, Any]:
    """An outturn as plain data, times in seconds; `said` is the sentence."""
    return outturn.to_json() | {"said": tell_outturn(outturn)}


def tell_tally(tally: Tally) -> str:
    """How far a run is."""
    counts = tally.to_json()
    cells = f"{counts['cells_done']:,} of {counted(counts['cells'], 'cell')}"
    return f"{cells}, {counts['rows_done']:,} of {counted(counts['rows'], 'row')}"
