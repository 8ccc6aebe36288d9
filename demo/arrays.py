"""Names for the arrays that the league is made of, and its random streams;
no knowledge of the game."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Days = NDArray[np.datetime64]
"""Calendar days, unit D."""
Moments = NDArray[np.datetime64]
"""Moments in UTC, unit s."""
Texts = NDArray[np.str_]
Rng = np.random.Generator


def stream(seed: int, season: int, purpose: str) -> Rng:
    """The random numbers for one purpose in one season.

    Each purpose has its own, so that a season comes out alike whichever other seasons are made,
    and a change in one part leaves the others as they were.
    """
    return np.random.default_rng(
        np.random.SeedSequence([seed, season, zlib.crc32(purpose.encode())])
    )


def deal(rng: Rng, total: Ints, weight: Floats) -> Ints:
    """Deals `total` events of each row among its columns at random, in proportion to `weight`.

    Rows add up to `total` exactly; a column without weight gets none.
    """
    return rng.multinomial(total, weight / weight.sum(axis=-1, keepdims=True)).astype(np.int64)
