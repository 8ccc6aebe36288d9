"""The page's section on the features: what values each has in each season, what is NULL and why,
and how far a season is from the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any

from processors.contract import STATUSES
from reports.commands import command_line
from reports.page.section import PageSection
from reports.seasons import season_name, tell_seasons
from training.stability import stability_index

BINS_PER_DEVIATION, DEVIATIONS = 5, 3.0
"""How finely a distribution is drawn, and how far from the mean."""
MOST_BINS = 40
ALONE = 2
"""Neighbouring bins that drift counts as one: a fine bin of few rows says nothing."""
FEWEST_ROWS = 1000
"""Known values of each of two seasons below which their distributions are not compared."""
SOME_DRIFT, MUCH_DRIFT = 0.1, 0.25
"""Where a population stability index is usually read as some change, and as another
distribution."""
NOT_READ = (
    "The features were not read for this page, since reading them is billed: "
    f"{command_line('page')} reads them."
)
NOTHING = "The feature store holds no rows yet."


@dataclass(frozen=True, slots=True)
class Binning:
    """The bins of one feature, alike in all seasons: `count` of them, each of `width`, the first
    from `low` on, in the feature's unit. What lies outside counts in the outermost. `is_whole`: all
    values are whole numbers."""

    low: float = 0.0
    width: float = 1.0
    count: int = 1
    is_whole: bool = False

    def edge(self, number: int) -> float:
        """Where a bin begins."""
        return round(self.low + number * self.width, 12)


@dataclass(frozen=True, slots=True)
class Profile:
    """A feature in one season: how many values are known, their mean and standard deviation, the
    lowest and the highest (None where none is known, or some are no finite numbers). `is_whole`:
    all are whole numbers."""

    known: int = 0
    mean: float | None = None
    spread: float | None = None
    lowest: float | None = None
    highest: float | None = None
    is_whole: bool = True


@dataclass(frozen=True)
class FeatureSeason:
    """A feature in one season: its rows, its profile, rows per bin, and NULLs by status."""

    season: int
    rows: int
    profile: Profile
    counts: tuple[int, ...] = ()
    nulls: Mapping[str, int] = field(default_factory=dict)

    @property
    def known_share(self) -> float:
        """Share of rows, 0 to 1, in which the feature is known."""
        return self.profile.known / self.rows if self.rows else 0.0

    @property
    def has_no_figures(self) -> bool:
        """Whether values are known and some of them are no finite numbers."""
        return bool(self.profile.known) and self.profile.mean is None


@dataclass(frozen=True)
class FeatureFacts:
    """A feature as its contract describes it, and its seasons, the earliest first.

    `across_seasons`: it looks back over earlier seasons.
    """

    name: str
    description: str
    unit: str
    source: str
    binning: Binning
    seasons: tuple[FeatureSeason, ...]
    across_seasons: bool = False

    def means(self, season: int) -> tuple[float | None, float | None]:
        """The means of the season before and of this one."""
        found = self._with_the_one_before(season)
        if found is None:
            return None, None
        before, now = found
        return before.profile.mean, now.profile.mean

    def drift(self, season: int) -> float | None:
        """The population stability index of a season against the season before, over pairs of the
        bins drawn: the sum of (share now - share before) x ln(share now / share before).

        0 is the same distribution. None where either season has too few known values.
        """
        found = self._with_the_one_before(season)
        if found is None:
            return None
        before, now = (_coarse(part.counts) for part in found)
        return stability_index(before, now)

    def shift(self, season: int) -> float | None:
        """The difference of the means of a season and the season before, in standard deviations of
        the season before; None where either has too few known values or nothing varied."""
        found = self._with_the_one_before(season)
        if found is None:
            return None
        was, is_ = (part.profile for part in found)
        if was.mean is None or is_.mean is None or not was.spread:
            return None
        return (is_.mean - was.mean) / was.spread

    def _with_the_one_before(
        self, season: int
    ) -> tuple[FeatureSeason, FeatureSeason] | None:
        """The season before and this one, where both have values enough."""
        for before, now in pairwise(self.seasons):
            known = min(before.profile.known, now.profile.known)
            if now.season == season == before.season + 1 and known >= FEWEST_ROWS:
                return before, now
        return None


@dataclass(frozen=True)
class FeaturesFacts:
    """The features of the feature store, in the order of its columns. `without_rows`: seasons with
    final games of which it holds no row."""

    table: str
    features: tuple[FeatureFacts, ...]
    without_rows: tuple[int, ...] = ()

    @property
    def seasons(self) -> tuple[int, ...]:
        """The seasons that have rows, the earliest first."""
        if not self.features:
            return ()
        return tuple(part.season for part in self.features[0].seasons)


def binning_of(profiles: Sequence[Profile]) -> Binning:
    """Bins for a feature from its profiles in all seasons: fifths of its standard deviation,
    rounded to a width that people count in, from three deviations below the mean to three above.

    Whole numbers are never split.
    """
    known = [part for part in profiles if part.mean is not None]
    if not known:
        return Binning()
    mean, spread = _pooled(known)
    lowest = min(part.lowest for part in known if part.lowest is not None)
    highest = max(part.highest for part in known if part.highest is not None)
    low = max(lowest, mean - DEVIATIONS * spread)
    high = min(highest, mean + DEVIATIONS * spread)
    is_whole = all(part.is_whole for part in known)
    if is_whole and highest - lowest <= 1:
        # Yes and no are both shown, however rare one of them is.
        low, high = lowest, highest
    width = _round_width(max(spread / BINS_PER_DEVIATION, (high - low) / MOST_BINS))
    if is_whole:
        width = max(1.0, ceil(width))
    first, last = floor(low / width), floor(high / width)
    count = min(last - first + 1, MOST_BINS)
    return Binning(round(first * width, 9), width, count, is_whole)


def _pooled(parts: Sequence[Profile]) -> tuple[float, float]:
    """Mean and standard deviation over all seasons."""
    known = sum(part.known for part in parts)
    mean = sum(part.known * (part.mean or 0.0) for part in parts) / known
    squares = 0.0
    for part in parts:
        off = (part.mean or 0.0) - mean
        squares += part.known * ((part.spread or 0.0) ** 2 + off**2)
    return mean, (squares / known) ** 0.5


def _round_width(width: float) -> float:
    """The next width of 1, 2, 2.5 or 5 times a power of ten; 1 for nothing.

    A feature has nine places at most: what is narrower is no width but a float's last digits.
    """
    if width < 1e-9:
        return 1.0
    power = floor(log10(width))
    for step in (1, 2, 2.5, 5, 10):
        rounded = round(step * 10.0**power, 12)
        if rounded >= width * (1 - 1e-9):
            return rounded
    return round(10.0 ** (power + 1), 12)


def _coarse(counts: Sequence[int]) -> dict[int, int]:
    """Rows per pair of neighbouring bins."""
    found: dict[int, int] = {}
    for number, count in enumerate(counts):
        place = number // ALONE
        found[place] = found.get(place, 0) + count
    return found


def features_section(facts: FeaturesFacts | None) -> PageSection:
    """The section; without facts it says that nothing was read."""
    name, title = "features", "Features"
    if facts is None:
        return PageSection(name, title, absent=NOT_READ)
    if not facts.seasons:
        return PageSection(name, title, absent=NOTHING)
    shown = {
        "table": facts.table,
        "seasons": facts.seasons,
        "some": SOME_DRIFT,
        "much": MUCH_DRIFT,
        "fewest": FEWEST_ROWS,
        "rows": list(_table_rows(facts)),
        "words": list(tell_features(facts)),
    }
    return PageSection(name, title, shown, data=_data(facts))


def tell_features(facts: FeaturesFacts) -> Iterator[str]:
    """What stands out: seasons that cannot be judged, features without a value, drift."""
    if facts.without_rows:
        seasons = tell_seasons(facts.without_rows)
        yield (
            f"No rows at all in {seasons}: whether features are filled there cannot be "
            "judged before the gaps are closed."
        )
    yield from tell_empty(facts)
    yield from _tell_not_finite(facts)
    yield from tell_drift(facts)
    yield from tell_explained(facts)


def drifted(facts: FeaturesFacts) -> list[FeatureFacts]:
    """The features of the latest season that drifted much without an explanation, the most
    first."""
    return [each for each in _drifted(facts) if not _is_explained(facts, each)]


def _drifted(facts: FeaturesFacts) -> list[FeatureFacts]:
    if not facts.seasons:
        return []
    season = facts.seasons[-1]
    much = [part for part in facts.features if _drift(part, season) >= MUCH_DRIFT]
    return sorted(much, key=lambda part: -_drift(part, season))


def _drift(feature: FeatureFacts, season: int) -> float:
    return feature.drift(season) or 0.0


def _is_explained(facts: FeaturesFacts, feature: FeatureFacts) -> bool:
    """Whether a feature cannot but differ: it looks back over earlier seasons, and before the first
    of two nothing is known."""
    return feature.across_seasons and len(facts.seasons) == 2


def tell_drift(facts: FeaturesFacts) -> Iterator[str]:
    """The drift that nothing explains, with the means of both seasons."""
    if found := drifted(facts):
        season = facts.seasons[-1]
        told = "; ".join(_tell_means(feature, season) for feature in found)
        yield (
            f"{season_name(season)} differs from {season_name(season - 1)}, and nothing explains "
            f"it: {told}. Drift from {MUCH_DRIFT} on is another distribution."
        )


def _tell_means(feature: FeatureFacts, season: int) -> str:
    """`pct_mid_range: mean 9.1, then 35.6 percent (drift 1.27)`."""
    means = feature.means(season)
    before, now = map(figure_text, means)
    if before == now:
        # Three digits do not tell apart what hardly varies, such as paces of 100.6 and 101.2.
        before, now = (figure_text(mean, more=2) for mean in means)
    unit = f" {feature.unit}" if feature.unit else ""
    drift = figure_text(feature.drift(season))
    return f"{feature.name}: mean {before}, then {now}{unit} (drift {drift})"


def tell_explained(facts: FeaturesFacts) -> Iterator[str]:
    """The drift that is as it should be."""
    found = [each for each in _drifted(facts) if _is_explained(facts, each)]
    if found:
        season = facts.seasons[-1]
        told = "; ".join(_tell_means(feature, season) for feature in found)
        yield (
            f"As expected after the first season, {season_name(season - 1)}: {told}. What looks "
            "back over earlier seasons grows."
        )


def tell_empty(facts: FeaturesFacts) -> Iterator[str]:
    """The features without any value in a season, those of the same seasons together; first those
    that have values in another season."""
    everywhere = len(facts.seasons)
    found = sorted(_empty(facts).items(), key=lambda item: len(item[0]) == everywhere)
    for seasons, features in found:
        where = tell_seasons(seasons)
        if len(seasons) == everywhere > 1:
            where = "any season"
        yield f"Without any value in {where}: {', '.join(features)}."


def _tell_not_finite(facts: FeaturesFacts) -> Iterator[str]:
    """The features of which some values can be neither added up nor drawn."""
    for feature in facts.features:
        parts = [part for part in feature.seasons if part.has_no_figures]
        if parts:
            seasons = tell_seasons(part.season for part in parts)
            yield (
                f"{feature.name} holds values in {seasons} that are no finite numbers: neither its "
                "mean nor its shift can be told, and they are drawn in the last bin."
            )


def _empty(facts: FeaturesFacts) -> dict[tuple[int, ...], list[str]]:
    """Seasons -> the features that have no value in exactly those."""
    found: dict[tuple[int, ...], list[str]] = {}
    for feature in facts.features:
        parts = [part for part in feature.seasons if not part.profile.known]
        if parts:
            seasons = tuple(part.season for part in parts)
            found.setdefault(seasons, []).append(feature.name)
    return found


def _table_rows(facts: FeaturesFacts) -> Iterator[tuple[str, ...]]:
    """A row per feature for the latest season, as text."""
    season = facts.seasons[-1]
    for feature in facts.features:
        last = feature.seasons[-1]
        yield (
            feature.name,
            feature.unit or "-",
            f"{100 * last.known_share:.1f} %",
            _nulls_text(last),
            figure_text(last.profile.mean),
            figure_text(last.profile.spread),
            figure_text(feature.drift(season)),
            figure_text(feature.shift(season)),
        )


def _nulls_text(part: FeatureSeason) -> str:
    """The NULLs of a season by status, as shares of its rows."""
    shares = [
        f"{status.replace('_', ' ')} {100 * count / part.rows:.1f} %"
        for status, count in part.nulls.items()
        if count
    ]
    return ", ".join(shares) or "none"


def figure_text(value: float | None, more: int = 0) -> str:
    """A figure to three digits and so many `more`; `-` for one that is not known."""
    if value is None:
        return "-"
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{places + more}f}"


def _data(facts: FeaturesFacts) -> dict[str, Any]:
    """What the script draws."""
    return {
        "seasons": list(map(season_name, facts.seasons)),
        "statuses": [status.replace("_", " ") for status in STATUSES],
        "some": SOME_DRIFT,
        "much": MUCH_DRIFT,
        "features": list(map(_feature_data, facts.features)),
    }


def _feature_data(feature: FeatureFacts) -> dict[str, Any]:
    binning = feature.binning
    return {
        "name": feature.name,
        "description": feature.description,
        "unit": feature.unit,
        "source": feature.source,
        "low": binning.low,
        "width": binning.width,
        "is_whole": binning.is_whole,
        "seasons": [_season_data(feature, part) for part in feature.seasons],
    }


def _season_data(feature: FeatureFacts, part: FeatureSeason) -> dict[str, Any]:
    profile = part.profile
    return {
        "rows": part.rows,
        "known": profile.known,
        "mean": _rounded(profile.mean),
        "spread": _rounded(profile.spread),
        "lowest": _rounded(profile.lowest),
        "highest": _rounded(profile.highest),
        "counts": part.counts,
        "nulls": [part.nulls.get(status, 0) for status in STATUSES],
        "drift": _rounded(feature.drift(part.season)),
        "shift": _rounded(feature.shift(part.season)),
    }


def _rounded(value: float | None) -> float | None:
    """To five digits: nobody sees more, and each is a byte in the page."""
    return None if value is None else float(f"{value:.5g}")
