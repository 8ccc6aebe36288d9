"""One season of the league, played from opening night to the last final."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.box import Box
from demo.exhibitions import exhibitions
from demo.fixtures import Fixtures
from demo.games import Played, play
from demo.postseason import Postseason
from demo.regular_season import regular_season
from demo.world import World, world


@dataclass(frozen=True)
class Season:
    """A season's world, its games in order of (day, id),
    those put off on their old days, and exhibitions."""

    world: World
    played: Played
    postponed: Fixtures
    exhibitions: Fixtures


def play_season(seed: int, season: int) -> Season:
    """The whole season, whatever part of it is wanted: a cut range is then the same league."""
    this = world(seed, season)
    scheduled, postponed = regular_season(this.stream("schedule"), season, this.strengths)
    luck = this.stream("games")
    regular = play(luck, this, scheduled)
    spring = Postseason(
        this.stream("postseason"), season, regular, lambda games: play(luck, this, games)
    )
    played = _in_order([regular, *spring.run()])
    return Season(this, played, postponed, exhibitions(this.stream("exhibitions"), season))


def _in_order(parts: list[Played]) -> Played:
    games = Fixtures.joined([part.games for part in parts])
    together = Played(games, Box.joined([part.box for part in parts]))
    return together.take(np.lexsort([games.game_id, games.day]))
