"""What the league takes over from the real one: days of its seasons, teams, zones of the floor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from demo.arrays import Days

PRESEASON_DAYS = 14
"""Days before opening night on which exhibitions may be."""
POSTSEASON_DAYS = 75
"""Days after the regular season by which the longest play-offs are over."""


@dataclass(frozen=True)
class SeasonDays:
    """The days that give a season its shape: first and last of the regular season, all-star
    Sunday, and the cup's final where it was played."""

    opening: date
    end: date
    all_star: date
    cup_final: date | None = None

    @property
    def first(self) -> date:
        """A day before which the season has no game of any type."""
        return self.opening - timedelta(days=PRESEASON_DAYS)

    @property
    def last(self) -> date:
        """A day after which the season has no game of any type."""
        return self.end + timedelta(days=POSTSEASON_DAYS)

    @property
    def regular(self) -> Days:
        """The days of the regular season that have games, the cup final's left out."""
        end = np.datetime64(self.end, "D")
        days: Days = np.arange(np.datetime64(self.opening, "D"), end + 1)
        off = np.array(self._days_off(), dtype="datetime64[D]")
        return days[~np.isin(days, off)]

    def _days_off(self) -> list[date]:
        """Thanksgiving, Christmas Eve, election day, six days around the all-star game."""
        first = date(self.opening.year, 11, 1)
        second = date(self.opening.year, 11, 2)
        thanksgiving = first + timedelta(days=(3 - first.weekday()) % 7 + 21)
        elections = second + timedelta(days=(1 - second.weekday()) % 7)
        christmas_eve = date(self.opening.year, 12, 24)
        break_ = [self.all_star + timedelta(days=day) for day in range(-2, 4)]
        cup = [self.cup_final] if self.cup_final else []
        return [thanksgiving, elections, christmas_eve, *break_, *cup]


LAST_KNOWN_SEASON = 2025
"""The last season whose days the league has announced."""
MOST_SEASONS = 30
"""Seasons that the league can play, those to come included."""


def days_to_come(season: int) -> SeasonDays:
    """The days of a season that is not announced yet, by the habit of those before.

    Opening night is a Tuesday, 18 to 24 October; the regular season ends 173 days later, the cup
    56; the all-star game is on February's third Sunday.
    """
    latest = date(season, 10, 24)
    opening = latest - timedelta(days=(latest.weekday() - 1) % 7)
    february = date(season + 1, 2, 1)
    return SeasonDays(
        opening=opening,
        end=opening + timedelta(days=173),
        all_star=february + timedelta(days=20 - february.weekday()),
        cup_final=opening + timedelta(days=56),
    )


SEASONS = {
    2021: SeasonDays(date(2021, 10, 19), date(2022, 4, 10), date(2022, 2, 20)),
    2022: SeasonDays(date(2022, 10, 18), date(2023, 4, 9), date(2023, 2, 19)),
    2023: SeasonDays(
        date(2023, 10, 24), date(2024, 4, 14), date(2024, 2, 18), date(2023, 12, 9)
    ),
    2024: SeasonDays(
        date(2024, 10, 22), date(2025, 4, 13), date(2025, 2, 16), date(2024, 12, 17)
    ),
    2025: SeasonDays(
        date(2025, 10, 21), date(2026, 4, 12), date(2026, 2, 15), date(2025, 12, 16)
    ),
}
FIRST_SEASON = min(SEASONS)
LAST_SEASON = FIRST_SEASON + MOST_SEASONS - 1
for to_come in range(LAST_KNOWN_SEASON + 1, LAST_SEASON + 1):
    SEASONS[to_come] = days_to_come(to_come)

# In order of conference and division, so that index // 15 and index // 5 tell them.
TEAMS = (
    *("BOS", "BKN", "NYK", "PHI", "TOR"),
    *("CHI", "CLE", "DET", "IND", "MIL"),
    *("ATL", "CHA", "MIA", "ORL", "WAS"),
    *("DEN", "MIN", "OKC", "POR", "UTA"),
    *("GSW", "LAC", "LAL", "PHX", "SAC"),
    *("DAL", "HOU", "MEM", "NOP", "SAS"),
)
EAST_STARS, WEST_STARS, VISITORS = "EST", "WST", "OVS"
CLUBS = (*TEAMS, EAST_STARS, WEST_STARS, VISITORS)
"""The teams, and the invented clubs that only exhibitions know."""
CENTRAL = ("CHI", "MIL", "MIN", "OKC", "DAL", "HOU", "MEM", "NOP", "SAS")
MOUNTAIN = ("DEN", "UTA", "PHX")
PACIFIC = ("POR", "GSW", "LAC", "LAL", "SAC")
HOURS_BEHIND_EASTERN = np.array(
    [(t in CENTRAL) + 2 * (t in MOUNTAIN) + 3 * (t in PACIFIC) for t in CLUBS]
)

# The zones of the floor; the arrays below have an entry for each.
ZONES = (
    *("restricted_area", "paint", "mid_range"),
    *("left_corner_3", "right_corner_3", "above_break_3", "backcourt"),
)
VALUE = np.array([2, 2, 2, 3, 3, 3, 3])
MAKES = np.array([0.657, 0.437, 0.413, 0.385, 0.385, 0.352, 0.02])
"""Probability that a shot falls, over the whole league."""
# Where shots are taken: feet from the basket, and degrees counter-clockwise from the baseline on
# the side where x is positive, which holds the left corner.
NEAREST = np.array([0.0, 4.0, 9.0, 22.1, 22.1, 23.8, 47.0])
FARTHEST = np.array([3.99, 10.0, 21.9, 24.0, 24.0, 28.0, 75.0])
ANGLE_FROM = np.array([0.0, 0.0, 0.0, -10.0, 172.0, 25.0, 75.0])
ANGLE_TO = np.array([180.0, 180.0, 180.0, 8.0, 190.0, 155.0, 105.0])
BASKET_Y = 5.25  # feet from the baseline
