"""What happens to rosters during a season: trades, injuries, nights off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from demo.arrays import Days, Ints, Rng
from demo.season_calendar import OPENING, last_day
from demo.teams import TEAMS
from demo.traits import SLOTS

TRADES = 14  # pairs of players who swap teams in a season
TRADES_OPEN, TRADES_CLOSE = 50, 108  # days after opening night
ABSENCES = 3.6  # per player and season, on average
LENGTHS = ((2, 9, 0.60), (10, 30, 0.28), (31, 110, 0.12))  # days from, to, share of absences
MOST_OUT = 4  # of a team at a time; hospitals are not that full


@dataclass(frozen=True)
class Rosters:
    """Who is on which team when: `places` (epoch, team,
    place) of player indices, epochs begin on `days`."""

    days: Days
    places: Ints

    def on(self, day: Days, team: Ints) -> Ints:
        """The players on these teams' rosters on these days, a row each."""
        return self.places[np.searchsorted(self.days, day, side="right"), team]


def trades(rng: Rng, season: int, rosters: Ints) -> Rosters:
    """The season's trades, like for like. One player is traded twice and sees three teams."""
    after = np.sort(rng.choice(np.arange(TRADES_OPEN, TRADES_CLOSE), TRADES, replace=False))
    epochs = [rosters]
    team, place = rng.integers(len(TEAMS)), rng.integers(SLOTS)
    traveller = rosters[team, place]
    for trade in range(TRADES):
        now = epochs[-1].copy()
        team, place = rng.integers(len(TEAMS)), rng.integers(SLOTS)
        if trade in (0, TRADES - 1):
            team, place = np.argwhere(now == traveller)[0]
        partner = (team + rng.integers(1, len(TEAMS))) % len(TEAMS)
        now[[team, partner], place] = now[[partner, team], place]
        epochs.append(now)
    return Rosters(
        np.datetime64(OPENING[season], "D") + after.astype("timedelta64[D]"), np.stack(epochs)
    )


def absences(rng: Rng, season: int, rosters: Ints, players: int) -> Ints:
    """Who is out: (player, day since opening night), 0 when fit,
    else the how-many-eth day of his absence."""
    days = (last_day(season) - OPENING[season] + timedelta(days=1)).days
    out = np.zeros((players, days), dtype=np.int64)
    crowd = np.zeros((len(TEAMS), days), dtype=np.int64)
    team_of = np.full(players, -1)
    team_of[rosters] = np.arange(len(TEAMS))[:, None]
    hurt = np.repeat(rosters.ravel(), rng.poisson(ABSENCES, rosters.size))
    lengths = _lengths(rng, len(hurt))
    for player, begin, length in zip(hurt, rng.integers(0, days, len(hurt)), lengths, strict=True):
        spell = slice(begin, begin + length)
        if out[player, spell].any() or crowd[team_of[player], spell].max() >= MOST_OUT:
            continue
        out[player, spell] = np.arange(1, len(out[player, spell]) + 1)
        crowd[team_of[player], spell] += 1
    return out


def _lengths(rng: Rng, count: int) -> Ints:
    shortest, longest, share = (np.array(column) for column in zip(*LENGTHS, strict=True))
    which = rng.choice(len(LENGTHS), size=count, p=share)
    return rng.integers(shortest[which], longest[which] + 1)
