"""Games that were not played on their date: overdue ones hold
back what comes after, called-off ones do not.

A game is overdue while it is open although games of two days later are final.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from planning.decisions import Planner
from planning.needs import Needs


@dataclass(frozen=True, slots=True)
class DatedGame:
    """A game and the date that the schedule has for it."""

    game_id: str
    game_date: date

    def to_json(self) -> dict[str, Any]:
        """Plain data, the date as ISO 8601 writes it."""
        return {"game_id": self.game_id, "game_date": str(self.game_date)}


def overdue_games(planner: Planner, wanted: Needs) -> tuple[DatedGame, ...]:
    """The overdue games that needed cells wait for, the earliest first."""
    days = planner.calendar.days
    last_of_season: dict[int, date] = {}
    for table in wanted.tables:
        for day in wanted.dates(table):
            season = planner.calendar.season_of(day)
            if season is not None:
                last_of_season[season] = max(day, last_of_season.get(season, day))
    return tuple(
        DatedGame(game_id, day.game_date)
        for day in days.values()
        if day.game_date <= last_of_season.get(day.season, date.min)
        for game_id in day.overdue_games
    )


def called_off_games(planner: Planner, wanted: Needs) -> tuple[DatedGame, ...]:
    """The games of the needed dates that are called off, the earliest first."""
    dates = {day for table in wanted.tables for day in wanted.dates(table)}
    days = (
        planner.calendar.days[day]
        for day in sorted(dates)
        if day in planner.calendar.days
    )
    return tuple(
        DatedGame(game, day.game_date) for day in days for game in day.called_off_games
    )
