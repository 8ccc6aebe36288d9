"""Gather everything that the page shows, from a warehouse as it is now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from core.version import code_version
from planning.selection import Selection, without_game_days
from reports.page.features import FeaturesFacts
from reports.page.frame import PageFacts
from reports.report import Report
from runs.estimate import past_batches
from runs.page.calendar import collect_calendar
from runs.page.catalog import collect_catalog
from runs.page.feature_statements import TABLE
from runs.page.features import collect_features
from runs.page.gates import collect_gates
from runs.page.overview import collect_overview
from runs.page.raw_columns import collect_nulls
from runs.page.runs import collect_runs
from runs.report import final_report
from runs.survey import survey
from warehouse.protocol import Warehouse


def collect_page(
    warehouse: Warehouse, report: Report | None = None, with_features: bool = True
) -> PageFacts:
    """The facts of every section; of a warehouse without a schedule the catalog alone.

    `report`: one on the whole warehouse, where it was just made. `with_features`: read the feature
    store and the raw columns, which BigQuery bills.
    """
    planner = survey(warehouse)
    days = tuple(planner.calendar.days)
    page = PageFacts(
        warehouse=warehouse.url,
        made_at=datetime.now(UTC),
        code_version=code_version(),
        features=FeaturesFacts(TABLE, ()),
        catalog=collect_catalog(warehouse.catalog),
    )
    if not planner.calendar:
        return replace(page, lacking=without_game_days(planner.calendar))
    report = report or final_report(warehouse, Selection())
    batches = past_batches(warehouse)
    runs = collect_runs(warehouse)
    nulls = collect_nulls(warehouse, days) if with_features else None
    overview = collect_overview(report, planner, batches, runs, nulls)
    played = [day.season for day in planner.calendar.days.values() if day.final_games]
    return replace(
        page,
        overview=overview,
        calendar=collect_calendar(planner, overview.raw),
        gates=collect_gates(warehouse, warehouse.catalog.phase_names),
        runs=runs,
        features=collect_features(warehouse, days, played) if with_features else None,
    )
