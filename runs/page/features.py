"""Gather what the page shows of the features: two statements over the feature store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from processors.contract import STATUSES, Column
from reports.page.features import (
    Binning,
    FeatureFacts,
    FeatureSeason,
    FeaturesFacts,
    Profile,
    binning_of,
)
from runs.page.asking import Row, asking
from runs.page.feature_statements import (
    FIGURES,
    FIRST_STATUS,
    PLACE,
    TABLE,
    counts,
    profiles,
)
from warehouse.protocol import Warehouse

MOST = 1e100
"""What no figure reaches that comes from a game."""
Counted = dict[tuple[int, int], dict[int, int]]
"""Season and place of a feature -> bin or status -> rows."""


def collect_features(
    warehouse: Warehouse, dates: Sequence[date], seasons: Iterable[int] = ()
) -> FeaturesFacts:
    """The features on these dates, in every season; `seasons` are those with final games.

    Half a second of CPU for four seasons in a file, and next to none when it holds what it held at
    the page before. BigQuery bills some 20 MB a season: at the end
    of a run there the page does without.
    """
    columns = warehouse.catalog[TABLE].contract.features
    ask = asking(warehouse, TABLE, dates)
    rows = ask("profiles of features", profiles(columns))
    if not rows:
        return FeaturesFacts(TABLE, ())
    known = [[_profile(row, place) for row in rows] for place in range(len(columns))]
    binnings = {
        column.name: binning_of(parts)
        for column, parts in zip(columns, known, strict=True)
    }
    by_code = _by_code(ask("counts of features", counts(columns, binnings)))
    features = [
        _feature(column, binnings[column.name], place, rows, by_code)
        for place, column in enumerate(columns)
    ]
    held = {row["season"] for row in rows}
    without_rows = tuple(sorted(set(seasons) - held))
    return FeaturesFacts(TABLE, tuple(features), without_rows)


def _profile(row: Row, place: int) -> Profile:
    known, mean, spread, lowest, highest, broken = (
        row[f"{figure}_{place}"] for figure in FIGURES
    )
    if not all(map(_is_finite, (mean, spread, lowest, highest))):
        return Profile(known)
    return Profile(known, mean, spread, lowest, highest, is_whole=not broken)


def _is_finite(figure: float | None) -> bool:
    """Whether a figure can be reckoned with: its square has to be a number too."""
    return figure is None or abs(figure) < MOST


def _by_code(rows: Iterable[Row]) -> Counted:
    found: Counted = {}
    for row in rows:
        place, number = divmod(row["code"], PLACE)
        of_feature = found.setdefault((row["season"], place), {})
        of_feature[number] = row["row_count"]
    return found


def _feature(
    column: Column, binning: Binning, place: int, rows: Iterable[Row], counted: Counted
) -> FeatureFacts:
    seasons: list[FeatureSeason] = []
    for row in rows:
        numbers = counted.get((row["season"], place), {})
        bins = tuple(numbers.get(number, 0) for number in range(binning.count))
        part = FeatureSeason(
            row["season"], row["row_count"], _profile(row, place), bins, _nulls(numbers)
        )
        seasons.append(part)
    return FeatureFacts(
        name=column.name,
        description=column.description,
        unit=column.unit or "",
        source=column.source or "",
        across_seasons=column.across_seasons,
        binning=binning,
        seasons=tuple(seasons),
    )


def _nulls(numbers: Mapping[int, int]) -> dict[str, int]:
    """Status -> rows in which the feature is NULL for that reason."""
    return {
        status: numbers.get(FIRST_STATUS + place, 0)
        for place, status in enumerate(STATUSES)
    }
