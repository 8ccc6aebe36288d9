"""What the rows of training/statements.py say of each feature. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isnan
from typing import Any

from core.counted import counted
from processors.contract import NOTHING, Column
from training.set_checks import measurement
from training.splits import TEST, TRAIN
from training.stability import stability_index
from validation.measurement import Measurement, Part

Row = Mapping[str, Any]
FEWEST_ROWS = 400
"""Rows of a season or month below which a correlation is chance: 0.05 of them is one deviation."""
FEWEST_TEAM_ROWS = 200
FEWEST_DRIFT_ROWS = 1000
"""Rows of each of two seasons below which their distributions are not compared."""
LINES = "player_props"
"""The source whose features are betting lines."""
TEAM, LINE = "team_", "line_"
"""How the names of innovations begin that have limits of their own."""
NO_FEATURE = "no such feature"
MOST_FIXED = 0.01
"""Share of players below which a feature that varies for so few varies for none."""
FEWEST_DISTINCT = 3
"""Values that a feature has at least, to be one of its own for each player."""
TOO_FEW = "too few rows of {} to judge"


def measure_correlations(rows: Iterable[Row]) -> Iterator[Measurement]:
    """Each feature's correlation with the label: the highest of all seasons, without its sign."""
    for feature, of_feature in by_item(rows).items():
        yield _strongest("correlation", feature, of_feature, FEWEST_ROWS)


def measure_innovations(
    rows: Iterable[Row], features: Sequence[Column], prefix: str = ""
) -> Iterator[Measurement]:
    """The innovation of each of these features by season and by month.

    `prefix`: of the names of the measurements; `team_` for rows of team aggregates, `line_` for
    betting lines. Without features, measurements that say so.
    """
    fewest = FEWEST_TEAM_ROWS if prefix == TEAM else FEWEST_ROWS
    of_season, of_month = (
        f"{prefix}innovation_of_season",
        f"{prefix}innovation_of_month",
    )
    found = by_item(rows)
    for column in features:
        of_feature = found.get(column.name, [])
        seasons = [row for row in of_feature if row["month"] is None]
        months = [row for row in of_feature if row["month"] is not None]
        yield _strongest(of_season, column.name, seasons, fewest)
        yield _strongest(of_month, column.name, months, fewest)
    if not features:
        yield measurement(of_season, "most", [], note=NO_FEATURE)
        yield measurement(of_month, "most", [], note=NO_FEATURE)


def measure_variations(rows: Iterable[Row]) -> Measurement:
    """Features that no player, or hardly any, sees change within a season."""
    fixed: dict[int, list[str]] = {}
    counts: dict[int, int] = {}
    for row in rows:
        season = row["season"]
        counts[season] = counts.get(season, 0) + 1
        varies = row["varying"] > MOST_FIXED * row["players"]
        if not varies and row["distinct_values"] >= FEWEST_DISTINCT:
            fixed.setdefault(season, []).append(row["item"])
    parts = [
        Part(
            season=season,
            kept=count - len(fixed.get(season, ())),
            of=count,
        )
        for season, count in sorted(counts.items())
    ]
    told = [f"{season} {name}" for season, names in fixed.items() for name in names]
    return measurement("fixed_features", "faults", parts, told)


