"""Gather what the page's overview shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from planning.calendar import Calendar
from planning.cells import Outcome
from planning.decisions import Planner
from planning.eta import Finished
from reports.page.overview import LastRun, OverviewFacts
from reports.report import Report


def collect_overview(
    report: Report, planner: Planner, batches: Sequence[Finished]
) -> OverviewFacts:
    """The overview from a report on the whole warehouse and its batches, the latest first."""
    return OverviewFacts(
        report=report,
        final_until=_final_until(planner.calendar),
        done_until=_done_until(planner),
        last_run=last_run(batches),
    )


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
