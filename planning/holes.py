"""What a schedule seems to lack: days without a game, games of a team, the beginning of a season.
Pure.

Where the schedule comes from the same files as the box scores, days that were never downloaded
leave no gap: nothing is expected of them. These are told as warnings, with dates, teams and games.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from operator import attrgetter

from core.grouping import group
from planning.calendar import ONE_DAY, Calendar, GameDay

LONGEST_BREAK = 6
"""Days without a game in the break of the all-star games; more are a hole wherever they are."""
SHORTEST_HOLE = 3
"""Days without a game that may be a hole: elections, the cup's final and Christmas take two."""
FEW = 10
"""A break is unusual where at most one in so many is half as long or longer: in a league that plays
twice a week each of them is."""
ALL_STAR = ((2, 8), (3, 8))
"""Month and day between which the break of the all-star games begins."""
FIRST_NUMBERS = 75
"""Regular games are numbered by date, but for up to 60 of the cup:
an opening night has a low number."""
GAMES_BEHIND, SHARE_BEHIND = 5, 0.2
"""How far a team's games are below the average of its season before it is named: more than both.
In two real seasons no team was more than 4 behind on any date."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Days without a game between two game days of a regular season, both ends included."""

    season: int
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class TeamBehind:
    """A team with far fewer final regular games in a season than the others, who have from
    `fewest` to `most`."""

    season: int
    team: str
    games: int
    fewest: int
    most: int


@dataclass(frozen=True, slots=True)
class LateStart:
    """A season whose first regular game that is known is not among its first."""

    season: int
    first: date
    game_id: str


def holes(calendar: Calendar) -> Iterator[Hole]:
    """The holes in the regular seasons of a schedule, in order."""
    seasons: dict[int, list[GameDay]] = group(
        _regular_days(calendar), attrgetter("season")
    )
    for days in seasons.values():
        breaks = [_between(*pair) for pair in pairwise(days)]
        all_star = _all_star_break(breaks)
        others = [each for each in breaks if each is not all_star]
        for each in breaks:
            is_usual = each is all_star or not _is_unusual(each, others)
            if each.days > LONGEST_BREAK or not is_usual:
                yield each


def _between(earlier: GameDay, later: GameDay) -> Hole:
    """The days between two game days, perhaps none."""
    return Hole(later.season, earlier.game_date + ONE_DAY, later.game_date - ONE_DAY)


def _all_star_break(breaks: Sequence[Hole]) -> Hole | None:
    """The first break of some days in the weeks in which the all-star games are played."""
    first, last = ALL_STAR
    for each in breaks:
        begins = each.first.month, each.first.day
        if each.days >= SHORTEST_HOLE and first <= begins <= last:
            return each
    return None


def _is_unusual(hole: Hole, breaks: Sequence[Hole]) -> bool:
    """Whether days without a game are more than a season's breaks have, but for a few."""
    if hole.days < SHORTEST_HOLE:
        return False
    similar = [each for each in breaks if 2 * each.days >= hole.days]
    return FEW * len(similar) <= len(breaks)


def teams_behind(games: Mapping[int, Mapping[str, int]]) -> Iterator[TeamBehind]:
    """The teams whose games are far below their season's average; `games`: season -> team -> its
    final regular games."""
    for season, of_season in sorted(games.items()):
        average = sum(of_season.values()) / len(of_season)
        least = average - max(GAMES_BEHIND, SHARE_BEHIND * average)
        others = [count for count in of_season.values() if count >= least]
        for team, count in sorted(of_season.items()):
            if count < least:
                yield TeamBehind(season, team, count, min(others), max(others))


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
