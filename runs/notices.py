"""Gather what a reader of a status or report has to know besides, from the warehouse as it is."""

from __future__ import annotations

from planning.holes import holes, late_starts
from planning.open_games import called_off_games, overdue_games
from planning.selection import Selection
from reports.notices import Notices
from runs.survey import survey
from sources.nba_stats.reasons import SAME_AS_ANOTHER
from warehouse.protocol import Warehouse


def gather_notices(warehouse: Warehouse, selection: Selection) -> Notices:
    """The notices on the needed cells of a selection, and on all that was loaded."""
    planner = survey(warehouse)
    wanted = selection.needs(planner)
    seasons = {
        planner.calendar.season_of(day) for table in wanted.tables for day in wanted.dates(table)
    }
    rejected = warehouse.rejected()
    return Notices(
        overdue=overdue_games(planner, wanted),
        called_off=called_off_games(planner, wanted),
        holes=[hole for hole in holes(planner.calendar) if hole.season in seasons],
        late_starts=[start for start in late_starts(planner.calendar) if start.season in seasons],
        left_out={reason: n for reason, n in rejected.items() if reason not in SAME_AS_ANOTHER},
    )
