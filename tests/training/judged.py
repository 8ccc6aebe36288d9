"""What the limits of the check say of measurements, for tests."""

from __future__ import annotations

from collections.abc import Iterable

from tests.validation.small_case import made
from training.limits import load_limits
from training.set_checks import TABLE
from validation.measurement import Measurement
from validation.verdict import Breach, Case, judge


def breaches(measurements: Iterable[Measurement]) -> list[Breach]:
    """The limits that these measurements break, of those on what was measured."""
    measured = tuple(measurements)
    names = {one.name for one in measured}
    limits = tuple(limit for limit in load_limits() if limit.measurement in names)
    case = Case(
        phase="train",
        made=made(),
        tables=(TABLE,),
        measurements=measured,
        thresholds={TABLE: limits},
    )
    return list(judge(case).breaches)


def named(found: Iterable[Breach], severity: str = "block") -> set[str]:
    """What the limits of a severity were broken by: `innovation_of_season[points_avg_last_5]`."""
    return {breach.what for breach in found if breach.threshold.severity == severity}
