"""What makes one player unlike another for life: where he shoots from, what he is good at."""

from __future__ import annotations

import numpy as np

from demo.arrays import Floats, Ints, Rng
from demo.zones import ZONES

# A roster's places by kind: guards, wings, bigs. Whoever follows on a place is of its kind, so that
# every team keeps a sensible mix through retirements, trades and summers.
GUARD, WING, BIG = 0, 1, 2
PLACES = np.array([GUARD, WING, BIG, GUARD, WING, GUARD, WING, BIG, GUARD, WING, GUARD, WING, BIG])
SLOTS = len(PLACES)

SHARES = np.array(
    [
        [0.235, 0.215, 0.110, 0.032, 0.032, 0.372, 0.004],
        [0.245, 0.190, 0.100, 0.084, 0.084, 0.295, 0.002],
        [0.440, 0.235, 0.085, 0.028, 0.028, 0.183, 0.001],
    ]
)
STEADINESS = 22.0  # the higher, the more alike players of a kind are in where they shoot from
ZONE_SKILL_SD = 0.03  # of the probability of a make, per zone

RATES = ("trips", "oreb", "dreb", "ast", "stl", "blk", "tov", "pf")
RATE = np.array(
    [
        [0.90, 0.45, 0.75, 1.80, 1.10, 0.40, 1.15, 0.85],
        [0.85, 0.75, 0.95, 0.85, 1.05, 0.70, 0.85, 1.00],
        [1.30, 2.30, 1.60, 0.60, 0.75, 2.20, 0.95, 1.30],
    ]
)
RATE_SD = 0.25  # of the logarithm
FREE_THROWS = np.array([0.82, 0.785, 0.715])

# The columns of a player's traits.
SHARE = slice(0, len(ZONES))
SKILL = slice(len(ZONES), 2 * len(ZONES))
RATE_AT = {name: 2 * len(ZONES) + i for i, name in enumerate(RATES)}
FREE_THROW_AT = 2 * len(ZONES) + len(RATES)
APPETITE_AT = FREE_THROW_AT + 1
"""How many shots he takes for his talent, relative."""


def draw_traits(rng: Rng, places: Ints) -> Floats:
    """A row of traits for each player, given the place on a roster that he comes for."""
    kind = PLACES[places]
    share = rng.gamma(STEADINESS * SHARES[kind])
    skill = rng.normal(0, ZONE_SKILL_SD, (len(kind), len(ZONES)))
    skill[:, -1] = 0  # nobody is good at heaves
    rate = RATE[kind] * np.exp(rng.normal(0, RATE_SD, (len(kind), len(RATES))))
    free_throw = np.clip(FREE_THROWS[kind] + rng.normal(0, 0.06, len(kind)), 0.5, 0.95)
    appetite = np.exp(rng.normal(0, 0.15, len(kind)))
    share /= share.sum(axis=1, keepdims=True)
    return np.hstack([share, skill, rate, free_throw[:, None], appetite[:, None]])
