"""Who plays whom, and where: the 1,230 pairings of a regular season, without dates."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np

from demo.arrays import Ints


def pairings() -> Ints:
    """(home, away) of every regular game: 82 for each team, 41 of them at home."""
    east = [range(d, d + 5) for d in (0, 5, 10)]
    west = [range(d, d + 5) for d in (15, 20, 25)]
    games = [*_conference(east), *_conference(west)]
    for a, b in product(range(15), range(15, 30)):
        games += [(a, b), (b, a)]
    return np.array(games, dtype=np.int64)


def _conference(divisions: list[range]) -> Iterator[tuple[int, int]]:
    """Four games against each of the division;
    four, or three, against the rest of the conference."""
    for division in divisions:
        for a, b in combinations(division, 2):
            yield from [(a, b), (a, b), (b, a), (b, a)]
    for one, other in combinations(divisions, 2):
        for i, shift in product(range(5), range(5)):
            a, b = one[i], other[(i + shift) % 5]
            # Pairs at shift 0 and 1 meet three times: two of the games are once here, once there.
            yield from [(a, b)] * (1 if shift == 1 else 2)
            yield from [(b, a)] * (1 if shift == 0 else 2)
