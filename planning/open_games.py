"""Games that were not played on their date: overdue ones hold
back what comes after, called-off ones do not.

A game is overdue while it is open although games of two days later are final.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from planning.decisions import Planner
from planning.needs import Needs

NAMED = 3
"""Games that a sentence names."""


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
    days = (planner.calendar.days[day] for day in sorted(dates) if day in planner.calendar.days)
    return tuple(DatedGame(game, day.game_date) for day in days for game in day.called_off_games)


def in_words(games: Sequence[DatedGame]) -> str:
    """Which games are overdue, and what mends it, as a sentence; empty without one."""
    if not games:
        return ""
    named = ", ".join(f"{game.game_id} ({game.game_date})" for game in games[:NAMED])
    more = f" and {len(games) - NAMED} more" if len(games) > NAMED else ""
    one = len(games) == 1
    which = games[0].game_id if one else "--games FILE"
    return (
        f"{len(games)} {'game is' if one else 'games are'} neither final nor called off, though "
        f"later games are final: {named}{more}; load {'it' if one else 'them'} again, or say "
        f"that {'it is' if one else 'they are'} not played: fullcourt waive {which} --table "
        "schedule --reason '…'"
    )
