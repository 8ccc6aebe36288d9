"""The days of a season: opening night, breaks, the last day of the regular season; no teams."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from demo.arrays import Days

OPENING = {
    2021: date(2021, 10, 19),
    2022: date(2022, 10, 18),
    2023: date(2023, 10, 24),
    2024: date(2024, 10, 22),
    2025: date(2025, 10, 21),
}
REGULAR_END = {
    2021: date(2022, 4, 10),
    2022: date(2023, 4, 9),
    2023: date(2024, 4, 14),
    2024: date(2025, 4, 13),
    2025: date(2026, 4, 12),
}
ALL_STAR_SUNDAY = {
    2021: date(2022, 2, 20),
    2022: date(2023, 2, 19),
    2023: date(2024, 2, 18),
    2024: date(2025, 2, 16),
    2025: date(2026, 2, 15),
}
CUP_FINAL = {2023: date(2023, 12, 9), 2024: date(2024, 12, 17), 2025: date(2025, 12, 16)}

FIRST_SEASON, LAST_SEASON = min(OPENING), max(OPENING)
PRESEASON_DAYS = 14  # exhibitions before opening night
POSTSEASON_DAYS = (
    75  # the longest possible play-offs end earlier than this after the regular season
)


def first_day(season: int) -> date:
    """The first day on which the season may have a game of any type."""
    return OPENING[season] - timedelta(days=PRESEASON_DAYS)


def last_day(season: int) -> date:
    """A day that no game of the season comes after."""
    return REGULAR_END[season] + timedelta(days=POSTSEASON_DAYS)


def seasons_between(start: date, end: date) -> list[int]:
    """The seasons that may have a game in the range, in order."""
    return [s for s in OPENING if first_day(s) <= end and start <= last_day(s)]


def regular_days(season: int) -> Days:
    """The days of the regular season that have games, the cup final's left out."""
    opening, end = np.datetime64(OPENING[season], "D"), np.datetime64(REGULAR_END[season], "D")
    days: Days = np.arange(opening, end + 1)
    return days[~np.isin(days, np.array(_days_off(season), dtype="datetime64[D]"))]


def _days_off(season: int) -> list[date]:
    """Thanksgiving, Christmas Eve, six days around the all-star game,
    elections, the cup final's own day."""
    first, second = date(season, 11, 1), date(season, 11, 2)
    thanksgiving = first + timedelta(days=(3 - first.weekday()) % 7 + 21)
    elections = second + timedelta(days=(1 - second.weekday()) % 7)
    all_star = [ALL_STAR_SUNDAY[season] + timedelta(days=d) for d in range(-2, 4)]
    cup = [CUP_FINAL[season]] if season in CUP_FINAL else []
    return [thanksgiving, date(season, 12, 24), *all_star, elections, *cup]
