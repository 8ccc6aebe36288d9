"""The thirty teams: where they stand, and how strong they are in a season."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from demo.arrays import Floats, Rng, stream

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

PERSISTENCE = 0.6  # a team keeps this much of its strength over the summer


@dataclass(frozen=True)
class Strengths:
    """What a team is like in a season, beyond its players; one row per team, 0 is average.

    `offence` and `defence` (paint, mid range, three) are added to the probability of a make, the
    latter of the opponent; `pace` is possessions per 48 minutes; the others are relative (0.05 = 5
    % more).
    """

    offence: Floats
    defence: Floats
    pace: Floats
    passing: Floats
    turnovers: Floats
    boards: Floats


def strengths(seed: int, first: int, season: int) -> Strengths:
    """The teams' strengths in `season`, grown year by year from the league's `first`."""
    state = _fresh(stream(seed, first, "strengths"))
    for _, year in pairwise(range(first, season + 1)):
        fresh = _fresh(stream(seed, year, "strengths"))
        state = PERSISTENCE * state + np.sqrt(1 - PERSISTENCE**2) * fresh
    offence, overall, paint, mid_range, three, pace, passing, turnovers, boards = state
    return Strengths(
        offence=0.018 * offence,
        defence=0.016 * overall[:, None] + 0.014 * np.stack([paint, mid_range, three], axis=1),
        pace=1.4 * pace,
        passing=0.05 * passing,
        turnovers=0.06 * turnovers,
        boards=0.07 * boards,
    )


def _fresh(rng: Rng) -> Floats:
    """Nine standard normal traits per team."""
    return rng.standard_normal((9, len(TEAMS)))
