"""Who plays in a game and for how long; two rows per game (home first), best player first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from demo.arrays import Bools, Floats, Ints, Rng
from demo.fixtures import Fixtures
from demo.season_calendar import OPENING
from demo.traits import SLOTS
from demo.world import World

# Minutes by place in the rotation, before the night's luck; what is left is garbage time.
MINUTES = np.array([34.5, 33, 31, 29, 27, 22.5, 18.5, 15, 11.5, 8, 5, 3, 2.5])
UNSTEADY = np.array([0.11] * 3 + [0.13] * 2 + [0.17, 0.2, 0.25, 0.35, 0.45, 0.6, 0.8, 0.8])
PLAY, PLAY_SD, FEWEST_PLAY, MOST_PLAY = 10.2, 0.85, 8, 12
LONGEST = 44.0  # minutes without overtime; the whole of overtime comes on top
NIGHT_OFF = 0.015  # chance that a fit player sits out, announced late
ANNOUNCED = 8  # players of a team with whom the public reckons
LISTED = 12  # names on a team's list
STILL_LISTED = 2  # days for which an injured player is on the list of inactives
PLAYED, DNP, INACTIVE = 0, 1, 2


@dataclass(frozen=True)
class Rotation:
    """(team game, place) arrays; those who played come first, the best of them leftmost.

    `status` is PLAYED, DNP or INACTIVE; `listed` says whether the box score has a row at all;
    `announced` are the players with whom the public reckons beforehand, `expected` their usual
    minutes.
    """

    player: Ints
    status: Ints
    listed: Bools
    seconds: Ints
    announced: Bools
    expected: Floats

    def take(self, rows: Ints) -> Rotation:
        """These team games, in this order."""
        return Rotation(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    @staticmethod
    def joined(parts: Sequence[Rotation]) -> Rotation:
        """All team games of the parts, in order."""
        names = [f.name for f in fields(Rotation)]
        return Rotation(**{n: np.concatenate([getattr(p, n) for p in parts]) for n in names})


def draw_rotation(rng: Rng, world: World, games: Fixtures, overtime: Ints) -> Rotation:
    """Picks the players of every game and deals out its minutes:
    exactly 5 × (48 + 5 · overtime)."""
    day = np.repeat(games.day, 2)
    player = world.rosters.on(day, np.stack([games.home, games.away], axis=1).ravel())
    since = (day - np.datetime64(OPENING[world.season], "D")).astype(np.int64)
    hurt = world.out[player, since[:, None]]
    resting = (hurt == 0) & (rng.random(player.shape) < NIGHT_OFF)
    form = world.players.talent[player] + rng.normal(0, 0.15, player.shape)
    order = np.argsort(-(form - 50 * resting - 100 * (hurt > 0)), axis=1)
    player, hurt, resting = (np.take_along_axis(a, order, axis=1) for a in (player, hurt, resting))
    played = _played(rng, (hurt == 0) & ~resting)
    late = resting & ~played & (world.players.talent[player] > 0.5)
    status = np.where(played, PLAYED, np.where((hurt > 0) | resting, INACTIVE, DNP))
    place = np.arange(SLOTS)
    in_sight = (status != INACTIVE) | (hurt <= STILL_LISTED)
    return Rotation(
        player=player,
        status=status,
        listed=late | ((place < LISTED) & in_sight),
        seconds=_seconds(rng, played, np.repeat(overtime, 2)),
        announced=(played & (place < ANNOUNCED)) | late,
        expected=np.where(late, MINUTES[4], np.where(played, MINUTES, 0.0)),
    )


def _played(rng: Rng, fit: Bools) -> Bools:
    """The first 8 to 12 of each row, no more than are fit; a team short of eight plays hurt."""
    wanted = np.clip(np.rint(rng.normal(PLAY, PLAY_SD, len(fit))), FEWEST_PLAY, MOST_PLAY)
    count = np.maximum(np.minimum(wanted, fit.sum(axis=1)), FEWEST_PLAY)
    return np.asarray(np.arange(SLOTS) < count[:, None])


def _seconds(rng: Rng, played: Bools, overtime: Ints) -> Ints:
    """Seconds on the floor, rows adding up to 14,400 and 1,500 more per overtime."""
    total = 60.0 * (240 + 25 * overtime)
    longest = 60.0 * (LONGEST + 5 * overtime)
    share = np.where(played, MINUTES * np.exp(UNSTEADY * rng.standard_normal(played.shape)), 0.0)
    seconds = share * (total / share.sum(axis=1))[:, None]
    for _ in range(4):  # what exceeds the longest stint goes to the others
        capped = np.minimum(seconds, longest[:, None])
        room = np.where(capped < longest[:, None], capped, 0.0)
        seconds = capped + room * ((total - capped.sum(axis=1)) / room.sum(axis=1))[:, None]
    whole: Ints = np.floor(seconds).astype(np.int64)
    whole[:, 4] += total.astype(np.int64) - whole.sum(axis=1)
    return whole
