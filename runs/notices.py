"""Gather what a reader of a status or report has to know besides, from the warehouse as it is."""

from __future__ import annotations

from dataclasses import replace

from planning.holes import holes, late_starts
from planning.open_games import called_off_games, games_awaited, overdue_games
from planning.raw_load import LeftOut
from planning.scope import Scope
from reports.notices import Notices
from sources.nba_stats.reasons import SAME_AS_ANOTHER
from warehouse.protocol import Warehouse


def gather_notices(warehouse: Warehouse, scope: Scope) -> Notices:
    """The notices on the needed cells, and on all that was loaded."""
    planner, wanted = scope.planner, scope.needs
    seasons = _seasons(scope)
    return Notices(
        overdue=overdue_games(planner, wanted),
        awaited=games_awaited(planner, wanted),
        called_off=called_off_games(planner, wanted),
        holes=[hole for hole in holes(planner.calendar) if hole.season in seasons],
        late_starts=[
            start for start in late_starts(planner.calendar) if start.season in seasons
        ],
        left_out=gather_left_out(warehouse),
    )


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
