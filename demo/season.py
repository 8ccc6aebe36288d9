"""One season, played from opening night to the last final: brackets follow from the results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from demo.arrays import Ints, Rng, join
from demo.box import COUNTS, Box, draw_box
from demo.nba import SEASONS, TEAMS
from demo.schedule import (
    CUP,
    PLAY_IN,
    PLAYOFFS,
    Games,
    exhibitions,
    make_games,
    regular_season,
)
from demo.world import World, world

OVERTIMES = (0.94, 0.052, 0.008)  # shares of games with none, one, two
# A game that was level after 48 minutes is drawn until it ends this close, in points.
DRAWS, CLOSE = 12, 10

# Days after the regular season, and within a series; a round begins after the longest one before.
ROUND_BEGINS = (6, 22, 38, 54)
GAME_DAYS = np.array(
    [
        (0, 2, 5, 7, 9, 11, 13),
        (0, 2, 4, 6, 8, 10, 13),
        (0, 2, 4, 6, 8, 11, 13),
        (0, 3, 6, 8, 11, 14, 17),
    ]
)
# Every other series is a day later; in the conference finals they meet again for games 6 and 7.
LATER = np.ones((4, 7), dtype=np.int64)
LATER[2, 5:] = 0
AT_BETTER = np.array([True, True, False, False, True, False, True])
BRACKET = np.array([(0, 7), (3, 4), (2, 5), (1, 6)])
"""Seeds of a conference that meet, 0 the best; the winners of neighbouring pairs meet next."""
# Evenings of the play-offs, one more or less: the number of dates then hardly depends on the seed.
EVENINGS, REDRAWS = 43, 50


@dataclass(frozen=True)
class Played:
    """Games with their box scores: rows 2g (home) and 2g + 1 (away) of `box` belong to game g."""

    games: Games
    box: Box

    def home_wins(self) -> Ints:
        """1 where the home team won, per game."""
        ahead = self.box.margin()[::2]
        return (ahead > 0).astype(np.int64)

    def take(self, rows: Ints) -> Played:
        """These games, in this order."""
        return Played(self.games.take(rows), self.box.take(_sides(rows)))


Play = Callable[[Games], Played]


@dataclass(frozen=True)
class Season:
    """A season's world, its games in order of (day, id), those put off on their old days, and
    exhibitions."""

    world: World
    played: Played
    postponed: Games
    exhibitions: Games


def play_season(seed: int, season: int) -> Season:
    """The whole season, whatever part of it is wanted: a cut range is then the same league."""
    this = world(seed, season)
    luck = this.stream("games")

    def play(games: Games) -> Played:
        return _play(luck, this, games)

    scheduled, postponed = regular_season(
        this.stream("schedule"), season, this.strengths
    )
    regular = play(scheduled)
    spring = Postseason(this.stream("postseason"), season, regular, play)
    parts = [regular, *spring.run()]
    games = join([part.games for part in parts])
    together = Played(games, join([part.box for part in parts]))
    in_order = together.take(np.lexsort([games.game_id, games.day]))
    return Season(
        this, in_order, postponed, exhibitions(this.stream("exhibitions"), season)
    )


def _sides(games: Ints) -> Ints:
    """The rows of a box that belong to these games, home first."""
    return np.stack([2 * games, 2 * games + 1], axis=1).ravel()


def _play(rng: Rng, world: World, games: Games) -> Played:
    """Play the games; none ends in a tie, and those with overtime end close."""
    overtime = rng.choice(len(OVERTIMES), size=len(games), p=OVERTIMES)
    draws = np.repeat(np.arange(len(games)), np.where(overtime > 0, DRAWS, 1))
    box = draw_box(rng, world, games.take(draws), overtime[draws])
    apart = np.maximum(np.abs(box.margin()[::2]), CLOSE)
    # The first close draw of each game is the one that counts, or the closest of all.
    order = np.lexsort([apart, draws])
    first = np.searchsorted(draws[order], np.arange(len(games)))
    final = box.take(_sides(order[first]))
    _break_ties(rng, final)
    return Played(games, final)


def _break_ties(rng: Rng, box: Box) -> None:
    """Give one of two tied teams one more free throw, by the player who was longest on the
    floor."""
    tied = np.flatnonzero(box.margin()[::2] == 0)
    row = 2 * tied + rng.integers(2, size=len(tied))
    longest = np.argmax(box.rotation.seconds[row], axis=1)
    for name in ("fta", "ftm", "pts"):
        box.counts[row, longest, COUNTS.index(name)] += 1


class Postseason:
    """Play-in and play-offs: `regular` decides who is in, `play` plays whatever it is given."""

    def __init__(self, rng: Rng, season: int, regular: Played, play: Play) -> None:
        self.rng = rng
        self.season = season
        self.play = play
        self.end = np.datetime64(SEASONS[season].end, "D")
        self.standing = _standing(regular)
        self.play_in: list[Played] = []

    def run(self) -> list[Played]:
        """All games; the play-offs are drawn again until they last about as long as usual."""
        seeds = list(map(self._seeds, (0, 1)))
        first_round = np.concatenate([eight[BRACKET] for eight in seeds])
        rounds = self._play_offs(first_round)
        for _ in range(REDRAWS):
            evenings = np.unique(
                np.concatenate([played.games.day for played in rounds])
            )
            if abs(len(evenings) - EVENINGS) <= 1:
                break
            rounds = self._play_offs(first_round)
        return [*self.play_in, *rounds]

    def _seeds(self, conference: int) -> Ints:
        """The eight of a conference: six by standing, two by the play-in among the next four."""
        order = self.standing[self.standing // 15 == conference]
        seventh, eighth, ninth, tenth = order[6:10]
        evening = [(seventh, eighth), (ninth, tenth)]
        (seed_7, loser), (winner, _) = self._play_in(conference, 0, evening)
        ((seed_8, _),) = self._play_in(conference, 1, [(loser, winner)])
        return np.append(order[:6], [seed_7, seed_8])

    def _play_in(
        self, conference: int, stage: int, pairs: list[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        """One evening of the play-in: winner and loser of each (home, away)."""
        home, away = np.array(pairs).T
        day = np.full(len(pairs), self.end + 2 + conference + 2 * stage)
        first_number = 101 + 100 * stage + 20 * conference
        numbers = first_number + 10 * np.arange(len(pairs))
        games = make_games(self.rng, self.season, PLAY_IN, numbers, (day, home, away))
        played = self.play(games)
        self.play_in.append(played)
        results = zip(pairs, played.home_wins(), strict=True)
        return [(home, away) if won else (away, home) for (home, away), won in results]

    def _play_offs(self, pairs: Ints) -> list[Played]:
        """Four rounds, the winners of neighbouring pairs meeting in the next."""
        rounds = []
        for stage in range(4):
            played, winners = self._round(stage, pairs)
            rounds.append(played)
            pairs = winners.reshape(-1, 2) if stage < 3 else pairs
        return rounds

    def _round(self, stage: int, pairs: Ints) -> tuple[Played, Ints]:
        """Play a round, best of seven: the games that were needed, and the winners.

        All seven games of a series are played at once, and those after the fourth win forgotten.
        """
        rank = np.argsort(self.standing)
        by_rank = np.argsort(rank[pairs], axis=1)
        better, other = np.take_along_axis(pairs, by_rank, axis=1).T[:, :, None]
        home = np.where(AT_BETTER, better, other)
        away = np.where(AT_BETTER, other, better)
        series = np.arange(len(pairs))[:, None]
        after = ROUND_BEGINS[stage] + GAME_DAYS[stage] + series % 2 * LATER[stage]
        numbers = 100 * (stage + 1) + 10 * series + np.arange(1, 8)
        days = self.end + after.astype("timedelta64[D]")
        meetings = (days.ravel(), home.ravel(), away.ravel())
        games = make_games(self.rng, self.season, PLAYOFFS, numbers.ravel(), meetings)
        played = self.play(games)
        won = played.home_wins().reshape(-1, 7) == AT_BETTER
        both = np.stack([won, ~won])
        wins = np.cumsum(both, axis=2)
        before = wins - both
        needed = played.take(np.flatnonzero(before.max(axis=0) < 4))
        return needed, np.where(wins[0, :, -1:] >= 4, better, other)


def _standing(regular: Played) -> Ints:
    """All teams, best first: by wins, then by points ahead; the cup final does not count."""
    counts = np.repeat(regular.games.kind != CUP, 2)
    team = regular.games.teams[counts]
    margin = regular.box.margin()[counts]
    wins = np.bincount(team, weights=margin > 0, minlength=len(TEAMS))
    ahead = np.bincount(team, weights=margin, minlength=len(TEAMS))
    return np.lexsort([-ahead, -wins])
