"""What could be expected of a game before it: points of teams and players. Reads no result."""

from __future__ import annotations

import numpy as np

from demo.arrays import Floats
from demo.fixtures import Fixtures
from demo.games import Played
from demo.possession import PACE
from demo.shooting import HOME_EDGE, TALENT_SHOTS
from demo.traits import APPETITE_AT, FREE_THROW_AT, RATE_AT, SHARE, SKILL
from demo.world import World
from demo.zones import MAKES, VALUE

POINTS, POINTS_PER_MAKE = (
    1.135,
    1.75,
)  # per possession; and for one more in the probability of a make
FREE_THROWS = (
    0.24  # points from the line per shot, for an average share of the fouls and 100 % accuracy
)


def team_points(world: World, games: Fixtures) -> Floats:
    """Expected points per team game (home first), from the teams' strengths alone."""
    teams, strengths = np.stack([games.home, games.away], axis=1), world.strengths
    edge = (np.where(games.neutral, 0, HOME_EDGE)[:, None] * [1, -1]).ravel()
    makes = (
        strengths.offence[teams.ravel()]
        + strengths.defence[teams[:, ::-1].ravel()].mean(axis=1)
        + edge
    )
    pace = np.repeat(PACE + strengths.pace[games.home] + strengths.pace[games.away], 2)
    return np.asarray(pace * (POINTS + POINTS_PER_MAKE * makes))


def player_points(world: World, played: Played) -> Floats:
    """Expected points (team game, place): the team's,
    shared by usual minutes, appetite and touch."""
    rotation = played.box.rotation
    traits = world.players.traits[rotation.player]
    talent = world.players.talent[rotation.player]
    shots = rotation.expected * np.exp(TALENT_SHOTS * talent) * traits[:, :, APPETITE_AT]
    touch = (traits[:, :, SHARE] * (MAKES + traits[:, :, SKILL]) * VALUE).sum(axis=2)
    line = FREE_THROWS * traits[:, :, RATE_AT["trips"]] * traits[:, :, FREE_THROW_AT]
    weight = shots * (touch + line)
    return np.asarray(
        team_points(world, played.games)[:, None] * weight / weight.sum(axis=1, keepdims=True)
    )
