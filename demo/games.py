"""Games played to the end: overtime until somebody wins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.arrays import Ints, Rng
from demo.box import COUNTS, Box, draw_box
from demo.fixtures import Fixtures
from demo.world import World

OVERTIMES = (0.94, 0.052, 0.008)  # shares of games with none, one, two
DRAWS, CLOSE = (
    12,
    10,
)  # a game that was level after 48 minutes is drawn until it ends this close, in points


@dataclass(frozen=True)
class Played:
    """Games with their box scores: rows 2g (home) and 2g + 1 (away) of `box` belong to game g."""

    games: Fixtures
    box: Box

    def home_wins(self) -> Ints:
        """1 where the home team won, per game."""
        return (self.box.margin()[::2] > 0).astype(np.int64)

    def take(self, rows: Ints) -> Played:
        """These games, in this order."""
        return Played(self.games.take(rows), self.box.take(rows))


def play(rng: Rng, world: World, games: Fixtures) -> Played:
    """Plays the games; none ends in a tie, and those with overtime end close."""
    overtime = rng.choice(len(OVERTIMES), size=len(games), p=OVERTIMES)
    draws = np.repeat(np.arange(len(games)), np.where(overtime > 0, DRAWS, 1))
    box = draw_box(rng, world, games.take(draws), overtime[draws])
    apart = np.maximum(np.abs(box.margin()[::2]), CLOSE)
    # The first close draw of each game is the one that counts, or the closest of all.
    order = np.lexsort([apart, draws])
    first = np.searchsorted(draws[order], np.arange(len(games)))
    return Played(games, _broken(rng, box.take(order[first])))


def _broken(rng: Rng, box: Box) -> Box:
    """A tie goes to one of the two by one more free throw
    of the player who was longest on the floor."""
    tied = np.flatnonzero(box.margin()[::2] == 0)
    row = 2 * tied + rng.integers(2, size=len(tied))
    longest = np.argmax(box.rotation.seconds[row], axis=1)
    for name in ("fta", "ftm", "pts"):
        box.counts[row, longest, COUNTS.index(name)] += 1
    return box
