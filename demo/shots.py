"""Every field goal attempt of the box scores, with its moment and its place on the floor."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from demo.arrays import Bools, Floats, Ints, Rng
from demo.box import Box
from demo.zones import (
    ANGLE_FROM,
    ANGLE_TO,
    ASSIST_PULL,
    BASKET_Y,
    FARTHEST,
    MISTAKEN_FOR,
    NEAREST,
    VALUE,
)

QUARTER, OVERTIME, REGULATION = 720, 300, 2880  # seconds
MISTAKEN = 0.001  # share of shots near the line whose zone disagrees with their value
GAMES_LOST, SIDES_LOST, GAMES_FRAYED = (
    2,
    2,
    2,
)  # a season's games without shots, with one side's, with gaps
FRAYED = 0.05  # share of the shots lost where there are gaps


@dataclass(frozen=True)
class Shots:
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

    def take(self, rows: Ints) -> Shots:
        """These shots, in this order."""
        return Shots(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def number(self) -> Ints:
        """1..n within each game."""
        game = self.row // 2
        return np.arange(len(game)) - np.searchsorted(game, game) + 1

    def period(self) -> Ints:
        """1..4, overtime from 5."""
        late = self.second - REGULATION
        return np.where(late < 0, self.second // QUARTER, 4 + late // OVERTIME) + 1

    def seconds_left(self) -> Ints:
        """Seconds left in the period."""
        late = self.second - REGULATION
        return np.where(
            late < 0, QUARTER - 1 - self.second % QUARTER, OVERTIME - 1 - late % OVERTIME
        )

    def position(self) -> tuple[Floats, Floats]:
        """(x, y) in feet: across from the middle, along from the baseline."""
        radians = np.radians(self.angle)
        across, along = self.distance * np.cos(radians), self.distance * np.sin(radians)
        return np.round(across, 1), np.round(BASKET_Y + along, 1)


def draw_shots(rng: Rng, box: Box) -> Shots:
    """One shot for every attempt; as many makes are assisted as the team has assists."""
    per_zone = box.attempts.ravel()
    cell = np.repeat(np.arange(len(per_zone)), per_zone)
    nth = np.arange(len(cell)) - np.repeat(np.cumsum(per_zone) - per_zone, per_zone)
    row, place, zone = np.unravel_index(cell, box.attempts.shape)
    made = nth < box.makes.ravel()[cell]
    second = (rng.random(len(cell)) * (REGULATION + OVERTIME * box.overtime[row])).astype(np.int64)
    noted = np.where(rng.random(len(cell)) < MISTAKEN, MISTAKEN_FOR[zone], zone)
    shots = Shots(
        row=row,
        place=place,
        zone=noted,
        made=made,
        assisted=_assisted(rng, made, zone, row, box.team("ast")),
        second=second,
        value=VALUE[zone],
        distance=rng.uniform(NEAREST[zone], FARTHEST[zone]),
        angle=rng.uniform(ANGLE_FROM[zone], ANGLE_TO[zone]),
    )
    return shots.take(np.lexsort([second, row // 2]))


def without_lost(rng: Rng, shots: Shots, games: int) -> Shots:
    """What the source has of the shots: a few games without any,
    with one side's only, with gaps."""
    lost = rng.choice(games, GAMES_LOST + SIDES_LOST + GAMES_FRAYED, replace=False)
    whole, side, frayed = np.split(lost, [GAMES_LOST, GAMES_LOST + SIDES_LOST])
    game = shots.row // 2
    gone = np.isin(game, whole) | np.isin(shots.row, 2 * side + rng.integers(2, size=len(side)))
    gone |= np.isin(game, frayed) & (rng.random(len(game)) < FRAYED)
    return shots.take(np.flatnonzero(~gone))


def _assisted(rng: Rng, made: Bools, zone: Ints, row: Ints, assists: Ints) -> Bools:
    """Which makes were assisted: a race in every team game,
    in which threes are faster than drives."""
    makes = np.flatnonzero(made)
    finish = rng.exponential(size=len(makes)) / ASSIST_PULL[zone[makes]]
    order = makes[np.lexsort([finish, row[makes]])]
    rank = np.arange(len(order)) - np.searchsorted(row[order], row[order])
    assisted = np.zeros(len(made), dtype=bool)
    assisted[order[rank < assists[row[order]]]] = True
    return assisted
