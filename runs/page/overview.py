"""Gather what the page's overview shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from planning.calendar import Calendar
from planning.cells import Outcome
from planning.decisions import Planner
from planning.eta import Finished
from reports.page.overview import LastRun, OverviewFacts
from reports.page.raw import RawFacts
from reports.page.runs import RunsFacts
from reports.report import Report


def collect_overview(
    report: Report, planner: Planner, batches: Sequence[Finished], runs: RunsFacts
) -> OverviewFacts:
    """The overview from a report on the whole warehouse, its batches and its runs, the latest
    first."""
    return OverviewFacts(
        report=report,
        final_until=_final_until(planner.calendar),
        done_until=_done_until(planner),
        last_run=last_run(batches),
        latest=runs.runs[0] if runs.runs else None,
        raw=collect_raw(planner),
    )


def collect_raw(planner: Planner) -> RawFacts:
    """The rows of every dated raw table by season and date, by what the ledger says that it
    holds."""
    final_games: Counter[int] = Counter()
    covered_games: dict[int, dict[date, int]] = {}
    for day, game_day in planner.calendar.days.items():
        final_games[game_day.season] += game_day.final_games
        of_season = covered_games.setdefault(game_day.season, {})
        of_season[day] = game_day.covered_final_games
    rows: dict[str, Counter[int]] = {}
    rows_by_date: dict[str, dict[date, int]] = {}
    for table, contract in planner.catalog.raw.items():
        if contract.date_column:
            rows_by_date[table] = _rows_by_date(planner, table)
            rows[table] = _rows_by_season(planner, rows_by_date[table])
    return RawFacts(final_games, rows, covered_games, rows_by_date)


def _rows_by_date(planner: Planner, table: str) -> dict[date, int]:
    records = planner.freshness.book.records.get(table, {})
    return {day: record.content.rows for day, record in records.items() if day}


def _rows_by_season(planner: Planner, rows: Mapping[date, int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for day, count in rows.items():
        season = planner.calendar.season_of(day)
        if season is not None:
            found[season] += count
    return found


def last_run(batches: Sequence[Finished]) -> LastRun | None:
    """The run of the batch that was published last; None where none was."""
    if not batches:
        return None
    run_id = batches[0].run_id
    among = [batch for batch in batches if batch.run_id == run_id]
    return LastRun(
        run_id=run_id,
        started_at=min(batch.started_at for batch in among),
        finished_at=max(batch.finished_at for batch in among),
        tables=len({batch.table for batch in among}),
        rows=sum(batch.rows for batch in among),
    )


def _final_until(calendar: Calendar) -> date | None:
    for day in sorted(calendar.days, reverse=True):
        if calendar.days[day].final_games:
            return day
    return None


def _done_until(planner: Planner) -> dict[str, date]:
    """Table -> its last date that is done; tables without one are left out."""
    found: dict[str, date] = {}
    latest_first = sorted(planner.calendar.days, reverse=True)
    for table in planner.catalog.ordered():
        for day in latest_first:
            if planner.find(table, day).outcome is Outcome.DONE:
                found[table] = day
                break
    return found
