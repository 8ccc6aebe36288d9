"""What the nightly run asks for: the season of the day, and since when; pure but for one look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from planning.calendar import ELIGIBLE_TYPES
from sources.web.calls import SETTLED_AFTER
from warehouse.connections import open_warehouse

LEAGUE = ZoneInfo("America/New_York")
SEASON_BEGINS = 8
"""The month from which on a date belongs to the season that starts in its year."""
OPEN = ("scheduled", "live")
MOST_BEHIND = timedelta(days=14)
"""Days that a game may be open and still be asked for each night."""


def league_day(moment: datetime) -> date:
    """The league's day of a moment: US Eastern."""
    return moment.astimezone(LEAGUE).date()


def season_of(day: date) -> int:
    """The season that a date belongs to, as its starting year."""
    return day.year if day.month >= SEASON_BEGINS else day.year - 1


def seasons_asked(seasons: Sequence[int], first: date | None) -> Sequence[int]:
    """The seasons named or, without one, that of the first date that was named."""
    if seasons or first is None:
        return seasons
    return (season_of(first),)


def since(games: Iterable[Mapping[str, Any]], today: date) -> date | None:
    """The first date whose games may have changed: three days back, or the first open game of the
    last two weeks; None, for all of the season, where the warehouse has no game of it."""
    season = season_of(today)
    known = [game for game in games if game["season"] == season]
    if not known:
        return None
    earliest = today - SETTLED_AFTER
    due: list[date] = [
        game["game_date"]
        for game in known
        if game["game_type"] in ELIGIBLE_TYPES
        and game["status"] in OPEN
        and today - MOST_BEHIND <= game["game_date"] <= today
    ]
    return min([earliest, *due])


def since_of(url: str, today: date) -> date | None:
    """The same by the schedule that the warehouse holds."""
    with open_warehouse(url) as warehouse:
        return since(warehouse.schedule().to_pylist(), today)
