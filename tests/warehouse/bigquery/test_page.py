"""The page of a warehouse on BigQuery's stand-in: it shows what that of DuckDB shows."""

from __future__ import annotations

from collections.abc import Iterator

from reports.page.frame import PageFacts, page_html
from runs.page.page import collect_page
from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from warehouse.duckdb import DuckDBWarehouse


def cells(page: PageFacts) -> Iterator[tuple[object, ...]]:
    """How every cell stands, and its rows."""
    assert page.calendar is not None
    for part in page.calendar.tables:
        for cell in part.cells:
            yield part.table, cell.stands, cell.because, cell.rows, cell.expected


def test_the_calendar_is_that_of_duckdb(
    computed_stand_in: StandIn, computed_on_duckdb: DuckDBWarehouse
) -> None:
    page = collect_page(warehouse_on(computed_stand_in))
    expected = collect_page(computed_on_duckdb)
    assert list(cells(page)) == list(cells(expected))
    assert page.overview is not None
    assert page.overview.last_run is not None
    assert page.overview.last_run.run_id == "first"
    assert page.warehouse in page_html(page)
