"""Checks that count season by season are asked some seasons at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest

from planning.batches import ROWS_PER_BATCH
from planning.cells import CellState
from runs.measure import Judged, measure_piece
from tests.planning.small_calendar import START, game_day, planner
from validation.checks import all_checks
from warehouse.protocol import Warehouse

TABLE = "ml_feature_store"
STARTS = (START - timedelta(days=730), START - timedelta(days=365), START)
DAYS = {
    start.year: [start, start + timedelta(days=1)] for start in STARTS
}  # of each season
SEASONS = {day: season for season, days in DAYS.items() for day in days}


class Asked:
    """A warehouse that finds two values in each season that it is asked for."""

    def __init__(self) -> None:
        self.dates: list[list[date]] = []

    def check_rows(
        self, sql: str, table: str, dates: Sequence[date], due: Sequence[date]
    ) -> list[dict[str, Any]]:
        """A row for each season of the dates."""
        assert list(due) == list(dates)
        self.dates.append(list(dates))
        seasons = sorted({SEASONS[day] for day in dates})
        found = {"item": "rest_days", "month": None, "kept": 2, "row_count": 9}
        return [{**found, "season": season} for season in seasons]


def judged(rows: int) -> Judged:
    """Three seasons of two dates, each with so many rows."""
    states = {(TABLE, day): CellState(rows, rows) for day in SEASONS}
    game_days = [game_day(day, start) for start in STARTS for day in DAYS[start.year]]
    days = [day.game_date for day in game_days]
    return Judged(planner(game_days, states), TABLE, days, days, set(days))


@pytest.mark.parametrize(
    ("by_season", "rows", "asked"),
    [(True, ROWS_PER_BATCH // 4, [4, 2]), (True, 1, [6]), (False, ROWS_PER_BATCH, [6])],
)
def test_seasons_are_counted_together_as_long_as_their_rows_are_few(
    by_season: bool, rows: int, asked: list[int]
) -> None:
    """The distinct values of thirty seasons would fill the memory that DuckDB may take."""
    (distinct,) = (
        check
        for check in all_checks(planner([]).catalog)
        if (check.table, check.name) == (TABLE, "distinct_values")
    )
    assert distinct.by_season
    check = replace(distinct, by_season=by_season)
    warehouse = Asked()
    piece = measure_piece(cast(Warehouse, warehouse), check, judged(rows))
    assert [len(dates) for dates in warehouse.dates] == asked
    assert [part.season for part in piece.parts["rest_days"]] == list(DAYS)
