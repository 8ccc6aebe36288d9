"""Gather what a reader of a status or report has to know besides, from the warehouse as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TypeVar

from planning.holes import (
    Hole,
    LateStart,
    TeamBehind,
    holes,
    late_starts,
    teams_behind,
)
from planning.open_games import called_off_games, games_awaited, overdue_games
from planning.raw_load import LeftOut
from planning.scope import Scope
from planning.uncovered import dates_to_cover, uncovered
from reports.notices import Notices
from sources.nba_stats.reasons import SAME_AS_ANOTHER
from warehouse.protocol import Warehouse

Found = TypeVar("Found", Hole, LateStart, TeamBehind)


def gather_notices(warehouse: Warehouse, scope: Scope) -> Notices:
    """The notices on the needed cells, and on all that was loaded."""
    planner, wanted = scope.planner, scope.needs
    seasons = _seasons(scope)
    behind = teams_behind(warehouse.team_games())
    games, to_cover = warehouse.uncovered_games(), dates_to_cover(scope)
    return Notices(
        overdue=overdue_games(planner, wanted),
        awaited=games_awaited(planner, wanted),
        called_off=called_off_games(planner, wanted),
        holes=_of_seasons(seasons, holes(planner.calendar)),
        late_starts=_of_seasons(seasons, late_starts(planner.calendar)),
        teams_behind=_of_seasons(seasons, behind),
        uncovered=tuple(uncovered(games, planner.calendar, to_cover)),
        left_out=gather_left_out(warehouse),
    )


def _of_seasons(seasons: Collection[int | None], found: Iterable[Found]) -> list[Found]:
    return [each for each in found if each.season in seasons]


def gather_left_out(warehouse: Warehouse) -> LeftOut:
    """What ingest left out and the warehouse still lacks; it lacks no row that another says."""
    found = warehouse.left_out()
    lacking = {
        reason: n for reason, n in found.rows.items() if reason not in SAME_AS_ANOTHER
    }
    return replace(found, rows=lacking)


def _seasons(scope: Scope) -> set[int | None]:
    """The seasons of the needed dates; None for dates before the first."""
    return set(map(scope.planner.calendar.season_of, scope.needs.all_dates))
