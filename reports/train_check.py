"""What a training check shows before its verdict: the splits, and how near features come."""

from __future__ import annotations

from collections.abc import Iterator

from core.counted import counted
from validation.verdict import Verdict

HIGHEST = 3
"""Features that are named of each measurement."""


def splits_line(verdict: Verdict) -> str:
    """Where validation and test begin, and what is left out before each."""
    splits = verdict.made.selection["splits"]
    begins = (
        f"validation from {splits['validation_from']}, test from {splits['test_from']}"
    )
    return f"splits: {begins}; {_embargo_text(splits['embargo_days'])}"


def _embargo_text(days: int) -> str:
    return f"{counted(days, 'day')} left out before each"


def highest_lines(verdict: Verdict) -> Iterator[str]:
    """Of each measurement of features in which more is worse, the features that have most."""
    found: dict[str, list[tuple[float, str]]] = {}
    for one in verdict.measurements:
        if one.item and one.kind == "most" and one.value is not None:
            found.setdefault(one.name, []).append((one.value, one.item))
    for name, values in found.items():
        highest = sorted(values, reverse=True)[:HIGHEST]
        told = ", ".join(f"{value:.3g} {feature}" for value, feature in highest)
        yield f"highest {name}: {told}"
