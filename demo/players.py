"""The players: their names, what makes one unlike another, how they age, and whose roster they are
on when a season begins."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from demo.arrays import Days, Floats, Ints, Rng, Rows, Texts, join, stream
from demo.nba import FIRST_SEASON, SEASONS, TEAMS, ZONES

FIRST_ID = 1_700_101
MOVERS = 0.2  # share of roster places that change hands over the summer
OLDEST, YOUNGEST = 38, 19  # completed years on opening night
UNKNOWN_BIRTH = 0.012  # share of players whose birth date no source gives

FIRST_NAMES = """
Aaron Abel Adrian Alex Amari Andre Anton Asher Blake Boris Bryce Caleb Cameron Carlos Cedric Cole
Damon Darius Dante Desmond Devin Dorian Drew Elias Emeka Eric Ethan Felix Gabriel Goran Grant
Hassan Isaac Ivan Jalen Jamal Jasper Jonas Jordan Julian Kai Keon Kofi Lamar Lance Leon Luka Malik
Marcus Mario Mason Miles Nate Nikola Omar Oscar Pascal Quentin Rashad Reggie Rico Ruben Sami Seth
Tariq Theo Tobias Trey Troy Victor Vince Wes Xavier Yusuf Zane
"""
BEGINNINGS = "Al Ash Bar Bell Black Brad Car Clif Dal Dun East Far Gar Green Ham Har Hol Kel Lang"
MIDDLES = ["", "er", "ing", "en", "is", "ow"]
ENDINGS = "ton ford well ley man son by ham wood worth dale ridge stone field brook"
NAME_PARTS = tuple(
    map(np.array, (FIRST_NAMES.split(), BEGINNINGS.split(), MIDDLES, ENDINGS.split()))
)
SUFFIXES = np.array(["Jr.", "II", "III"])
LATE_SUFFIX = (
    0.02  # share of players whose suffix appears only in a later season's sources
)

# A roster's places by kind: guards, wings, bigs. Whoever follows on a place is of its kind, so that
# every team keeps a sensible mix through retirements, trades and summers.
GUARD, WING, BIG = 0, 1, 2
PLACES = np.array(
    [GUARD, WING, BIG, GUARD, WING, GUARD, WING, BIG, GUARD, WING, GUARD, WING, BIG]
)
SLOTS = len(PLACES)

SHARES = np.array(
    [
        [0.235, 0.215, 0.110, 0.032, 0.032, 0.372, 0.004],
        [0.245, 0.190, 0.100, 0.084, 0.084, 0.295, 0.002],
        [0.440, 0.235, 0.085, 0.028, 0.028, 0.183, 0.001],
    ]
)
"""Share of the shots, (kind, zone)."""
STEADINESS = (
    22.0  # the higher, the more alike players of a kind are in where they shoot from
)
ZONE_SKILL_SD = 0.03  # of the probability of a make, per zone
RATES = ("trips", "oreb", "dreb", "ast", "stl", "blk", "tov", "pf")
RATE = np.array(
    [
        [0.90, 0.45, 0.75, 1.80, 1.10, 0.40, 1.15, 0.85],
        [0.85, 0.75, 0.95, 0.85, 1.05, 0.70, 0.85, 1.00],
        [1.30, 2.30, 1.60, 0.60, 0.75, 2.20, 0.95, 1.30],
    ]
)
"""How much of each event falls to a kind of player, relative, (kind, event)."""
RATE_SD = 0.25  # of the logarithm
FREE_THROWS = np.array([0.82, 0.785, 0.715])


@dataclass(frozen=True)
class Players(Rows):
    """Everyone who has been in the league so far, one row each.

    `birth` may be NaT for the reader of the data, never for the league, which goes by `born`.
    `talent` is this season's, in standard deviations. The rest stays for life: `share` of his shots
    and `skill` (added to the probability of a make) by zone, `rate` by event of RATES, the
    probability of a `free_throw`, and `appetite` for shots, relative to his talent.
    """

    born: Days
    birth: Days
    name: Texts
    suffix: Texts
    debut: Ints
    talent: Floats
    share: Floats
    skill: Floats
    rate: Floats
    free_throw: Floats
    appetite: Floats

    @property
    def player_id(self) -> Ints:
        """The league's ids, in order of appearance."""
        return FIRST_ID + np.arange(len(self), dtype=np.int64)

    def names(self, season: int) -> Texts:
        """Names as that season's sources write them; a suffix comes in a player's second year."""
        with_suffix = np.char.strip(self.name + " " + self.suffix)
        return np.where(season > self.debut, with_suffix, self.name)

    def rates(self, event: str) -> Floats:
        """How much of an event of RATES falls to each player."""
        return self.rate[..., RATES.index(event)]


@dataclass(frozen=True)
class League:
    """The players, and who plays where at the start of a season: `rosters` is (team, place) of
    indices."""

    players: Players
    rosters: Ints


