"""The games of a season before they are played: who meets whom, on which day, at what time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from demo.arrays import Bools, Days, Floats, Ints, Moments, Rng, Rows, Texts, join
from demo.nba import (
    CLUBS,
    EAST_STARS,
    HOURS_BEHIND_EASTERN,
    SEASONS,
    TEAMS,
    VISITORS,
    WEST_STARS,
)
from demo.world import Strengths

PRESEASON, REGULAR, ALL_STAR, PLAYOFFS, PLAY_IN, CUP = 1, 2, 3, 4, 5, 6
POSTPONED = 8  # games a season that are put off
NEUTRAL = 2  # regular games a season on foreign floors
LATE_IDS = 30  # games in December whose ids are the last: the cup's knock-out round is drawn late
PRESEASON_GAMES = 4  # one of them against visitors from overseas
DAYS_BEFORE = np.array(
    [11, 9, 6, 4]
)  # of opening night, for each game of the preseason
EVENINGS, EVENING_SHARES = [19.0, 19.5, 20.0], [0.6, 0.25, 0.15]  # hours, local
AFTERNOON, MATINEES = 15.5, 0.25  # hour, local; share of the games at the weekend
LATEST = 22.5  # hour, eastern

GAMES_BY_WEEKDAY = np.array(
    [8, 5.5, 10.5, 4, 10.5, 8.5, 7]
)  # Monday first, as the league likes it
OPENING_NIGHT, LAST_DAY, MOST = 2, 14, 14  # games
SWEEPS = 1  # times that every game is taken out and put where it fits best by then
FORBIDDEN, THIRD_IN_A_ROW = 1e6, 1e3
MARGIN = (
    3  # days before and after, so that a look at the neighbouring days stays inside
)


@dataclass(frozen=True)
class Games(Rows):
    """Games, one row each; `home` and `away` are indices of CLUBS, `kind` is the game type."""

    game_id: Texts
    kind: Ints
    day: Days
    tip_off: Moments
    home: Ints
    away: Ints
    neutral: Bools

    @property
    def teams(self) -> Ints:
        """The clubs by team game: home and away of the first game, of the second, and so on."""
        return np.stack([self.home, self.away], axis=1).ravel()


def make_games(
    rng: Rng, season: int, kind: int, numbers: Ints, meetings: tuple[Days, Ints, Ints]
) -> Games:
    """Games of one type on their (days, home teams, away teams), with tip-offs drawn for them.

    An id has the league's ten characters: 00, type, two digits of the season, five of the number.
    """
    day, home, away = meetings
    beginning = f"00{kind}{season % 100:02d}"
    return Games(
        game_id=np.array([f"{beginning}{number:05d}" for number in numbers.tolist()]),
        kind=np.full(len(day), kind, dtype=np.int64),
        day=day,
        tip_off=_tip_off(rng, day, home),
        home=home,
        away=away,
        neutral=np.full(len(day), kind == CUP),
    )


def _weekday(day: Days) -> Ints:
    """0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return (day.astype(np.int64) + 3) % 7


def _tip_off(rng: Rng, day: Days, home: Ints) -> Moments:
    """An evening hour where the home team lives, at times an afternoon at the weekend; UTC."""
    evening = rng.choice(
        EVENINGS,
        size=len(day),
        p=EVENING_SHARES,
    )
    early = rng.random(len(day)) < MATINEES
    weekend = _weekday(day) >= 5
    local = np.where(weekend & early, AFTERNOON, evening)
    eastern = np.minimum(local + HOURS_BEHIND_EASTERN[home], LATEST)
    hours = eastern + _hours_to_utc(day)
    minutes = np.rint(60 * hours).astype("timedelta64[m]")
    moment = day.astype("datetime64[m]") + minutes
    return np.asarray(moment.astype("datetime64[s]"))


def _hours_to_utc(day: Days) -> Ints:
    """US Eastern: 4 hours behind UTC from March's second to November's first Sunday, else 5."""
    january: Days = day.astype("datetime64[Y]").astype("datetime64[M]")
    march = january + np.timedelta64(2, "M")
    november = january + np.timedelta64(10, "M")
    begins = _first_sunday(march) + 7
    ends = _first_sunday(november)
    return np.where((day >= begins) & (day < ends), 4, 5)


def _first_sunday(month: Days) -> Days:
    first = month.astype("datetime64[D]")
    sunday: Days = first + (6 - _weekday(first)).astype("timedelta64[D]")
    return sunday


