"""Gather the page's calendar: how every cell of every table stands, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from planning.cells import Outcome
from planning.decisions import Decision, Planner
from planning.ledger import Record
from planning.standing import because_of
from reports.page.calendar import (
    FRESH,
    HOLDS_ROWS,
    Attempt,
    Because,
    CalendarFacts,
    CellFacts,
    DayFacts,
    TableCells,
)
from reports.page.raw import RawFacts, lacks_by_date


def collect_calendar(planner: Planner, raw: RawFacts | None = None) -> CalendarFacts:
    """Every table on every date of the schedule, and on dates off it that hold rows; `raw`: what
    the raw tables hold, and lack."""
    lacks = lacks_by_date(raw or RawFacts())
    tables = planner.catalog.ordered()
    off: set[date] = set()
    for table in tables:
        off.update(planner.strays(table))
    dates = sorted({*planner.calendar.days, *off})
    return CalendarFacts(
        days=[_day(planner, day, lacks.get(day, ())) for day in dates],
        tables=[_table(planner, table, dates) for table in tables],
    )


def _day(planner: Planner, day: date, lacks: tuple[str, ...]) -> DayFacts:
    game_day = planner.calendar.days.get(day)
    if game_day is None:
        season = planner.calendar.season_of(day)
        return DayFacts(day, day.year if season is None else season, 0, 0)
    games = game_day.games, game_day.final_games
    return DayFacts(day, game_day.season, *games, lacks)


def _table(planner: Planner, table: str, dates: Sequence[date]) -> TableCells:
    decision = planner.decide(table, dates)
    records = planner.freshness.book.records.get(table, {})
    cells: list[CellFacts] = []
    for day in dates:
        stands, because = _standing(planner, decision, day)
        state = planner.state(table, day)
        attempt = _attempt(records.get(day))
        cells.append(CellFacts(stands, because, state.present, state.expected, attempt))
    return TableCells(table, planner.catalog[table].phase, cells)


def _standing(planner: Planner, decision: Decision, day: date) -> tuple[str, Because]:
    """How a cell stands, as the calendar calls it, and why."""
    if reason := decision.compute.get(day):
        return reason.cause.value, reason
    outcome = decision.settled[day]
    if outcome is Outcome.DONE:
        return outcome.value, FRESH
    because = because_of(planner, decision.table, day)
    if outcome.is_skip and day in decision.clear:
        return HOLDS_ROWS, because
    return outcome.value, because


def _attempt(record: Record | None) -> Attempt | None:
    if record is None:
        return None
    last = record.last
    return Attempt(last.attempt, last.finished_at, last.run_id)
