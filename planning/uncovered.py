"""Final games that a raw table does not cover, because nothing that was loaded has rows of their
kind: what needs it skips their dates without a gap. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from planning.calendar import Calendar
from planning.scope import Scope

GamesByDate = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """How many final games of these seasons a raw table does not cover, waived ones aside.

    `gaps`: how many more it covers and lacks all the same: their dates wait for them.
    """

    raw_table: str
    games: int
    seasons: tuple[int, ...]
    gaps: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "raw_table": self.raw_table,
            "games": self.games,
            "gaps": self.gaps,
            "seasons": list(self.seasons),
        }


def uncovered(
    games: Mapping[str, GamesByDate], calendar: Calendar, days: Collection[date]
) -> Iterator[Uncovered]:
    """What each raw table does not cover on these dates; `games`: raw table -> date -> games."""
    for raw_table, by_date in games.items():
        chosen = [day for day in by_date if day in days and day in calendar.days]
        if chosen:
            seasons = {calendar.days[day].season for day in chosen}
            number = sum(by_date[day] for day in chosen)
            gaps = _gaps(raw_table, calendar, days)
            yield Uncovered(raw_table, number, tuple(sorted(seasons)), gaps)


def _gaps(raw_table: str, calendar: Calendar, days: Collection[date]) -> int:
    """The games of these dates that wait for box scores of players; none of another raw table."""
    if raw_table != "player_box":
        return 0
    known = [calendar.days[day] for day in days if day in calendar.days]
    return sum(len(day.games_without_player_box) for day in known)


def dates_to_cover(scope: Scope) -> set[date]:
    """The dates asked for of tables that leave out games without box scores of players."""
    found: set[date] = set()
    for table, days in scope.needs.targets.items():
        if scope.planner.catalog[table].contract.expected.covered_only:
            found.update(days)
    return found
