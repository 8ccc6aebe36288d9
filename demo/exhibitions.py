"""Games that do not count: a few of the preseason and the all-star game,
with clubs that do not exist."""

from __future__ import annotations

from typing import Any

import numpy as np

from demo.arrays import Ints, Rng
from demo.fixtures import ALL_STAR, PRESEASON, Fixtures, fixtures
from demo.season_calendar import ALL_STAR_SUNDAY, OPENING
from demo.teams import CLUBS, EAST_STARS, TEAMS, VISITORS, WEST_STARS

PRESEASON_GAMES = 4  # one of them against visitors from overseas
DAYS_BEFORE = np.array([11, 9, 6, 4])


def exhibitions(rng: Rng, season: int) -> Fixtures:
    """The season's exhibitions, in order of the days."""
    clubs = rng.permutation(len(TEAMS))[: 2 * PRESEASON_GAMES].reshape(2, -1)
    home, away = clubs[0], clubs[1]
    away[1] = CLUBS.index(VISITORS)
    days = np.datetime64(OPENING[season], "D") - DAYS_BEFORE.astype("timedelta64[D]")
    preseason = fixtures(
        rng, season, PRESEASON, np.arange(1, PRESEASON_GAMES + 1), (days, home, away)
    )
    stars = np.array([CLUBS.index(EAST_STARS)]), np.array([CLUBS.index(WEST_STARS)])
    sunday = np.array([ALL_STAR_SUNDAY[season]], dtype="datetime64[D]")
    return Fixtures.joined(
        [preseason, fixtures(rng, season, ALL_STAR, np.array([1]), (sunday, *stars))]
    )


def exhibition_counts(rng: Rng, teams: int) -> dict[str, Ints]:
    """Counting columns of as many team games, drawn as totals:
    nobody keeps the players' of these."""
    fga = rng.integers(80, 100, teams)
    fg3a = rng.integers(30, 45, teams)
    fta = rng.integers(12, 28, teams)
    fg3m, two_pointers = rng.binomial(fg3a, 0.35), rng.binomial(fga - fg3a, 0.53)
    oreb, dreb = rng.integers(6, 14, teams), rng.integers(26, 40, teams)
    counts: dict[str, Any] = {"fgm": fg3m + two_pointers, "fga": fga, "fg3m": fg3m, "fg3a": fg3a}
    counts |= {
        "ftm": rng.binomial(fta, 0.76),
        "fta": fta,
        "oreb": oreb,
        "dreb": dreb,
        "reb": oreb + dreb,
    }
    counts |= {"ast": rng.integers(18, 32, teams), "stl": rng.integers(4, 12, teams)}
    counts |= {"blk": rng.integers(2, 9, teams), "tov": rng.integers(9, 20, teams)}
    counts |= {"pf": rng.integers(14, 26, teams)}
    points = 2 * counts["fgm"] + fg3m + counts["ftm"]
    # A tie goes to the first of the two by a free throw.
    late = np.where(np.arange(teams) % 2 == 0, points == points[np.arange(teams) ^ 1], 0)
    return counts | {"fta": fta + late, "ftm": counts["ftm"] + late, "pts": points + late}
