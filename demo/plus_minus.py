"""Plus-minus of the players: how far ahead their team was while they were on the floor."""

from __future__ import annotations

import numpy as np

from demo.arrays import Ints, Rng
from demo.box import Box
from demo.rotation import PLAYED

LUCK = 7.0  # points by which a player's stretches differ from the team's whole game


def draw_plus_minus(rng: Rng, box: Box) -> Ints:
    """(team game, place): rows add up to five times the margin; 0 for who did not play."""
    played = box.rotation.status == PLAYED
    share = box.rotation.seconds / box.rotation.seconds.sum(axis=1, keepdims=True)
    luck = np.where(played, rng.normal(0, LUCK, played.shape), 0.0)
    luck -= played * luck.sum(axis=1, keepdims=True) / played.sum(axis=1, keepdims=True)
    exact = 5 * box.margin()[:, None] * share + luck
    whole = np.floor(exact).astype(np.int64)
    # Of what rounding down took, one point each to those who lost the most by it.
    missing = 5 * box.margin() - whole.sum(axis=1)
    by_loss = np.argsort(np.argsort(whole - exact, axis=1), axis=1)
    return np.asarray(whole + (by_loss < missing[:, None]))
