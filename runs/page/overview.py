"""Gather what the page's overview shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from planning.calendar import Calendar
from planning.cells import Outcome
from planning.coverage import Coverage
from planning.decisions import Planner
from planning.eta import Finished
from reports.page.nulls import MonthOfTable
from reports.page.overview import LastRun, OverviewFacts
from reports.page.raw import RawFacts
from reports.page.runs import RunsFacts
from reports.page.use import UseFacts
from reports.report import Report


def collect_overview(
    report: Report,
    planner: Planner,
    batches: Sequence[Finished],
    runs: RunsFacts,
    nulls: Sequence[MonthOfTable] | None = (),
) -> OverviewFacts:
    """The overview from a report on the whole warehouse, its batches and its runs, the latest
    first; `nulls` of its raw columns by month, where they were counted."""
    last = last_run(batches)
    last_id = last.run_id if last else ""
    return OverviewFacts(
        report=report,
        final_until=_final_until(planner.calendar),
        use=collect_use(report, planner),
        last_run=last,
        computed=next((run for run in runs.runs if run.run_id == last_id), None),
        latest=runs.runs[0] if runs.runs else None,
        raw=collect_raw(planner),
        nulls=nulls,
    )


def collect_use(report: Report, planner: Planner) -> UseFacts:
    """Through which date each table is done and whole, and what was attempted since its gate was
    judged."""
    holes: dict[str, date] = {}
    for part in report.coverage:
        for day in map(date.fromisoformat, part.reasons):
            holes[part.table] = min(day, holes.get(part.table, day))
    return UseFacts(
        done_until=_done_until(planner, {}),
        whole_until=_done_until(planner, holes),
        newer={part.table: _newer(report, planner, part) for part in report.coverage},
    )


def _newer(report: Report, planner: Planner, part: Coverage) -> int:
    """Cells of a table that were attempted after its gate was judged."""
    verdict = report.verdicts.get(part.phase)
    if verdict is None or planner.freshness.book is None:
        return 0
    records = planner.freshness.book.records.get(part.table, {})
    at = verdict.made.decided_at
    return sum(record.last.finished_at > at for record in records.values())


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


def _done_until(planner: Planner, before: Mapping[str, date]) -> dict[str, date]:
    """Table -> its last date that is done, `before` a date where one is given; tables without one
    are left out."""
    found: dict[str, date] = {}
    latest_first = sorted(planner.calendar.days, reverse=True)
    for table in planner.catalog.ordered():
        end = before.get(table, date.max)
        for day in latest_first:
            if day < end and planner.find(table, day).outcome is Outcome.DONE:
                found[table] = day
                break
    return found
