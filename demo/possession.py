"""How the possessions of a game end, before anyone is named: shots, free throws, turnovers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.arrays import Floats, Ints, Rng
from demo.fixtures import Fixtures
from demo.world import World

PACE, PACE_SD = 100.6, 3.0  # possessions per 48 minutes, and from game to game
TURNOVERS = 0.129  # per possession, by players
OWN_TURNOVERS = 0.45  # per game: shot clock, five seconds
TRIPS, AND_ONES = 9.5, 2.2  # to the line per 100 possessions
BOARDS = 0.28  # of the misses of first chances
ASSISTED = 0.635  # of the makes


@dataclass(frozen=True)
class Plan:
    """What each team game (home first) has of everything, as team totals and, last, as shares.

    `chances` are possessions that end with a shot; every offensive rebound adds one more.
    """

    chances: Ints
    trips: Ints
    and_ones: Ints
    turnovers: Ints
    own_turnovers: Ints
    rebounding: Floats
    assisted: Floats


def plan(rng: Rng, world: World, games: Fixtures, overtime: Ints) -> Plan:
    """Totals such that chances + 0.44 free throws + turnovers are the possessions."""
    team = np.stack([games.home, games.away], axis=1).ravel()
    strengths = world.strengths
    pace = (
        PACE
        + strengths.pace[games.home]
        + strengths.pace[games.away]
        + rng.normal(0, PACE_SD, len(games))
    )
    length = 1 + 5 * overtime / 48
    possessions = np.repeat(pace * length, 2) + rng.normal(0, 0.6, len(team))
    turnovers = rng.binomial(
        possessions.astype(np.int64), TURNOVERS * (1 + strengths.turnovers[team])
    )
    own = np.minimum(rng.poisson(OWN_TURNOVERS, len(team)), 2)
    trips, and_ones = (rng.poisson(per * possessions / 100) for per in (TRIPS, AND_ONES))
    chances = np.rint(possessions - turnovers - own - 0.44 * (2 * trips + and_ones)).astype(
        np.int64
    )
    rebounding = BOARDS * (1 + strengths.boards[team])
    assisted = np.clip(ASSISTED + strengths.passing[team], 0.45, 0.8)
    return Plan(chances, trips, and_ones, turnovers, own, rebounding, assisted)
