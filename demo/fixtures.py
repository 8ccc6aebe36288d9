"""Games as they stand in a schedule: id, day, teams, tip-off; nothing of how they ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from demo.arrays import Bools, Days, Ints, Moments, Rng, Texts
from demo.teams import HOURS_BEHIND_EASTERN

PRESEASON, REGULAR, ALL_STAR, PLAYOFFS, PLAY_IN, CUP = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True)
class Fixtures:
    """Games, one row each; `home` and `away` are indices of CLUBS, `kind` is the game type."""

    game_id: Texts
    kind: Ints
    day: Days
    tip_off: Moments
    home: Ints
    away: Ints
    neutral: Bools

    def __len__(self) -> int:
        return len(self.game_id)

    def take(self, rows: Ints) -> Fixtures:
        """These games, in this order."""
        return Fixtures(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    @staticmethod
    def joined(parts: Sequence[Fixtures]) -> Fixtures:
        """All games of the parts, in order."""
        names = [f.name for f in fields(Fixtures)]
        return Fixtures(**{n: np.concatenate([getattr(p, n) for p in parts]) for n in names})


def game_ids(season: int, kind: int, numbers: Ints) -> Texts:
    """The league's ten characters: 00, game type, two digits of the season, five of the number."""
    return np.array([f"00{kind}{season % 100:02d}{number:05d}" for number in numbers.tolist()])


def fixtures(
    rng: Rng, season: int, kind: int, numbers: Ints, games: tuple[Days, Ints, Ints]
) -> Fixtures:
    """Games of one type on their (days, home teams, away teams), with tip-offs drawn for them."""
    day, home, away = games
    return Fixtures(
        game_id=game_ids(season, kind, numbers),
        kind=np.full(len(day), kind, dtype=np.int64),
        day=day,
        tip_off=_tip_off(rng, day, home),
        home=home,
        away=away,
        neutral=np.full(len(day), kind == CUP),
    )


def _tip_off(rng: Rng, day: Days, home: Ints) -> Moments:
    """An evening hour where the home team lives, at times an afternoon at the weekend; UTC."""
    weekend = np.isin((day.astype(np.int64) + 3) % 7, (5, 6))
    local = rng.choice([19.0, 19.5, 20.0], size=len(day), p=[0.6, 0.25, 0.15])
    local = np.where(weekend & (rng.random(len(day)) < 0.25), 15.5, local)
    eastern = np.minimum(local + HOURS_BEHIND_EASTERN[home], 22.5)
    minutes = np.rint(60 * (eastern + _hours_to_utc(day))).astype("timedelta64[m]")
    return np.asarray((day.astype("datetime64[m]") + minutes).astype("datetime64[s]"))


def _hours_to_utc(day: Days) -> Ints:
    """US Eastern: 4 hours behind UTC from March's second
    to November's first Sunday, otherwise 5."""
    january: Days = day.astype("datetime64[Y]").astype("datetime64[M]")
    march, november = january + np.timedelta64(2, "M"), january + np.timedelta64(10, "M")
    summer = (day >= _first_sunday(march) + 7) & (day < _first_sunday(november))
    return np.where(summer, 4, 5)


def _first_sunday(month: Days) -> Days:
    first = month.astype("datetime64[D]")
    return np.asarray(first + (6 - (first.astype(np.int64) + 3) % 7).astype("timedelta64[D]"))
