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
    """How many final games of these seasons a raw table does not cover, waived ones aside."""

    raw_table: str
    games: int
    seasons: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "raw_table": self.raw_table,
            "games": self.games,
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
            yield Uncovered(raw_table, number, tuple(sorted(seasons)))


def dates_to_cover(scope: Scope) -> set[date]:
    """The dates asked for of tables that leave out games without box scores of players."""
    found: set[date] = set()
    for table, days in scope.needs.targets.items():
        if scope.planner.catalog[table].contract.expected.covered_only:
            found.update(days)
    return found
