"""The calendar of the league as the schedule tells it:
game days, seasons, bootstrap, date statuses.

Every count of dates (game dates, bootstrap, processable) comes from here; nobody types one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

ONE_DAY = timedelta(days=1)
ELIGIBLE_TYPES = ("2", "4", "5", "6")
"""Types of games that count, the third digit of their ids: regular season, play-offs, play-in, cup
final. Preseason (1) and all-star games (3) do not."""


@dataclass(frozen=True, slots=True)
class GameDay:
    """One date with eligible games on the schedule, called-off ones included.

    A game is called off when it is postponed, cancelled or dropped by a newer schedule; open when
    it is neither final nor called off; overdue when it is still open although games of two days
    later are final. `first_regular_game` is the smallest id of the date's regular games, called-off
    ones aside. `games` counts those not called off; `games_without_*` name final games whose
    required box score is not there, `games_with_one_team_row` those of them with the row of one of
    the two teams; `first_open_date` and `first_overdue_date` are those of the season's first such
    game.
    """

    game_date: date
    season: int
    season_start: date
    first_regular_date: date | None
    first_open_date: date | None
    first_overdue_date: date | None
    games: int
    final_games: int
    covered_games: int
    covered_final_games: int
    first_regular_game: str = ""
    called_off_games: tuple[str, ...] = ()
    open_games: tuple[str, ...] = ()
    overdue_games: tuple[str, ...] = ()
    games_without_team_box: tuple[str, ...] = ()
    games_with_one_team_row: tuple[str, ...] = ()
    games_without_player_box: tuple[str, ...] = ()

    def in_bootstrap(self, days: int) -> bool:
        """Whether the date is one of the first `days` days of its regular season."""
        began = self.first_regular_date or self.season_start
        return (self.game_date - began).days < days

    @property
    def all_final(self) -> bool:
        """Whether every eligible game that is not called off is final."""
        return self.final_games == self.games

    @property
    def open_before(self) -> bool:
        """Whether an earlier game of the season is neither final nor called off."""
        return (
            self.first_open_date is not None and self.first_open_date < self.game_date
        )

    @property
    def overdue_before(self) -> bool:
        """Whether an earlier game of the season is overdue."""
        return (
            self.first_overdue_date is not None
            and self.first_overdue_date < self.game_date
        )


@dataclass(frozen=True)
class Calendar:
    """The game days of a schedule, by date in order.

    `uncounted_games`: games of a schedule without any game day, since none of them counts.
    """

    days: Mapping[date, GameDay]
    uncounted_games: int = 0

    @classmethod
    def of(cls, days: Iterable[GameDay], uncounted_games: int = 0) -> Calendar:
        """A calendar of these days, ordered by date."""
        in_order = sorted(days, key=lambda day: day.game_date)
        by_date = {day.game_date: day for day in in_order}
        return cls(by_date, uncounted_games)

    def __bool__(self) -> bool:
        return bool(self.days)

    @property
    def first(self) -> date:
        """The schedule's first date with an eligible game."""
        return next(iter(self.days))

    @property
    def last(self) -> date:
        """The schedule's last date with an eligible game."""
        return max(self.days)

    def between(self, start: date, end: date) -> tuple[date, ...]:
        """The dates on the schedule from start to end, both included."""
        return tuple(d for d in self.days if start <= d <= end)

    def season_of(self, day: date) -> int | None:
        """The season that had begun last on that date; None before the first."""
        starts = list(self._seasons)
        begun = bisect_right(starts, day)
        return self._seasons[starts[begun - 1]] if begun else None

    def overdue_games(self, day: GameDay) -> tuple[str, ...]:
        """The overdue games of the first date of the day's season that has one."""
        first = (
            self.days.get(day.first_overdue_date) if day.first_overdue_date else None
        )
        return first.overdue_games if first else ()

    @cached_property
    def _seasons(self) -> dict[date, int]:
        """First date of a season -> season, in order."""
        return {day.season_start: day.season for day in self.days.values()}


def date_statuses(
    calendar: Calendar, start: date, end: date, bootstrap_days: int
) -> Iterator[dict[str, Any]]:
    """Every calendar date of the range with its status, season and numbers of games."""
    season: int | None = calendar.season_of(start)
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        day = date.fromordinal(ordinal)
        game_day = calendar.days.get(day)
        if game_day:
            season = game_day.season
        status = _status(game_day, bootstrap_days)
        yield {
            "date": day.isoformat(),
            "season": season,
            "status": status,
            **_numbers(game_day),
        }


def _numbers(day: GameDay | None) -> dict[str, int]:
    """The numbers of games of a date: all, covered, called off."""
    if day is None:
        return {"games": 0, "covered_games": 0, "called_off_games": 0}
    return {
        "games": day.games,
        "covered_games": day.covered_games,
        "called_off_games": len(day.called_off_games),
    }


def _status(day: GameDay | None, bootstrap_days: int) -> str:
    if day is None or not day.games:
        return "called_off" if day and day.called_off_games else "no_games"
    return _status_of_game_date(day, bootstrap_days)


def _status_of_game_date(day: GameDay, bootstrap_days: int) -> str:
    if day.overdue_games or day.overdue_before:
        return "held_by_open_game"
    if not day.all_final or day.open_before:
        return "not_final"
    return "bootstrap" if day.in_bootstrap(bootstrap_days) else "processable"


COUNTED_STATUSES = ("bootstrap", "processable", "not_final", "held_by_open_game")


def season_counts(
    calendar: Calendar, start: date, end: date, bootstrap_days: int
) -> list[dict[str, Any]]:
    """Per season inside the range: calendar days from its first
    to its last game, game dates, and so on."""
    statuses = list(date_statuses(calendar, start, end, bootstrap_days))
    seasons = _seasons_with_games(statuses)
    return [_counts_of_season(season, statuses) for season in seasons]


def _seasons_with_games(statuses: Iterable[Mapping[str, Any]]) -> list[int]:
    return sorted({status["season"] for status in statuses if status["games"]})


def _counts_of_season(season: int, statuses: list[dict[str, Any]]) -> dict[str, Any]:
    """The counts of one season with games, from the statuses of its dates and of others."""
    dates = [status for status in statuses if status["season"] == season]
    with_games = [status for status in dates if status["games"]]
    counted = dict.fromkeys(COUNTED_STATUSES, 0)
    covered = 0
    for status in with_games:
        covered += status["covered_games"] > 0
        if status["status"] in counted:
            counted[status["status"]] += 1
    first, last = with_games[0]["date"], with_games[-1]["date"]
    days = date.fromisoformat(last) - date.fromisoformat(first)
    return {
        "season": season,
        "first_game_date": first,
        "last_game_date": last,
        "calendar_days": days.days + 1,
        "game_dates": len(with_games),
        **counted,
        "covered_dates": covered,
        "games": _sum_of(with_games, "games"),
        "covered_games": _sum_of(with_games, "covered_games"),
        "called_off_games": _sum_of(dates, "called_off_games"),
    }


def _sum_of(statuses: list[dict[str, Any]], number: str) -> int:
    return sum(status[number] for status in statuses)
