"""When the pairings are played: a day for every game, no team twice, rest spread as in reality."""

from __future__ import annotations

import numpy as np

from demo.arrays import Bools, Days, Floats, Ints, Rng
from demo.teams import TEAMS

GAMES_BY_WEEKDAY = np.array([8, 5.5, 10.5, 4, 10.5, 8.5, 7])  # Monday first, as the league likes it
OPENING_NIGHT, LAST_DAY, MOST = 2, 14, 14  # games
SWEEPS = 1  # times that every game is taken out and put where it fits best by then
FORBIDDEN, THIRD_IN_A_ROW = 1e6, 1e3
MARGIN = 3  # days before and after, so that a look at the neighbouring days stays inside


class Board:
    """The days of a season and which team plays on which of them.

    `busy` has a row per team and a column per calendar day (`MARGIN` more on both sides); only
    `open_days` take games.
    """

    def __init__(self, days: Days, rng: Rng) -> None:
        self.first = days[0]
        self.open_days = (days - self.first).astype(np.int64) + MARGIN
        self.busy = np.zeros((len(TEAMS), self.open_days[-1] + MARGIN + 1), dtype=np.int64)
        self.wanted = _wanted(days, rng)
        self.load = np.zeros(self.busy.shape[1])
        self.rng = rng

    def block(self, team: int, day: np.datetime64) -> None:
        """The team plays elsewhere on that day, and rests on the day before and after."""
        at = int((day - self.first).astype(np.int64)) + MARGIN
        self.busy[team, at - 1 : at + 2] = 1

    def move(self, home: int, away: int, at: int, games: int) -> None:
        """Puts a game on a day (`games` = 1) or takes it away (−1)."""
        self.busy[[home, away], at] += games
        self.load[at] += games

    def cost(self, home: int, away: int) -> Floats:
        """How badly each open day suits the two teams:
        clashes, three in a row, tired legs, full days."""
        around = [
            self.busy[[home, away]][:, self.open_days + k] for k in range(-MARGIN, MARGIN + 1)
        ]
        b3, b2, b1, today, a1, a2, a3 = around
        in_a_row = b2 * b1 + b1 * a1 + a1 * a2
        legs = THIRD_IN_A_ROW * in_a_row + 2.2 * (b1 + a1) + (b2 + a2 + b3 + a3)
        full = 8 * (self.load[self.open_days] + 1) / self.wanted
        noise = 1.5 * self.rng.random(len(self.open_days))
        return np.asarray((FORBIDDEN * today + legs).sum(axis=0) + full + noise)

    def day_of(self, at: Ints) -> Days:
        """The calendar days of columns of `busy`."""
        return np.asarray(self.first + (at - MARGIN).astype("timedelta64[D]"))


def place(board: Board, pairs: Ints) -> Ints:
    """A column of the board for every (home, away) pair;
    meetings of the same two are kept apart."""
    at = np.full(len(pairs), -1)
    rivals = np.sort(pairs, axis=1) @ np.array([len(TEAMS), 1])
    same = {r: np.flatnonzero(rivals == r) for r in np.unique(rivals)}
    for game in np.concatenate([board.rng.permutation(len(pairs)) for _ in range(1 + SWEEPS)]):
        home, away = pairs[game]
        if at[game] >= 0:
            board.move(home, away, at[game], -1)
            at[game] = -1
        meetings = at[same[rivals[game]]]
        gap = np.abs(board.open_days[:, None] - meetings[meetings >= 0])
        soon = 6 * np.maximum(0, 1 - gap / 12).sum(axis=1)
        at[game] = board.open_days[np.argmin(board.cost(home, away) + soon)]
        board.move(home, away, at[game], 1)
    return at


def later_days(board: Board, home: int, away: int, at: int) -> Ints:
    """Columns at least a week after `at` where both teams could make up for a game, best first."""
    cost = board.cost(home, away)
    fits: Bools = (
        (board.open_days >= at + 7) & (cost < THIRD_IN_A_ROW) & (board.load[board.open_days] > 0)
    )
    candidates = np.flatnonzero(fits)
    return np.asarray(board.open_days[candidates[np.argsort(cost[candidates])]])


def _wanted(days: Days, rng: Rng) -> Floats:
    """Games that each day should have: by weekday, few on opening night, many on the last."""
    weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    wanted = GAMES_BY_WEEKDAY[weekday] * rng.uniform(0.85, 1.15, len(days))
    wanted[0], wanted[-1] = OPENING_NIGHT, LAST_DAY
    return np.asarray(np.minimum(wanted * (41 * len(TEAMS) / wanted.sum()), MOST))
