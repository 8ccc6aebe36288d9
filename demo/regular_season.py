"""The schedule of a regular season: 1,230 games with ids, postponements and the cup final."""

from __future__ import annotations

import numpy as np

from demo.arrays import Ints, Rng
from demo.fixtures import CUP, REGULAR, Fixtures, fixtures
from demo.pairings import pairings
from demo.placement import Board, later_days, place
from demo.season_calendar import CUP_FINAL, regular_days
from demo.teams import TEAMS, Strengths

POSTPONED = 8  # games a season that are put off
NEUTRAL = 2  # regular games a season on foreign floors
LATE_IDS = 30  # games in December whose ids are the last: the cup's knock-out round is drawn late


def regular_season(rng: Rng, season: int, strengths: Strengths) -> tuple[Fixtures, Fixtures]:
    """The games that are played, cup final included, and the postponed ones on their old days.

    Ids follow the days except for the games drawn late and those made up for, whose ids are new.
    """
    board = Board(regular_days(season), rng)
    cup = _cup_final(rng, season, strengths)
    for team in (*cup.home, *cup.away):
        board.block(team, cup.day[0])
    pairs = pairings()
    at = place(board, pairs)
    order = np.lexsort([rng.random(len(at)), at])
    pairs, at = pairs[order], at[order]
    numbers = _numbers(at, board, season)
    kept = at.copy()
    moved = _postpone(rng, board, pairs, at)
    new_numbers = numbers.copy()
    new_numbers[moved] = len(pairs) + 1 + np.arange(len(moved))
    played = fixtures(rng, season, REGULAR, new_numbers, (board.day_of(at), *pairs.T))
    played.neutral[rng.choice(len(pairs), NEUTRAL, replace=False)] = True
    old = (board.day_of(kept[moved]), *pairs[moved].T)
    postponed = fixtures(rng, season, REGULAR, numbers[moved], old)
    return Fixtures.joined([played, cup]), postponed


def _cup_final(rng: Rng, season: int, strengths: Strengths) -> Fixtures:
    """The best of the east against the best of the west, more or less;
    nothing before the cup existed."""
    form = (
        strengths.offence - strengths.defence.mean(axis=1) + 0.015 * rng.standard_normal(len(TEAMS))
    )
    day = np.array([CUP_FINAL[season]] if season in CUP_FINAL else [], dtype="datetime64[D]")
    east, west = np.argmax(form[:15]), 15 + np.argmax(form[15:])
    home, away = (np.full(len(day), team, dtype=np.int64) for team in (east, west))
    return fixtures(rng, season, CUP, np.ones(len(day), dtype=np.int64), (day, home, away))


def _numbers(at: Ints, board: Board, season: int) -> Ints:
    """1..1230 by day, but the highest for some games of early December."""
    december = np.searchsorted(board.day_of(at), np.datetime64(f"{season}-12-05"))
    late = np.zeros(len(at), dtype=bool)
    late[december : december + LATE_IDS] = True
    numbers = np.empty(len(at), dtype=np.int64)
    numbers[np.lexsort([np.arange(len(at)), late])] = np.arange(1, len(at) + 1)
    return numbers


def _postpone(rng: Rng, board: Board, pairs: Ints, at: Ints) -> Ints:
    """Moves some games to later days (in `at` and on the board); returns which."""
    moved: list[int] = []
    for game in rng.permutation(len(pairs)):
        if len(moved) == POSTPONED:
            break
        home, away = pairs[game]
        later = later_days(board, home, away, at[game])
        if len(later) and board.load[at[game]] > 1:
            board.move(home, away, at[game], -1)
            at[game] = rng.choice(later[:5])
            board.move(home, away, at[game], 1)
            moved.append(int(game))
    return np.array(moved, dtype=np.int64)
