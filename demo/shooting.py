"""Field goals and free throws: who takes them, from where, and whether they fall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.arrays import Floats, Ints, Rng, deal
from demo.fixtures import Fixtures
from demo.possession import Plan
from demo.rotation import Rotation
from demo.traits import APPETITE_AT, FREE_THROW_AT, RATE_AT, SHARE, SKILL
from demo.world import World
from demo.zones import DEFENDED_AS, MAKES, VALUE

HOME_EDGE = 0.0065  # added to the probability of every make at home, taken away from the visitors
TALENT_MAKES = 0.012  # more makes per shot for a standard deviation of talent
TALENT_SHOTS = 0.28  # more shots, of the logarithm
EVEN = 3  # one chance in so many falls as often as it should: real scores vary less than coins
HAND_SD = 0.2  # of the logarithm of a player's share of the shots from night to night


@dataclass(frozen=True)
class Shooting:
    """`attempts` and `makes` are (team game, place, zone), free throws (team game, place).

    `second_chances` are the team's shots after its own misses, one for each offensive rebound.
    """

    attempts: Ints
    makes: Ints
    fta: Ints
    ftm: Ints
    second_chances: Ints

    def counts(self) -> dict[str, Ints]:
        """The counting columns of shooting, (team game, place) each."""
        threes = VALUE == 3
        fgm, fg3m = self.makes.sum(axis=2), self.makes[:, :, threes].sum(axis=2)
        return {
            "fgm": fgm,
            "fga": self.attempts.sum(axis=2),
            "fg3m": fg3m,
            "fg3a": self.attempts[:, :, threes].sum(axis=2),
            "ftm": self.ftm,
            "fta": self.fta,
            "pts": 2 * fgm + fg3m + self.ftm,
        }

    def missed(self) -> Ints:
        """Misses per team game and zone."""
        return np.asarray((self.attempts - self.makes).sum(axis=1))


def shoot(rng: Rng, world: World, games: Fixtures, rotation: Rotation, scheme: Plan) -> Shooting:
    """All shots of these games: first chances,
    then one more for every offensive rebound of a miss."""
    traits = world.players.traits[rotation.player]
    appetite = _appetite(rng, world, rotation) * traits[:, :, APPETITE_AT] * rotation.seconds
    chance = _chance(world, games, rotation.player)
    even = deal(rng, deal(rng, scheme.chances // EVEN, appetite), traits[:, :, SHARE])
    rest = deal(
        rng, deal(rng, scheme.chances - scheme.chances // EVEN, appetite), traits[:, :, SHARE]
    )
    makes = _evenly(rng, even, chance) + rng.binomial(rest, chance)
    boards = rng.binomial((even + rest - makes).sum(axis=(1, 2)), scheme.rebounding)
    again = deal(rng, deal(rng, boards, appetite), traits[:, :, SHARE])
    drawing_fouls = appetite * traits[:, :, RATE_AT["trips"]]
    fta = 2 * deal(rng, scheme.trips, drawing_fouls) + deal(rng, scheme.and_ones, drawing_fouls)
    return Shooting(
        attempts=even + rest + again,
        makes=makes + rng.binomial(again, chance),
        fta=fta,
        ftm=rng.binomial(fta, traits[:, :, FREE_THROW_AT]),
        second_chances=boards,
    )


def _evenly(rng: Rng, attempts: Ints, chance: Floats) -> Ints:
    """Makes whose number per team game is within one of the expected; each single one is random."""
    expected = np.cumsum((attempts * chance).reshape(len(attempts), -1), axis=1)
    passed = np.floor(expected + rng.random((len(attempts), 1)))
    return np.diff(passed, axis=1, prepend=0).astype(np.int64).reshape(attempts.shape)


def _appetite(rng: Rng, world: World, rotation: Rotation) -> Floats:
    """How much of the offence a player takes per minute tonight: the talented more."""
    talent = world.players.talent[rotation.player]
    return np.exp(TALENT_SHOTS * talent + rng.normal(0, HAND_SD, talent.shape))


def _chance(world: World, games: Fixtures, player: Ints) -> Floats:
    """The probability of a make, (team game, place, zone)."""
    teams = np.stack([games.home, games.away], axis=1)
    edge = np.where(games.neutral, 0, HOME_EDGE)
    offence = world.strengths.offence[teams.ravel()] + (edge[:, None] * [1, -1]).ravel()
    defence = world.strengths.defence[teams[:, ::-1].ravel()][:, DEFENDED_AS]
    own = (
        world.players.traits[player][:, :, SKILL]
        + TALENT_MAKES * world.players.talent[player][:, :, None]
    )
    chance = MAKES + own + (offence[:, None] + defence)[:, None, :]
    chance[:, :, -1] = MAKES[-1]
    return np.asarray(np.clip(chance, 0.02, 0.95))
