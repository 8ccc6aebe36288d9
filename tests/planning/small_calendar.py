"""Game days with defaults, and a planner on a calendar where every table holds what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from planning.calendar import Calendar, GameDay
from planning.cells import CellState
from planning.decisions import Planner
from processors.discovery import load

START = date(2024, 10, 22)
Cells = Mapping[tuple[str, date], CellState]
HOLDS, LACKS, NOTHING = CellState(2, 2), CellState(2, 1, 1), CellState(0, 0)


def game_day(day: date, start: date = START, **changes: Any) -> GameDay:
    """Two covered final games on a date of the season that began on `start`."""
    facts: dict[str, Any] = {
        "season": start.year,
        "season_start": start,
        "first_regular_date": start,
    }
    facts |= {
        "games": 2,
        "final_games": 2,
        "covered_games": 2,
        "covered_final_games": 2,
    }
    facts |= {"first_open_date": None, "first_overdue_date": None}
    return GameDay(game_date=day, **facts | changes)


def planner(days: Iterable[GameDay], states: Cells | None = None) -> Planner:
    """A planner where every cell holds what it should, but for the states given."""
    catalog, calendar = load(), Calendar.of(days)
    cells: dict[str, dict[date, CellState]] = {
        t: dict.fromkeys(calendar.days, HOLDS) for t in catalog.ordered()
    }
    for (table, day), state in (states or {}).items():
        cells[table][day] = state
    return Planner(catalog, calendar, cells)
