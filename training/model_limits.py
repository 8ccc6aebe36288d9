"""The limits that a model must keep on test, from model_thresholds.yaml, and what it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from core.errors import ConfigError
from core.yaml_files import read_model
from validation.thresholds import PLACES, Threshold, ThresholdsFile
from validation.verdict import Decision

PATH = Path(__file__).with_name("model_thresholds.yaml")
GAIN, UPPER_END, APART = "gain_percent", "difference_upper_end", "gain_apart"
BEYOND, COVERAGE, BIAS = "gain_beyond_lines", "coverage_percent", "mean_bias"
MEASURED = (GAIN, BEYOND, UPPER_END, APART, COVERAGE, BIAS)
LEAST_GAIN = GAIN
"""The measurement whose `at_least` is the gain that a model needs."""
_UNITS = {GAIN: " %", BEYOND: " %", UPPER_END: " points", APART: " points of percent"}
_UNITS_OF_REST = {COVERAGE: " %", BIAS: " points"}


@cache
def load_model_limits(path: Path = PATH) -> tuple[Threshold, ...]:
    """The limits; ConfigError for one on what is not measured, and for a measurement without."""
    limits = read_model(ThresholdsFile, path).thresholds
    _require_limit_on_each({limit.measurement for limit in limits}, path)
    return limits


def _require_limit_on_each(limited: set[str], path: Path) -> None:
    """Raise ConfigError unless what has a limit is just what is measured."""
    if wrong := sorted(limited.symmetric_difference(MEASURED)):
        raise ConfigError(
            f"{path}: thresholds: {', '.join(wrong)} has a limit and is not measured, or is "
            f"measured and has none; measured: {', '.join(MEASURED)}"
        )


def limit_on(name: str) -> float:
    """The first limit that is stated on a measurement."""
    stated = (
        limit.stated for limit in load_model_limits() if limit.measurement == name
    )
    return next(value for value in stated if value is not None)


def broken_limits(measured: Mapping[str, float]) -> list[tuple[Threshold, str]]:
    """The limits that are not kept, each with a sentence that says by what."""
    return [
        (limit, _told(limit, measured[limit.measurement]))
        for limit in load_model_limits()
        if not _holds(limit, measured[limit.measurement])
    ]


def decide(broken: list[tuple[Threshold, str]]) -> Decision:
    """NO-GO with a limit that blocks, GO with warnings with one that warns."""
    severities = {limit.severity for limit, _ in broken}
    if "block" in severities:
        return "NO-GO"
    return "GO with warnings" if severities else "GO"


def _holds(limit: Threshold, value: float) -> bool:
    stated = round(limit.stated or 0, PLACES)
    found = round(value, PLACES)
    if limit.sign == ">=":
        return found >= stated
    return found <= stated if limit.sign == "<=" else found < stated


def _told(limit: Threshold, value: float) -> str:
    unit = {**_UNITS, **_UNITS_OF_REST}[limit.measurement]
    wanted = f"{limit.sign} {limit.stated:g}{unit} wanted"
    return f"{limit.measurement} is {value:.3f}{unit}, {wanted}: {limit.why}"