def exhibitions(rng: Rng, season: int) -> Games:
    """Games that do not count, with clubs that do not exist: preseason and all-star game."""
    clubs = rng.permutation(len(TEAMS))[: 2 * PRESEASON_GAMES]
    home, away = clubs.reshape(2, -1)
    away[1] = CLUBS.index(VISITORS)
    opening = np.datetime64(SEASONS[season].opening, "D")
    days = opening - DAYS_BEFORE.astype("timedelta64[D]")
    numbers = np.arange(1, PRESEASON_GAMES + 1)
    preseason = make_games(rng, season, PRESEASON, numbers, (days, home, away))
    sunday = np.array([SEASONS[season].all_star], dtype="datetime64[D]")
    east, west = (np.array([CLUBS.index(stars)]) for stars in (EAST_STARS, WEST_STARS))
    all_star = make_games(rng, season, ALL_STAR, np.array([1]), (sunday, east, west))
    return join([preseason, all_star])


def regular_season(rng: Rng, season: int, strengths: Strengths) -> tuple[Games, Games]:
    """The games that are played, cup final included, and the postponed ones on their old days.

    Ids follow the days except for the games drawn late and those made up for, whose ids are new.
    """
    board = Board(SEASONS[season].regular, rng)
    cup = _cup_final(rng, season, strengths)
    for team in (*cup.home, *cup.away):
        board.block(team, cup.day[0])
    pairs = _pairings()
    at = _place(board, pairs)
    order = np.lexsort([rng.random(len(at)), at])
    pairs, at = pairs[order], at[order]
    numbers = _numbers(at, board, season)
    old_at, old_numbers = at.copy(), numbers.copy()
    moved = _postpone(rng, board, pairs, at)
    numbers[moved] = len(pairs) + 1 + np.arange(len(moved))
    played = make_games(rng, season, REGULAR, numbers, (board.day_of(at), *pairs.T))
    abroad = rng.choice(
        len(pairs),
        NEUTRAL,
        replace=False,
    )
    played.neutral[abroad] = True
    meetings = (board.day_of(old_at[moved]), *pairs[moved].T)
    postponed = make_games(rng, season, REGULAR, old_numbers[moved], meetings)
    return join([played, cup]), postponed


def _cup_final(rng: Rng, season: int, strengths: Strengths) -> Games:
    """The best of the east against the best of the west, more or less; no game before the cup
    existed."""
    luck = 0.015 * rng.standard_normal(len(TEAMS))
    form = strengths.offence - strengths.defence.mean(axis=1) + luck
    final = SEASONS[season].cup_final
    day = np.array([final] if final else [], dtype="datetime64[D]")
    numbers = np.ones(len(day), dtype=np.int64)
    east = np.argmax(form[:15]) * numbers
    west = (15 + np.argmax(form[15:])) * numbers
    return make_games(rng, season, CUP, numbers, (day, east, west))


def _pairings() -> Ints:
    """(home, away) of every regular game, 1,230 in all: 82 for each team, 41 of them at home."""
    east = [range(first, first + 5) for first in (0, 5, 10)]
    west = [range(first, first + 5) for first in (15, 20, 25)]
    games = [*_conference(east), *_conference(west)]
    for one, other in product(range(15), range(15, 30)):
        games += [(one, other), (other, one)]
    return np.array(games, dtype=np.int64)


def _conference(divisions: list[range]) -> Iterator[tuple[int, int]]:
    """Four games against each of the division; four, or three, against the rest of the
    conference."""
    for division in divisions:
        for one, other in combinations(division, 2):
            yield from [(one, other), (one, other), (other, one), (other, one)]
    for first, second in combinations(divisions, 2):
        for place, shift in product(range(5), range(5)):
            one, other = first[place], second[(place + shift) % 5]
            # Pairs at shift 0 and 1 meet three times: two of the games are once here, once there.
            yield from [(one, other)] * (1 if shift == 1 else 2)
            yield from [(other, one)] * (1 if shift == 0 else 2)


