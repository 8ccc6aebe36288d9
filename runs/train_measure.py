"""Measure what a training set would be made of: its dates, labels, splits and features."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from planning.decisions import Planner
from planning.labels import LABELS_FROM
from processors.contract import Column
from processors.raw_schemas import arrow_schema
from runs.labels import COLUMNS as LABEL_COLUMNS
from runs.labels import add_labels
from runs.measure import Judged, by_query
from runs.survey import survey
from training import statements
from training.feature_checks import (
    LINE,
    LINES,
    TEAM,
    SetShape,
    measure_correlations,
    measure_drift,
    measure_innovations,
    measure_profiles,
    measure_variations,
)
from training.set_checks import TABLE, Month, measurement
from training.splits import SPLIT, Splits
from validation.check_files import read_folder
from validation.checks import all_checks, check_of_file
from validation.measurement import Measurement, Part
from warehouse.protocol import Warehouse

KEYS = ("game_date", "player_id", "season")
EXPECTED = "expected_game"
SQL = Path(statements.__file__).with_name("sql")
OF_PLAYERS = ("minutes_known_pct", "usage_known_pct")
"""Checks of the players' own table, as their gate has them, on the dates of the set."""


@dataclass(frozen=True)
class SetDates:
    """The dates of the range: those with features, and those on which features are due."""

    planner: Planner
    asked: tuple[date, ...]
    due: tuple[date, ...]
    held: tuple[date, ...]

    @classmethod
    def of(cls, warehouse: Warehouse, days: Sequence[date]) -> SetDates:
        """The dates as the tables and the schedule have them, whatever the ledger says."""
        planner = survey(warehouse)
        states = warehouse.cell_states(TABLE)
        judged = Judged.of(planner.by_keys({TABLE: states}), TABLE, days)
        due = [day for day in judged.due if day in states and states[day].expected]
        held = [day for day in days if day in states and states[day].present]
        return cls(planner, tuple(days), tuple(due), tuple(held))

    @property
    def seasons(self) -> dict[int, list[date]]:
        """Season -> its dates with features."""
        found: dict[int, list[date]] = {}
        for day in self.held:
            found.setdefault(self.season_of(day), []).append(day)
        return found

    @property
    def games(self) -> dict[Month, int]:
        """Season and month -> the final games, of which a source covers box scores, of the dates on
        which features are due."""
        found: dict[Month, int] = {}
        for day in self.due:
            month = self.month_of(day)
            found[month] = found.get(month, 0) + self._covered_games(day)
        return found

    def month_of(self, day: date) -> Month:
        """The season and month of a date."""
        season = self.season_of(day)
        return season, f"{day:%Y-%m}"

    def _covered_games(self, day: date) -> int:
        calendar = self.planner.calendar
        return calendar.days[day].covered_final_games

    def season_of(self, day: date) -> int:
        """The season of a date."""
        return self.planner.calendar.season_of(day) or day.year


def measure_dates(dates: SetDates) -> Iterator[Measurement]:
    """Due dates without features, and the longest pause between two game days of a season."""
    held = set(dates.held)
    due: dict[int, list[bool]] = {}
    for day in dates.due:
        due.setdefault(dates.season_of(day), []).append(day in held)
    parts = [
        Part(season=season, kept=sum(there), of=len(there))
        for season, there in due.items()
    ]
    missing = [str(day) for day in dates.due if day not in held]
    yield measurement("dates_without_features", "faults", parts, missing)
    yield _longest_pause(dates)


def _longest_pause(dates: SetDates) -> Measurement:
    """The most days between two game days of a season."""
    parts: dict[int, Part] = {}
    told: dict[int, str] = {}
    for before, day in zip(dates.asked, dates.asked[1:], strict=False):
        season, pause = dates.season_of(day), (day - before).days
        if dates.season_of(before) != season:
            continue
        if season not in parts or pause > parts[season].kept:
            parts[season] = Part(season=season, kept=pause, of=1)
            told[season] = f"{before}..{day}"
    note = "" if parts else "no two game days of a season"
    return measurement(
        "longest_pause", "most", parts.values(), told.values(), note=note
    )


