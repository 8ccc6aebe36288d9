"""Box scores of games between two teams; two rows per game (home first).

Players are drawn first and teams are their sums, so that every column adds up by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from demo.arrays import Floats, Ints, Rng, deal
from demo.fixtures import Fixtures
from demo.possession import Plan, plan
from demo.rotation import Rotation, draw_rotation
from demo.shooting import Shooting, shoot
from demo.traits import RATE_AT
from demo.world import World
from demo.zones import VALUE

COUNTS = (
    *("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb"),
    *("ast", "stl", "blk", "tov", "pf", "pts"),
)
RECOVERED = 0.88  # of the other side's loose misses; the rest goes out of bounds
STOLEN, BLOCKED = 0.61, 0.19  # of the other side's turnovers and two-point misses
OTHER_FOULS = 9  # per game, beside those that send somebody to the line
FOUL_OUT = 6


@dataclass(frozen=True)
class Box:
    """Box scores: rows are team games, columns places of the rotation; `counts` has COUNTS last.

    `attempts` and `makes` are by zone; `own_turnovers` are the team's that no player committed.
    """

    rotation: Rotation
    counts: Ints
    attempts: Ints
    makes: Ints
    own_turnovers: Ints
    overtime: Ints

    def count(self, name: str) -> Ints:
        """One counting column of the players, (team game, place)."""
        return self.counts[:, :, COUNTS.index(name)]

    def team(self, name: str) -> Ints:
        """One counting column of the teams, (team game)."""
        return np.asarray(
            self.count(name).sum(axis=1) + (self.own_turnovers if name == "tov" else 0)
        )

    def margin(self) -> Ints:
        """Points ahead at the end, per team game."""
        points = self.team("pts")
        return np.asarray(points - points[np.arange(len(points)) ^ 1])

    def take(self, games: Ints) -> Box:
        """The box scores of these games (rows 2g and 2g + 1), in this order."""
        rows = np.stack([2 * games, 2 * games + 1], axis=1).ravel()
        rest = {f.name: getattr(self, f.name)[rows] for f in fields(Box) if f.name != "rotation"}
        return Box(rotation=self.rotation.take(rows), **rest)

    @staticmethod
    def joined(parts: Sequence[Box]) -> Box:
        """All box scores of the parts, in order."""
        names = [f.name for f in fields(Box) if f.name != "rotation"]
        rest = {n: np.concatenate([getattr(p, n) for p in parts]) for n in names}
        return Box(rotation=Rotation.joined([p.rotation for p in parts]), **rest)


def draw_box(rng: Rng, world: World, games: Fixtures, overtime: Ints) -> Box:
    """Plays these games once; a tie may come out, for overtime is decided elsewhere."""
    rotation = draw_rotation(rng, world, games, overtime)
    scheme = plan(rng, world, games, overtime)
    shots = shoot(rng, world, games, rotation, scheme)
    totals = _totals(rng, scheme, shots)
    effort = world.players.traits[rotation.player] * rotation.seconds[:, :, None]
    counts = shots.counts() | _dealt(rng, totals, effort)
    table = np.stack([counts[name] for name in COUNTS], axis=2)
    return Box(
        rotation, table, shots.attempts, shots.makes, scheme.own_turnovers, np.repeat(overtime, 2)
    )


def _totals(rng: Rng, scheme: Plan, shots: Shooting) -> dict[str, Ints]:
    """Rebounds, assists, steals, blocks, turnovers, fouls of the teams:
    what follows from the shots."""
    other = np.arange(len(scheme.trips)) ^ 1
    missed = shots.missed()
    made = shots.makes.sum(axis=(1, 2))
    loose = (
        missed.sum(axis=1) + (shots.fta - shots.ftm).sum(axis=1) * 45 // 100 - shots.second_chances
    )
    blockable = missed[:, VALUE == 2].sum(axis=1)[other]
    return {
        "oreb": shots.second_chances,
        "dreb": rng.binomial(loose[other], RECOVERED),
        "ast": rng.binomial(made, scheme.assisted),
        "stl": rng.binomial(scheme.turnovers[other], STOLEN),
        "blk": rng.binomial(blockable, BLOCKED),
        "tov": scheme.turnovers,
        "pf": scheme.trips[other] + rng.poisson(OTHER_FOULS, len(made)),
    }


def _dealt(rng: Rng, totals: dict[str, Ints], effort: Floats) -> dict[str, Ints]:
    """The totals dealt out to players by minutes and each one's rate;
    nobody fouls more than six times."""
    dealt = {name: deal(rng, total, effort[:, :, RATE_AT[name]]) for name, total in totals.items()}
    dealt["pf"] = np.minimum(dealt["pf"], FOUL_OUT)
    dealt["reb"] = dealt["oreb"] + dealt["dreb"]
    return dealt
