"""Every field goal attempt of the box scores, with its moment and its place on the floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.arrays import Bools, Floats, Ints, Rng, Rows
from demo.box import Box
from demo.nba import ANGLE_FROM, ANGLE_TO, BASKET_Y, FARTHEST, NEAREST, VALUE

QUARTER, OVERTIME, REGULATION = 720, 300, 2880  # seconds
ASSIST_PULL = np.array([0.9, 0.55, 0.5, 3.0, 3.0, 1.7, 0.5])
"""How readily a make is an assisted one, by zone."""
MISTAKEN = 0.001  # share of shots near the line whose zone disagrees with their value
MISTAKEN_FOR = np.array(
    [0, 1, 5, 3, 4, 2, 6]
)  # at the line a long two and a three are mixed up
GAMES_LOST, SIDES_LOST, GAMES_FRAYED = (
    2,
    2,
    2,
)  # a season's games without shots, one side's, some
FRAYED = 0.05  # share of the shots lost where there are gaps


@dataclass(frozen=True)
class Shots(Rows):
    """Shots in order of game and time.

    `row` and `place` say which player of which team game, `second` when since tip-off; a miss is
    never `assisted`.
    """

    row: Ints
    place: Ints
    zone: Ints
    made: Bools
    assisted: Bools
    second: Ints
    value: Ints
    distance: Floats
    angle: Floats

    def number(self) -> Ints:
        """1 to n within each game."""
        return _rank(self.row // 2) + 1

    def clock(self) -> tuple[Ints, Ints]:
        """The period (1 to 4, overtime from 5) and the seconds left in it."""
        late = self.second - REGULATION
        in_overtime = late >= 0
        period = np.where(in_overtime, 4 + late // OVERTIME, self.second // QUARTER)
        length = np.where(in_overtime, OVERTIME, QUARTER)
        passed = np.where(in_overtime, late, self.second) % length
        return period + 1, length - 1 - passed

    def position(self) -> tuple[Floats, Floats]:
        """(x, y) in feet: across from the middle, along from the baseline."""
        radians = np.radians(self.angle)
        across = self.distance * np.cos(radians)
        along = BASKET_Y + self.distance * np.sin(radians)
        x = np.round(across, 1)
        y = np.round(along, 1)
        return x, y


def draw_shots(rng: Rng, box: Box) -> Shots:
    """One shot for every attempt; as many makes are assisted as the team has assists."""
    per_zone = box.attempts.ravel()
    cell = np.repeat(np.arange(len(per_zone)), per_zone)
    row, place, zone = np.unravel_index(cell, box.attempts.shape)
    made = _rank(cell) < box.makes.ravel()[cell]
    length = REGULATION + OVERTIME * box.overtime[row]
    second = (rng.random(len(cell)) * length).astype(np.int64)
    mistaken = rng.random(len(cell)) < MISTAKEN
    shots = Shots(
        row=row,
        place=place,
        zone=np.where(mistaken, MISTAKEN_FOR[zone], zone),
        made=made,
        assisted=_assists(rng, made, zone, row, box.team("ast")),
        second=second,
        value=VALUE[zone],
        distance=rng.uniform(NEAREST[zone], FARTHEST[zone]),
        angle=rng.uniform(ANGLE_FROM[zone], ANGLE_TO[zone]),
    )
    return shots.take(np.lexsort([second, row // 2]))


def drop_lost(rng: Rng, shots: Shots, games: int) -> Shots:
    """What a source has of the shots: a few games without any, with one side's, with gaps."""
    lost = rng.choice(games, GAMES_LOST + SIDES_LOST + GAMES_FRAYED, replace=False)
    whole, half, frayed = np.split(lost, [GAMES_LOST, GAMES_LOST + SIDES_LOST])
    side = 2 * half + rng.integers(2, size=len(half))
    game = shots.row // 2
    gone = np.isin(game, whole)
    gone |= np.isin(shots.row, side)
    unlucky = rng.random(len(game)) < FRAYED
    gone |= unlucky & np.isin(game, frayed)
    return shots.take(np.flatnonzero(~gone))


def _assists(rng: Rng, made: Bools, zone: Ints, row: Ints, assists: Ints) -> Bools:
    """Which makes were assisted: a race in every team game, threes faster than drives."""
    makes = np.flatnonzero(made)
    finish = rng.exponential(size=len(makes)) / ASSIST_PULL[zone[makes]]
    order = makes[np.lexsort([finish, row[makes]])]
    in_time = _rank(row[order]) < assists[row[order]]
    assisted = np.zeros(len(made), dtype=bool)
    assisted[order[in_time]] = True
    return assisted


def _rank(group: Ints) -> Ints:
    """0 to n - 1 within each run of equal values of a sorted array."""
    return np.arange(len(group)) - np.searchsorted(group, group)