def read_labelled_keys(warehouse: Warehouse, dates: SetDates, splits: Splits) -> Any:
    """The keys of the labelled rows of the feature store, with the game that their features are of
    and their split, as a pyarrow Table; labels are joined as an export joins them."""
    schema = arrow_schema(warehouse.catalog.columns_named(TABLE, KEYS))
    labels = arrow_schema(LABEL_COLUMNS)
    parts = [
        pa.schema([*schema, *labels, pa.field(EXPECTED, pa.string())]).empty_table()
    ]
    for days in dates.seasons.values():
        found = add_labels(warehouse, TABLE, warehouse.table_rows(TABLE, days, KEYS))
        keys = zip(
            found.rows["game_date"].to_pylist(),
            found.rows["player_id"].to_pylist(),
            strict=True,
        )
        expected = [found.labelling.expected[key][0] for key in keys]
        parts.append(
            found.rows.append_column(EXPECTED, pa.array(expected, pa.string()))
        )
    rows = pa.concat_tables(parts)
    of_day = {day: splits.split_of(day) for day in dates.held}
    names = [of_day[day] for day in rows["game_date"].to_pylist()]
    return rows.append_column(SPLIT, pa.array(names, pa.string()))


def measure_labels(warehouse: Warehouse, dates: SetDates) -> Iterator[Measurement]:
    """Minutes and usage of the players' rows, and labels that are not the box score's points."""
    for check in all_checks(warehouse.catalog):
        if check.table == LABELS_FROM and check.name in OF_PLAYERS:
            judged = Judged(dates.planner, LABELS_FROM, dates.held, dates.held, ())
            for found in by_query(warehouse, check, judged):
                yield found.model_copy(update={"table": TABLE})
    judged = Judged(dates.planner, TABLE, dates.held, dates.due, ())
    for file in read_folder(SQL):
        yield from by_query(warehouse, check_of_file(file, TABLE), judged)


def measure_features(
    warehouse: Warehouse, dates: SetDates, shape: SetShape
) -> Iterator[Measurement]:
    """Everything that is measured of each feature, by a statement each."""
    features = warehouse.catalog[TABLE].contract.features
    lines = [column for column in features if column.source == LINES]
    others = [column for column in features if column.source != LINES]
    teams = [column for column in features if column.of == "team"]
    ask = Asking(warehouse, dates)
    yield from measure_correlations(ask.rows(statements.correlations, features))
    innovations = ask.rows(statements.innovations, features)
    yield from measure_innovations(innovations, others)
    yield from measure_innovations(innovations, lines, LINE)
    of_teams = ask.rows(statements.team_innovations, teams) if teams else []
    yield from measure_innovations(of_teams, teams, TEAM)
    yield measure_variations(ask.rows(statements.variations, features))
    yield from measure_profiles(
        ask.rows(statements.profiles, features), features, shape
    )
    yield from measure_drift(ask.rows(statements.distributions, features))


@dataclass(frozen=True)
class Asking:
    """Asks a warehouse the statements on features, on the dates of a set."""

    warehouse: Warehouse
    dates: SetDates

    def rows(
        self, write: Callable[[Sequence[str]], str], features: Sequence[Column]
    ) -> list[dict[str, Any]]:
        """The rows of a statement on these features."""
        names = [column.name for column in features]
        held, due = self.dates.held, self.dates.due
        return self.warehouse.check_rows(write(names), TABLE, held, due)


def shape_of(rows: Any, dates: SetDates, splits: Splits) -> SetShape:
    """Which date is of which season and split, with its labelled rows."""
    counts: dict[date, int] = {}
    for day in rows["game_date"].to_pylist():
        counts[day] = counts.get(day, 0) + 1
    seasons: Mapping[date, int] = {day: dates.season_of(day) for day in dates.held}
    return SetShape(seasons, {day: splits.split_of(day) for day in dates.held}, counts)