class Board:
    """The days of a season and which team plays on which of them.

    `busy` has a row per team and a column per calendar day (`MARGIN` more on both sides); only
    `open_days` take games.
    """

    def __init__(self, days: Days, rng: Rng) -> None:
        self.first = days[0]
        self.open_days = (days - self.first).astype(np.int64) + MARGIN
        self.busy = np.zeros(
            (len(TEAMS), self.open_days[-1] + MARGIN + 1), dtype=np.int64
        )
        self.target = _target(days, rng)
        self.load = np.zeros(self.busy.shape[1])
        self.rng = rng

    def block(self, team: int, day: np.datetime64) -> None:
        """Keep a team free on that day, for it plays elsewhere, and on the days around it."""
        at = int((day - self.first).astype(np.int64)) + MARGIN
        self.busy[team, at - 1 : at + 2] = 1

    def move(self, home: int, away: int, at: int, games: int) -> None:
        """Put a game on a day (`games` = 1) or take it away (−1)."""
        self.busy[[home, away], at] += games
        self.load[at] += games

    def cost(self, home: int, away: int) -> Floats:
        """How badly each open day suits the two teams: clashes, three in a row, tired legs, full
        days."""
        days = self.open_days + np.arange(-MARGIN, MARGIN + 1)[:, None]
        both = self.busy[[home, away]][:, days]
        b3, b2, b1, today, a1, a2, a3 = both.transpose(1, 0, 2)
        in_a_row = b2 * b1 + b1 * a1 + a1 * a2
        next_to = b1 + a1
        near = b2 + a2 + b3 + a3
        legs = THIRD_IN_A_ROW * in_a_row + 2.2 * next_to + near
        clashes = FORBIDDEN * today + legs
        games = self.load[self.open_days] + 1
        full = 8 * games / self.target
        noise = 1.5 * self.rng.random(len(full))
        return np.asarray(clashes.sum(axis=0) + full + noise)

    def day_of(self, at: Ints) -> Days:
        """The calendar days of columns of `busy`."""
        return np.asarray(self.first + (at - MARGIN).astype("timedelta64[D]"))


def _target(days: Days, rng: Rng) -> Floats:
    """Games that each day should have: by weekday, few on opening night, many on the last."""
    usual = GAMES_BY_WEEKDAY[_weekday(days)]
    games = usual * rng.uniform(0.85, 1.15, len(days))
    games[0] = OPENING_NIGHT
    games[-1] = LAST_DAY
    scale = 41 * len(TEAMS) / games.sum()
    target: Floats = np.minimum(games * scale, MOST)
    return target


def _place(board: Board, pairs: Ints) -> Ints:
    """A column of the board for every (home, away) pair; meetings of the same two are kept
    apart."""
    at = np.full(len(pairs), -1)
    rivals = np.sort(pairs, axis=1) @ np.array([len(TEAMS), 1])
    same = {rival: np.flatnonzero(rivals == rival) for rival in np.unique(rivals)}
    sweeps = [board.rng.permutation(len(pairs)) for _ in range(1 + SWEEPS)]
    for game in np.concatenate(sweeps):
        home, away = pairs[game]
        if at[game] >= 0:
            board.move(home, away, at[game], -1)
            at[game] = -1
        meetings = at[same[rivals[game]]]
        meetings = meetings[meetings >= 0]
        gap = np.abs(board.open_days[:, None] - meetings)
        soon = 6 * np.maximum(0, 1 - gap / 12).sum(axis=1)
        cost = board.cost(home, away) + soon
        at[game] = board.open_days[np.argmin(cost)]
        board.move(home, away, at[game], 1)
    return at


def _numbers(at: Ints, board: Board, season: int) -> Ints:
    """1 to 1,230 by day, but the highest for some games of early December."""
    december = np.searchsorted(board.day_of(at), np.datetime64(f"{season}-12-05"))
    late = np.zeros(len(at), dtype=bool)
    late[december : december + LATE_IDS] = True
    numbers = np.empty(len(at), dtype=np.int64)
    numbers[np.argsort(late, kind="stable")] = np.arange(1, len(at) + 1)
    return numbers


def _postpone(rng: Rng, board: Board, pairs: Ints, at: Ints) -> Ints:
    """Move some games to later days, in `at` and on the board, and return which."""
    moved: list[int] = []
    for game in rng.permutation(len(pairs)):
        if len(moved) == POSTPONED:
            break
        home, away = pairs[game]
        later = _later_days(board, home, away, at[game])
        if len(later) and board.load[at[game]] > 1:
            board.move(home, away, at[game], -1)
            at[game] = rng.choice(later[:5])
            board.move(home, away, at[game], 1)
            moved.append(int(game))
    return np.array(moved, dtype=np.int64)


def _later_days(board: Board, home: int, away: int, at: int) -> Ints:
    """Columns at least a week after `at` where both teams could make up for a game, best first."""
    cost = board.cost(home, away)
    days: Ints = board.open_days
    later = days >= at + 7
    rested = cost < THIRD_IN_A_ROW
    in_use = board.load[days] > 0
    fits = np.flatnonzero(later & rested & in_use)
    best: Ints = days[fits[np.argsort(cost[fits])]]
    return best
