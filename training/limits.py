"""The limits of the gate before training, from thresholds.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core.errors import ConfigError
from core.yaml_files import read_model
from validation.thresholds import Threshold, ThresholdsFile

PHASE = "train"
"""Under which name verdicts and overrides are kept, beside those of the catalog's phases."""
PATH = Path(__file__).with_name("thresholds.yaml")
MEASURED = (
    "dates_not_passed",
    "dates_judged_before",
    "cells_not_fresh",
    "cells_damaged",
    "dates_without_features",
    "longest_pause",
    "minutes_known_pct",
    "usage_known_pct",
    "labelled_rows",
    "smallest_split_rows",
    "duplicate_keys",
    "rows_of_another_game",
    "label_faults",
    "days_between_splits",
    "games_in_two_splits",
    "correlation",
    "innovation_of_season",
    "innovation_of_month",
    "team_innovation_of_season",
    "team_innovation_of_month",
    "line_innovation_of_season",
    "line_innovation_of_month",
    "fixed_features",
    "live_features",
    "features_without_values",
    "null_share_gap",
    "drift",
    "replay_differing_rows",
    "seasons_not_replayed",
)
"""What the check measures, in the order in which it is shown."""


@cache
def load_limits(path: Path = PATH) -> tuple[Threshold, ...]:
    """The limits; ConfigError for one on what is not measured, and for a measurement without."""
    limits = read_model(ThresholdsFile, path).thresholds
    _require_limit_on_each({limit.measurement for limit in limits}, path)
    return limits


def _require_limit_on_each(limited: set[str], path: Path) -> None:
    """Raise ConfigError unless what has a limit is just what is measured."""
    known = ", ".join(MEASURED)
    for name in sorted(limited.difference(MEASURED)):
        raise ConfigError(
            f"{path}: thresholds: nothing measures {name}; known: {known}"
        )
    for name in MEASURED:
        if name not in limited:
            raise ConfigError(
                f"{path}: thresholds: no limit on {name}, which is measured; give it one"
            )


def limit_on(name: str) -> Threshold:
    """The first limit on a measurement."""
    return next(limit for limit in load_limits() if limit.measurement == name)