@dataclass
class Profile:
    """What is known of a feature on some dates: how many values, the lowest and the highest."""

    known: int = 0
    values: list[float] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Count what is known on one more date."""
        self.known += row["known"]
        self.values = [
            min(*self.values, row["lowest"]) if self.values else row["lowest"],
            max(*self.values, row["highest"]) if self.values else row["highest"],
        ]

    @property
    def is_live(self) -> bool:
        """Whether the feature has two values or more."""
        return len(self.values) > 1 and self.values[0] < self.values[1]


@dataclass(frozen=True)
class SetShape:
    """Which date is of which season and split, and how many labelled rows it has."""

    seasons: Mapping[date, int]
    splits: Mapping[date, str]
    rows: Mapping[date, int]

    def rows_of(self, split: str) -> int:
        """Rows of a split."""
        return sum(n for day, n in self.rows.items() if self.splits[day] == split)


def measure_profiles(
    rows: Sequence[Row], features: Sequence[Column], shape: SetShape
) -> Iterator[Measurement]:
    """Live features, features without values in a season, and NULLs of train against test."""
    found = by_item(rows)
    yield _live_features(found, features, shape)
    yield _without_values(found, features, shape)
    train, test = shape.rows_of(TRAIN), shape.rows_of(TEST)
    for column in features:
        known = _by_split(found.get(column.name, []), shape)
        if not train or not test:
            yield measurement(
                "null_share_gap",
                "most",
                [],
                item=column.name,
                note=TOO_FEW.format(column.name),
            )
            continue
        shares = [
            100 - 100 * known[split].known / shape.rows_of(split)
            if split in known
            else 100
            for split in (TRAIN, TEST)
        ]
        gap = abs(shares[0] - shares[1])
        told = [f"train {shares[0]:.1f} %, test {shares[1]:.1f} %"]
        part = Part(season=max(shape.seasons.values()), kept=gap, of=train + test)
        yield measurement("null_share_gap", "most", [part], told, item=column.name)


def _live_features(
    found: Mapping[str, Sequence[Row]], features: Sequence[Column], shape: SetShape
) -> Measurement:
    dead: list[str] = []
    for column in features:
        profiles = _by_split(found.get(column.name, []), shape)
        if TRAIN not in profiles or not profiles[TRAIN].is_live:
            dead.append(column.name)
    live = len(features) - len(dead)
    part = Part(
        season=max(shape.seasons.values(), default=0), kept=live, of=len(features)
    )
    told = [f"dead in train: {name}" for name in dead]
    return measurement("live_features", "fewest", [part], told)


def _without_values(
    found: Mapping[str, Sequence[Row]], features: Sequence[Column], shape: SetShape
) -> Measurement:
    """Features that are dead in a season; one declared without any source is known to be."""
    judged = [column for column in features if column.source != NOTHING]
    seasons = sorted({shape.seasons[day] for day in shape.rows})
    dead: dict[int, list[str]] = {season: [] for season in seasons}
    for column in judged:
        profiles = _by_season(found.get(column.name, []))
        for season in seasons:
            if season not in profiles or not profiles[season].is_live:
                dead[season].append(_named(column))
    parts = [
        Part(
            season=season,
            kept=len(judged) - len(dead[season]),
            of=len(judged),
        )
        for season in seasons
    ]
    told = [f"{season} {name}" for season in seasons for name in dead[season]]
    return measurement("features_without_values", "faults", parts, told)


def _named(column: Column) -> str:
    return f"{column.name} (source: {column.source})" if column.source else column.name


def measure_drift(rows: Iterable[Row]) -> Iterator[Measurement]:
    """Each feature's population stability index of a season against the one before; without two
    seasons one measurement that says so."""
    found = by_item(rows)
    for feature, of_feature in found.items():
        parts: list[Part] = []
        for season in sorted({row["season"] for row in of_feature}):
            now = _bins(of_feature, season, is_reference=False)
            before = _bins(of_feature, season, is_reference=True)
            size = sum(now.values())
            if min(size, sum(before.values())) >= FEWEST_DRIFT_ROWS:
                index = stability_index(before, now)
                parts.append(Part(season=season, kept=index, of=size))
        note = "" if parts else TOO_FEW.format(feature)
        yield measurement("drift", "most", parts, item=feature, note=note)
    if not found:
        yield measurement("drift", "most", [], note="no season before")


def _bins(rows: Iterable[Row], season: int, is_reference: bool) -> dict[int, int]:
    return {
        row["bin"]: row["row_count"]
        for row in rows
        if row["season"] == season and row["is_reference"] == is_reference
    }


def by_item(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Feature -> its rows."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["item"], []).append(row)
    return found


def _strongest(
    name: str, feature: str, rows: Iterable[Row], fewest: int
) -> Measurement:
    """The correlations of a feature without their signs, where there are rows enough."""
    parts: list[Part] = []
    for row in rows:
        found = row["correlation"]
        if row["row_count"] < fewest or found is None or isnan(found):
            continue
        month = row.get("month")
        parts.append(
            Part(
                season=row["season"], month=month, kept=abs(found), of=row["row_count"]
            )
        )
    parts.sort(key=lambda part: (part.season, part.month or ""))
    note = "" if parts else TOO_FEW.format(feature)
    strongest = max(parts, key=lambda part: part.kept, default=None)
    told = [_when(strongest)] if strongest else []
    return measurement(name, "most", parts, told, item=feature, note=note)


def _when(part: Part) -> str:
    return f"{part.month or f'season {part.season}'}, {counted(round(part.of), 'row')}"


def _by_split(rows: Iterable[Row], shape: SetShape) -> dict[str, Profile]:
    return _profiles((shape.splits.get(row["as_of"], ""), row) for row in rows)


def _by_season(rows: Iterable[Row]) -> dict[int, Profile]:
    return _profiles((row["season"], row) for row in rows)


def _profiles(rows: Iterable[tuple[Any, Row]]) -> dict[Any, Profile]:
    found: dict[Any, Profile] = {}
    for key, row in rows:
        found.setdefault(key, Profile()).add(row)
    return found
