"""What a schedule seems to lack: days without a game, the beginning of a season. Pure.

Where the schedule comes from the same files as the box scores, a week that was never downloaded
leaves no
gap: nothing is expected of it. These are told as warnings, with the dates and the first game.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from planning.calendar import ONE_DAY, Calendar, GameDay

LONGEST_BREAK = timedelta(days=7)
"""From a game day to the next: the break of the all-star games takes up to this; more is a hole."""
FIRST_NUMBERS = 75
"""Regular games are numbered by date, but for up to 60 of the cup:
an opening night has a low number."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Days without a game between two game days of a regular season, both ends included."""

    season: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class LateStart:
    """A season whose first regular game that is known is not among its first."""

    season: int
    first: date
    game_id: str


def holes(calendar: Calendar) -> Iterator[Hole]:
    """The holes in the regular seasons of a schedule, in order."""
    for earlier, later in pairwise(_regular_days(calendar)):
        if earlier.season != later.season:
            continue
        if later.game_date - earlier.game_date > LONGEST_BREAK:
            yield Hole(
                later.season, earlier.game_date + ONE_DAY, later.game_date - ONE_DAY
            )


def late_starts(calendar: Calendar) -> Iterator[LateStart]:
    """The seasons of a schedule that start in their middle, in order."""
    for day in _first_regular_days(calendar):
        if int(day.first_regular_game[5:]) > FIRST_NUMBERS:
            yield LateStart(day.season, day.game_date, day.first_regular_game)


def _first_regular_days(calendar: Calendar) -> Iterator[GameDay]:
    """The first day of each regular season, in order."""
    seen: set[int] = set()
    for day in _regular_days(calendar):
        if day.season not in seen:
            yield day
        seen.add(day.season)


def _regular_days(calendar: Calendar) -> list[GameDay]:
    return [day for day in calendar.days.values() if day.first_regular_game]
