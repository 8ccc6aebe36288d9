"""Games that were not played on their date: overdue ones hold
back what comes after, called-off ones do not.

A game is overdue while it is open although games of two days later are final.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from planning.calendar import GameDay
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
    found: list[DatedGame] = []
    for game_day in days.values():
        if game_day.game_date <= last_of_season.get(game_day.season, date.min):
            found += _games_of_day(game_day, game_day.overdue_games)
    return tuple(found)


def games_awaited(planner: Planner, wanted: Needs) -> tuple[DatedGame, ...]:
    """The open games of needed dates whose other games are final, and are not computed before, the
    earliest first; overdue ones aside."""
    found: list[DatedGame] = []
    for day in sorted(wanted.all_dates):
        game_day = planner.calendar.days.get(day)
        if game_day is not None and game_day.final_games:
            open_games = set(game_day.open_games) - set(game_day.overdue_games)
            found += _games_of_day(game_day, sorted(open_games))
    return tuple(found)


def called_off_games(planner: Planner, wanted: Needs) -> tuple[DatedGame, ...]:
    """The games of the needed dates that are called off, the earliest first."""
    found: list[DatedGame] = []
    for day in sorted(wanted.all_dates):
        found += called_off_on(planner, day)
    return tuple(found)


def called_off_on(planner: Planner, day: date) -> tuple[DatedGame, ...]:
    """The games of one date that are called off."""
    game_day = planner.calendar.days.get(day)
    if game_day is None:
        return ()
    return tuple(_games_of_day(game_day, game_day.called_off_games))


def _games_of_day(day: GameDay, games: Iterable[str]) -> Iterator[DatedGame]:
    for game in games:
        yield DatedGame(game, day.game_date)
