"""Where validation and test begin when nobody says. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from core.counted import counted, verb_for
from core.errors import ConfigError
from training.splits import TEST, TRAIN, VALIDATION, Splits

VALIDATION_OF_A_SEASON = 0.25
"""Share of the only season before test that is validation: its last dates."""
SPLITS_OF_A_SEASON = (0.6, 0.8)
"""Where validation and test begin in a range of one season, as shares of its dates."""
FEWEST_DATES = 10


def choose_splits(
    seasons: Mapping[int, Sequence[date]],
    validation_from: date | None = None,
    test_from: date | None = None,
    embargo_days: int = 1,
) -> Splits:
    """The splits of a range, from season -> its dates with features, in order.

    Test is the last season and validation the one before it. With two seasons validation is the
    last quarter of the first one; with one season train, validation and test have 60, 20 and 20 %
    of its dates. A date that is given holds. ConfigError where there are too few dates, and where
    one that is given leaves a split without any.
    """
    days = sorted(day for dates in seasons.values() for day in dates)
    if len(days) < FEWEST_DATES:
        raise ConfigError(
            f"{counted(len(days), 'date')} with features "
            f"{verb_for(len(days), 'is', 'are')} too few to split; name a "
            "longer range, at least "
            f"{FEWEST_DATES} dates past the season's bootstrap"
        )
    test = test_from or _test_from(seasons, days)
    before = {
        season: [day for day in seasons[season] if day < test] for season in seasons
    }
    validation = validation_from or _validation_from(before, days)
    splits = Splits(validation, test, embargo_days)
    _require_dates(splits, days)
    return splits


def _require_dates(splits: Splits, days: Sequence[date]) -> None:
    """Raise ConfigError where one of the splits has none of these dates."""
    held = set(map(splits.split_of, days))
    features = f"the dates with features are {days[0]}..{days[-1]}"
    if TRAIN not in held:
        raise ConfigError(
            f"validation from {splits.validation_from} leaves no date to train on: {features}; "
            "name a later --validation-from, or an earlier --start"
        )
    if VALIDATION not in held:
        raise ConfigError(
            f"validation from {splits.validation_from} and test from {splits.test_from} leave no "
            f"date of validation: {features}; set them apart"
        )
    if TEST not in held:
        raise ConfigError(
            f"test from {splits.test_from} leaves no date of test: {features}; "
            "name an earlier --test-from, or a later --end"
        )


def _test_from(seasons: Mapping[int, Sequence[date]], days: Sequence[date]) -> date:
    if len(_held(seasons)) > 1:
        return seasons[_held(seasons)[-1]][0]
    return days[int(SPLITS_OF_A_SEASON[1] * len(days))]


def _validation_from(
    before: Mapping[int, Sequence[date]], days: Sequence[date]
) -> date:
    """First date of validation among the dates before test."""
    held = _held(before)
    if not held:
        raise ConfigError(
            f"test would begin on {days[0]}, the first date with features; nothing is left to "
            "train on; name a later --test-from"
        )
    if len(held) > 1:
        return before[held[-1]][0]
    only = before[held[0]]
    share = 1 - VALIDATION_OF_A_SEASON
    return only[int(share * len(only))]


def _held(seasons: Mapping[int, Sequence[date]]) -> list[int]:
    """The seasons that have dates, in order."""
    return sorted(season for season in seasons if seasons[season])
