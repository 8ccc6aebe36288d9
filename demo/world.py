"""A season's world: everything that is settled before its first game."""

from __future__ import annotations

from dataclasses import dataclass

from demo.arrays import Ints, Rng, stream
from demo.careers import Players, league
from demo.movements import Rosters, absences, trades
from demo.season_calendar import FIRST_SEASON
from demo.teams import Strengths, strengths


@dataclass(frozen=True)
class World:
    """The players, who is on which team when, who is out when, and how strong the teams are."""

    seed: int
    season: int
    players: Players
    rosters: Rosters
    out: Ints
    strengths: Strengths

    def stream(self, purpose: str) -> Rng:
        """The season's random numbers for one purpose."""
        return stream(self.seed, self.season, purpose)


def world(seed: int, season: int) -> World:
    """The world of one season of the league that `seed` names."""
    state = league(seed, season)
    moves = trades(stream(seed, season, "trades"), season, state.rosters)
    hurt = stream(seed, season, "absences")
    out = absences(hurt, season, state.rosters, len(state.players.born))
    return World(seed, season, state.players, moves, out, strengths(seed, FIRST_SEASON, season))
