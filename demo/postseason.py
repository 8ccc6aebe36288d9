"""Play-in and play-offs: brackets that follow from the results before them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from demo.arrays import Days, Ints, Rng
from demo.fixtures import CUP, PLAY_IN, PLAYOFFS, Fixtures, fixtures
from demo.games import Played
from demo.season_calendar import REGULAR_END
from demo.teams import TEAMS

Play = Callable[[Fixtures], Played]

# Days after the regular season, and within a series; a round begins after the longest one before
# it.
ROUND_BEGINS = (6, 22, 38, 54)
# Every other series begins a day later; in the conference finals they meet again for games 6 and 7.
GAME_DAYS = (
    (0, 2, 5, 7, 9, 11, 13),
    (0, 2, 4, 6, 8, 10, 13),
    (0, 2, 4, 6, 8, 11, 13),
    (0, 3, 6, 8, 11, 14, 17),
)
# Evenings of the play-offs, one more or less: the number of game dates then hardly depends on the
# seed.
EVENINGS, REDRAWS = 43, 50
LATER = np.ones((4, 7), dtype=np.int64)
LATER[2, 5:] = 0
AT_BETTER = np.array([True, True, False, False, True, False, True])
BRACKET = (
    (0, 7),
    (3, 4),
    (2, 5),
    (1, 6),
)  # seeds of a conference, 0 the best; neighbours meet next


class Postseason:
    """One spring: `regular` decides who is in, `play` plays whatever games it is given."""

    def __init__(self, rng: Rng, season: int, regular: Played, play: Play) -> None:
        self.rng, self.season, self.play = rng, season, play
        self.standing = _standing(regular)
        self.play_in: list[Played] = []

    def run(self) -> list[Played]:
        """All games; the play-offs are drawn again until they last about as long as usual."""
        east, west = self._seeds(0), self._seeds(1)
        first_round = np.array([[seeds[a], seeds[b]] for seeds in (east, west) for a, b in BRACKET])
        rounds = self._play_offs(first_round)
        for _ in range(REDRAWS):
            if abs(_evenings(rounds) - EVENINGS) <= 1:
                break
            rounds = self._play_offs(first_round)
        return [*self.play_in, *rounds]

    def _play_offs(self, pairs: Ints) -> list[Played]:
        """Four rounds, the winners of neighbouring pairs meeting in the next."""
        rounds = []
        for stage in range(4):
            played, winners = self._round(stage, pairs)
            rounds.append(played)
            pairs = winners.reshape(-1, 2) if stage < 3 else pairs
        return rounds

    def _seeds(self, conference: int) -> Ints:
        """The eight of a conference: six by standing, two by the play-in among the next four."""
        order = self.standing[self.standing // 15 == conference]
        first = self._play_in_evening(conference, 0, order[[6, 8]], order[[7, 9]])
        seventh = order[6] if first[0] else order[7]
        loser, winner = (order[7] if first[0] else order[6]), (order[8] if first[1] else order[9])
        last = self._play_in_evening(conference, 1, np.array([loser]), np.array([winner]))
        return np.append(order[:6], [seventh, loser if last[0] else winner])

    def _play_in_evening(self, conference: int, stage: int, home: Ints, away: Ints) -> Ints:
        """Plays one evening of the play-in; 1 where the home team won."""
        day = self._days(np.full(len(home), 2 + conference + 2 * stage))
        numbers = 101 + 100 * stage + 10 * np.arange(len(home)) + 20 * conference
        played = self.play(fixtures(self.rng, self.season, PLAY_IN, numbers, (day, home, away)))
        self.play_in.append(played)
        return played.home_wins()

    def _round(self, stage: int, pairs: Ints) -> tuple[Played, Ints]:
        """Plays a round, best of seven: the games that were needed, and the winners.

        All seven games of a series are played at once, and those after the fourth win forgotten.
        """
        better, other = self._by_standing(pairs)
        at_better = np.broadcast_to(AT_BETTER, (len(pairs), 7))
        home = np.where(at_better, better[:, None], other[:, None]).ravel()
        away = np.where(at_better, other[:, None], better[:, None]).ravel()
        series = np.arange(len(pairs))[:, None]
        day = self._days(
            ROUND_BEGINS[stage] + np.array(GAME_DAYS[stage]) + series % 2 * LATER[stage]
        ).ravel()
        numbers = (100 * (stage + 1) + 10 * series + np.arange(1, 8)).ravel()
        games = fixtures(self.rng, self.season, PLAYOFFS, numbers, (day, home, away))
        played = self.play(games)
        won = played.home_wins().reshape(-1, 7) == at_better
        wins = np.cumsum(np.stack([won, ~won]), axis=2)
        before = wins - np.stack([won, ~won])
        needed = played.take(np.flatnonzero(before.max(axis=0) < 4))
        return needed, np.where(wins[0, :, -1] >= 4, better, other)

    def _by_standing(self, pairs: Ints) -> tuple[Ints, Ints]:
        """The better and the other team of each pair."""
        rank = np.argsort(self.standing)
        swap = rank[pairs[:, 0]] > rank[pairs[:, 1]]
        return np.where(swap, pairs[:, 1], pairs[:, 0]), np.where(swap, pairs[:, 0], pairs[:, 1])

    def _days(self, after: Ints) -> Days:
        """Days counted from the end of the regular season."""
        return np.datetime64(REGULAR_END[self.season], "D") + after.astype("timedelta64[D]")


def _evenings(rounds: list[Played]) -> int:
    """The days on which these games are."""
    return len(np.unique(np.concatenate([played.games.day for played in rounds])))


def _standing(regular: Played) -> Ints:
    """All teams, best first: by wins, then by points ahead; the cup final does not count."""
    counts = np.repeat(regular.games.kind != CUP, 2)
    team = np.stack([regular.games.home, regular.games.away], axis=1).ravel()[counts]
    margin = regular.box.margin()[counts]
    wins = np.bincount(team, weights=margin > 0, minlength=len(TEAMS))
    ahead = np.bincount(team, weights=margin, minlength=len(TEAMS))
    return np.lexsort([-ahead, -wins])
