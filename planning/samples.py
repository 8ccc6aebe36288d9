"""Sample dates: the few dates on which a phase is tried before the full range is spent. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random

from core.grouping import group
from planning.calendar import Calendar

SIZE = 3
"""Dates, where the range has no more seasons than that."""
MOST = 5
SEED = 20211019
"""Fixed, so that the same range is always tried on the same dates."""
SHARES = (0.1, 0.5)

Pick = Callable[[Calendar, Sequence[date]], date]


def _busiest(calendar: Calendar, days: Sequence[date]) -> date:
    return max(days, key=lambda day: (calendar.days[day].games, day))


def _quietest(calendar: Calendar, days: Sequence[date]) -> date:
    return min(days, key=lambda day: (calendar.days[day].games, day))


STRATA: Mapping[str, Pick] = {
    "first": lambda calendar, days: days[0],
    "busiest": _busiest,
    "quietest": _quietest,
    "latest": lambda calendar, days: days[-1],
    "random": lambda calendar, days: Random(SEED).choice(days),
}


def sample(
    calendar: Calendar, dates: Mapping[date, int], size: int = SIZE
) -> dict[date, str]:
    """Of the dates to compute, each with how many tables it concerns, those to try first, each with
    its stratum; empty where that saves nothing.

    At least `size` and one per season, at most 5; strata and seasons take turns. Apart from a
    season's first, which is there for what is not known yet, only dates that concern as many tables
    as any of their season. A date that two strata would pick is picked once, the next of its
    season's dates instead.
    """
    played = sorted(calendar.days.keys() & dates.keys())
    seasons = group(played, lambda day: calendar.days[day].season)
    wanted = max(size, min(MOST, len(seasons)))
    if sum(map(len, seasons.values())) <= 2 * wanted:
        return {}
    # The latest seasons, where there are more than dates: they are what is used.
    turns = list(seasons.values())[-wanted:]
    picked: dict[date, str] = {}
    for turn in range(wanted):
        name = list(STRATA)[turn % len(STRATA)]
        days = _concerned_most(turns[turn % len(turns)], dates, name)
        left = [day for day in days if day not in picked]
        if left:
            picked[STRATA[name](calendar, left)] = name
    return dict(sorted(picked.items()))


def _concerned_most(
    days: Sequence[date], dates: Mapping[date, int], stratum: str
) -> Sequence[date]:
    """The dates that concern as many tables as any; for the first of a season all of them."""
    if stratum == "first":
        return days
    most = max(map(dates.__getitem__, days))
    return [day for day in days if dates[day] == most]


def unseen(size: int) -> dict[float, float]:
    """Share of dates that a fault is in -> the chance
    that a sample of that size misses it, (1 - p)^n."""
    return {share: (1 - share) ** size for share in SHARES}
