"""The backfill of a month on a real project is DuckDB's,
value by value, and a second one does nothing."""

from __future__ import annotations

import pytest

from processors.discovery import load
from tests.live.month import A_MONTH
from tests.live.project import opened
from tests.loop import backfill
from tests.warehouse.bigquery.looking import on_duckdb, rows_on, unlike
from warehouse.bigquery.warehouse import A_SEASON, BigQueryWarehouse
from warehouse.duckdb import DuckDBWarehouse

CATALOG = load()


@pytest.mark.parametrize("table", [*CATALOG.raw, *CATALOG.ordered()])
def test_every_table_holds_value_by_value_what_duckdb_computes(
    table: str, computed: BigQueryWarehouse, computed_on_duckdb: DuckDBWarehouse
) -> None:
    """The stand-in runs BigQuery's SQL translated for DuckDB; here BigQuery itself reads it."""
    expected = on_duckdb(computed_on_duckdb, table)
    assert expected
    assert unlike(rows_on(computed, table), expected) == []


def test_the_planner_sees_the_same_calendar_and_states_on_both(
    computed: BigQueryWarehouse, computed_on_duckdb: DuckDBWarehouse
) -> None:
    """The stand-in counts keys and games by DuckDB's joins, aggregates and NULLs."""
    here, there = (
        sorted(w.game_days(), key=lambda d: d.game_date)
        for w in (computed, computed_on_duckdb)
    )
    assert here == there
    for table in CATALOG.ordered():
        assert computed.cell_states(table) == computed_on_duckdb.cell_states(table), (
            table
        )


def test_a_second_backfill_by_another_process_does_nothing(
    computed: BigQueryWarehouse,
) -> None:
    """The stand-in hashes rows by DuckDB; a fingerprint
    that is another each time would compute for ever.

    It also tells schemas back as it was given them: BigQuery's own spelling must be no difference.
    """
    with opened(computed.url) as anew:
        anew.ensure_tables()
        assert backfill(anew, A_MONTH, A_SEASON, run_id="second") == []
