"""The players: what they are like, how they age,
and whose roster they are on when a season begins."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from demo.arrays import Days, Floats, Ints, Rng, Texts, stream
from demo.names import draw_names, draw_suffixes
from demo.season_calendar import FIRST_SEASON, OPENING
from demo.teams import TEAMS
from demo.traits import SLOTS, draw_traits

FIRST_ID = 1_700_101
MOVERS = 0.2  # share of roster places that change hands over the summer
OLDEST, YOUNGEST = 38, 19  # completed years on opening night
UNKNOWN_BIRTH = 0.012  # share of players whose birth date no source gives


@dataclass(frozen=True)
class Players:
    """Everyone who has been in the league so far, one row each.

    `birth` may be NaT for the reader of the data, never for the league, which goes by `born`;
    `talent` is this season's, in standard deviations; `traits` stay for life (see `traits.py`).
    """

    born: Days
    birth: Days
    name: Texts
    suffix: Texts
    debut: Ints
    talent: Floats
    traits: Floats

    @property
    def player_id(self) -> Ints:
        """The league's ids, in order of appearance."""
        return FIRST_ID + np.arange(len(self.born), dtype=np.int64)

    def spelled(self, season: int) -> Texts:
        """Names as the sources of that season write them:
        suffixes come in a player's second year."""
        late = np.char.strip(np.char.add(np.char.add(self.name, " "), self.suffix))
        return np.where(season > self.debut, late, self.name)


@dataclass(frozen=True)
class League:
    """The players and who plays where at the start of a season:
    `rosters` is (team, place) of indices."""

    players: Players
    rosters: Ints


def league(seed: int, season: int) -> League:
    """The league on opening night of `season`, grown year by year from the first season."""
    state = _founded(stream(seed, FIRST_SEASON, "careers"))
    for year in range(FIRST_SEASON + 1, season + 1):
        state = _next_season(state, year, stream(seed, year, "careers"))
    return state


def _founded(rng: Rng) -> League:
    rosters = np.arange(len(TEAMS) * SLOTS, dtype=np.int64).reshape(len(TEAMS), SLOTS)
    ages = np.clip(np.rint(rng.normal(26.3, 4.2, rosters.size)), YOUNGEST, OLDEST).astype(np.int64)
    places = np.tile(np.arange(SLOTS), len(TEAMS))
    return League(_newcomers(rng, FIRST_SEASON, ages, places), rosters)


def _newcomers(rng: Rng, season: int, ages: Ints, places: Ints) -> Players:
    """Players of these ages for these places on a roster (a place decides guard, wing or big)."""
    count = len(ages)
    opening = np.datetime64(OPENING[season], "D")
    birthday = (opening.astype("datetime64[Y]").astype(np.int64) - ages).astype("datetime64[Y]")
    offset = opening - opening.astype("datetime64[Y]") - rng.integers(1, 365, count)
    born = birthday.astype("datetime64[D]") + offset
    unknown = rng.random(count) < UNKNOWN_BIRTH
    young = np.clip((24 - ages) * 0.1, 0, None)
    return Players(
        born=born,
        birth=np.where(unknown, np.datetime64("NaT"), born),
        name=np.array(draw_names(rng, count)),
        suffix=np.array(draw_suffixes(rng, count), dtype="U4"),
        debut=np.full(count, season, dtype=np.int64),
        talent=rng.normal(0, 0.95, count) - young,
        traits=draw_traits(rng, places),
    )


def _next_season(state: League, season: int, rng: Rng) -> League:
    """A summer: everyone a year older, some retire,
    rookies take their places, some change teams."""
    rosters, players = state.rosters.copy(), state.players
    age = np.floor((np.datetime64(OPENING[season], "D") - players.born).astype(np.int64) / 365.25)
    drift = 0.12 * (age < 24) - 0.1 * (age > 31) - 0.12 * (age > 34)
    players = replace(players, talent=players.talent + drift + rng.normal(0, 0.18, len(age)))
    weak = players.talent < -1.2
    chance = 0.03 + 0.05 * (age > 31) + 0.15 * (age > 34) + 0.12 * weak + 1.0 * (age > OLDEST)
    leaving = np.argwhere((rng.random(len(age)) < chance)[rosters])
    rookies = _newcomers(rng, season, rng.integers(YOUNGEST, 23, len(leaving)), leaving[:, 1])
    rosters[tuple(leaving.T)] = len(age) + np.arange(len(leaving))
    for place in range(SLOTS):
        movers = np.flatnonzero(rng.random(len(TEAMS)) < MOVERS)
        rosters[movers, place] = rosters[rng.permutation(movers), place]
    return League(_joined(players, rookies), rosters)


def _joined(one: Players, other: Players) -> Players:
    names = [f.name for f in fields(Players)]
    return Players(**{n: np.concatenate([getattr(one, n), getattr(other, n)]) for n in names})