def league(seed: int, season: int) -> League:
    """The league on opening night of `season`, grown year by year from the first season."""
    state = _first_league(stream(seed, FIRST_SEASON, "careers"))
    for year in range(FIRST_SEASON + 1, season + 1):
        state = _next_league(state, year, stream(seed, year, "careers"))
    return state


def _first_league(rng: Rng) -> League:
    count = len(TEAMS) * SLOTS
    ages = np.clip(np.rint(rng.normal(26.3, 4.2, count)), YOUNGEST, OLDEST)
    places = np.tile(np.arange(SLOTS), len(TEAMS))
    newcomers = _newcomers(rng, FIRST_SEASON, ages.astype(np.int64), places)
    rosters = np.arange(count, dtype=np.int64)
    return League(newcomers, rosters.reshape(len(TEAMS), SLOTS))


def _next_league(state: League, season: int, rng: Rng) -> League:
    """A summer: everyone is a year older, some retire, rookies follow, some change teams."""
    rosters = state.rosters.copy()
    players = state.players
    days = np.datetime64(SEASONS[season].opening, "D") - players.born
    age = np.floor(days.astype(np.int64) / 365.25)
    drift = 0.12 * (age < 24) - 0.1 * (age > 31) - 0.12 * (age > 34)
    talent = players.talent + drift + rng.normal(0, 0.18, len(age))
    players = replace(players, talent=talent)
    retired = rng.random(len(age)) < _retirement(age, talent)
    leaving = np.argwhere(retired[rosters])
    ages = rng.integers(YOUNGEST, 23, len(leaving))
    rookies = _newcomers(rng, season, ages, leaving[:, 1])
    rosters[tuple(leaving.T)] = len(age) + np.arange(len(leaving))
    for place in range(SLOTS):
        movers = np.flatnonzero(rng.random(len(TEAMS)) < MOVERS)
        rosters[movers, place] = rosters[rng.permutation(movers), place]
    return League(join([players, rookies]), rosters)


def _retirement(age: Floats, talent: Floats) -> Floats:
    """The probability that a player leaves the league."""
    weak = talent < -1.2
    chance: Floats = 0.03 + 0.05 * (age > 31) + 0.15 * (age > 34) + 0.12 * weak
    return chance + 1.0 * (age > OLDEST)


def _newcomers(rng: Rng, season: int, ages: Ints, places: Ints) -> Players:
    """Players of these ages for these places on a roster (a place decides guard, wing or big)."""
    count = len(ages)
    kind = PLACES[places]
    born = _birthdays(rng, season, ages)
    birth = np.where(rng.random(count) < UNKNOWN_BIRTH, np.datetime64("NaT"), born)
    name = _names(rng, count)
    suffix = _suffixes(rng, count)
    talent = rng.normal(0, 0.95, count) - np.clip((24 - ages) * 0.1, 0, None)
    share = rng.gamma(STEADINESS * SHARES[kind])
    skill = rng.normal(0, ZONE_SKILL_SD, (count, len(ZONES)))
    skill[:, -1] = 0  # nobody is good at heaves
    rate = RATE[kind] * np.exp(rng.normal(0, RATE_SD, (count, len(RATES))))
    free_throw = np.clip(FREE_THROWS[kind] + rng.normal(0, 0.06, count), 0.5, 0.95)
    return Players(
        born=born,
        birth=birth,
        name=name,
        suffix=suffix,
        debut=np.full(count, season, dtype=np.int64),
        talent=talent,
        share=share / share.sum(axis=1, keepdims=True),
        skill=skill,
        rate=rate,
        free_throw=free_throw,
        appetite=np.exp(rng.normal(0, 0.15, count)),
    )


def _birthdays(rng: Rng, season: int, ages: Ints) -> Days:
    """Days on which players were born who have these ages on opening night."""
    opening = np.datetime64(SEASONS[season].opening, "D")
    year = opening.astype("datetime64[Y]")
    since_new_year = opening - year - rng.integers(1, 365, len(ages))
    birth_year = (year.astype(np.int64) - ages).astype("datetime64[Y]")
    born: Days = birth_year.astype("datetime64[D]") + since_new_year
    return born


def _names(rng: Rng, count: int) -> Texts:
    """Invented first and last names; some players share one."""
    drawn = [part[rng.integers(len(part), size=count)] for part in NAME_PARTS]
    first, beginning, middle, ending = drawn
    full: Texts = first + " " + beginning + middle + ending
    return full


def _suffixes(rng: Rng, count: int) -> Texts:
    """A suffix for the few whose spelling changes over the years, "" for everyone else."""
    chance = rng.random(count)
    which = rng.integers(len(SUFFIXES), size=count)
    return np.where(chance < LATE_SUFFIX, SUFFIXES[which], "")
