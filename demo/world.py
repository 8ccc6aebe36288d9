"""What is settled before a season's first game: how strong the teams are, who is traded when, who
is out when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.arrays import Days, Floats, Ints, Rng, stream
from demo.nba import FIRST_SEASON, SEASONS, TEAMS
from demo.players import SLOTS, Players, league

PERSISTENCE = 0.6  # a team keeps this much of its strength over the summer
TRADES = 14  # pairs of players who swap teams in a season
TRADES_OPEN, TRADES_CLOSE = 50, 108  # days after opening night
ABSENCES = 3.6  # per player and season, on average
SHORTEST = np.array([2, 10, 31])  # days of an absence: light, serious, grave
LONGEST = np.array([9, 30, 110])
GRAVITY = np.array([0.60, 0.28, 0.12])  # share of the absences
MOST_OUT = 4  # of a team at a time; hospitals are not that full


@dataclass(frozen=True)
class Strengths:
    """What a team is like in a season, beyond its players; one row per team, 0 is average.

    `offence` and `defence` (paint, mid range, three) are added to the probability of a make, the
    latter of the opponent; `pace` is possessions per 48 minutes; the others are relative (0.05 = 5
    % more).
    """

    offence: Floats
    defence: Floats
    pace: Floats
    passing: Floats
    turnovers: Floats
    boards: Floats


@dataclass(frozen=True)
class Rosters:
    """Who is on which team when: `places` (epoch, team, place) of player indices; epochs begin on
    `days`."""

    days: Days
    places: Ints

    def on(self, day: Days, team: Ints) -> Ints:
        """The players on these teams' rosters on these days, a row each."""
        epoch = np.searchsorted(self.days, day, side="right")
        return self.places[epoch, team]


@dataclass(frozen=True)
class World:
    """One season's players, rosters, absences (see `_absences`) and strengths."""

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
    rosters = _rosters(stream(seed, season, "trades"), season, state.rosters)
    out = _absences(
        stream(seed, season, "absences"), season, state.rosters, len(state.players)
    )
    return World(seed, season, state.players, rosters, out, _strengths(seed, season))


def _strengths(seed: int, season: int) -> Strengths:
    """The teams' strengths in `season`, grown year by year from the first season."""
    shape = (9, len(TEAMS))
    state = stream(seed, FIRST_SEASON, "strengths").standard_normal(shape)
    for year in range(FIRST_SEASON + 1, season + 1):
        fresh = stream(seed, year, "strengths").standard_normal(shape)
        state = PERSISTENCE * state + np.sqrt(1 - PERSISTENCE**2) * fresh
    offence, overall, paint, mid_range, three, pace, passing, turnovers, boards = state
    by_zone = np.stack([paint, mid_range, three], axis=1)
    return Strengths(
        offence=0.018 * offence,
        defence=0.016 * overall[:, None] + 0.014 * by_zone,
        pace=1.4 * pace,
        passing=0.05 * passing,
        turnovers=0.06 * turnovers,
        boards=0.07 * boards,
    )


def _rosters(rng: Rng, season: int, rosters: Ints) -> Rosters:
    """The season's trades, like for like. One player is traded twice and sees three teams."""
    after = np.sort(
        rng.choice(
            np.arange(TRADES_OPEN, TRADES_CLOSE),
            TRADES,
            replace=False,
        )
    )
    epochs = [rosters]
    traveller = rosters[rng.integers(len(TEAMS)), rng.integers(SLOTS)]
    for trade in range(TRADES):
        now = epochs[-1].copy()
        team, place = rng.integers(len(TEAMS)), rng.integers(SLOTS)
        if trade in (0, TRADES - 1):
            team, place = np.argwhere(now == traveller)[0]
        partner = (team + rng.integers(1, len(TEAMS))) % len(TEAMS)
        now[[team, partner], place] = now[[partner, team], place]
        epochs.append(now)
    opening = np.datetime64(SEASONS[season].opening, "D")
    return Rosters(opening + after.astype("timedelta64[D]"), np.stack(epochs))


def _absences(rng: Rng, season: int, rosters: Ints, players: int) -> Ints:
    """Who is out: (player, day since opening night), 0 when fit, else which day of his absence
    it is, from 1 on."""
    days = (SEASONS[season].last - SEASONS[season].opening).days + 1
    out = np.zeros((players, days), dtype=np.int64)
    crowd = np.zeros((len(TEAMS), days), dtype=np.int64)
    team_of = np.full(players, -1)
    team_of[rosters] = np.arange(len(TEAMS))[:, None]
    hurt = np.repeat(rosters.ravel(), rng.poisson(ABSENCES, rosters.size))
    gravity = rng.choice(len(GRAVITY), size=len(hurt), p=GRAVITY)
    lengths = rng.integers(SHORTEST[gravity], LONGEST[gravity] + 1)
    begins = rng.integers(0, days, len(hurt))
    for player, begin, length in zip(hurt, begins, lengths, strict=True):
        spell = slice(begin, begin + length)
        team = team_of[player]
        if out[player, spell].any() or crowd[team, spell].max() >= MOST_OUT:
            continue
        out[player, spell] = np.arange(1, len(out[player, spell]) + 1)
        crowd[team, spell] += 1
    return out
