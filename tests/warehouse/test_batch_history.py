"""The ledger as a history of batches: what was published together,
how many rows, how long it took."""

from __future__ import annotations

from tests.loop import open_warehouse, planned
from tests.warehouse.planting import BAD, CONTEXT, NEXT, PLAYER, Planted, batch
from warehouse.duckdb import DuckDBWarehouse


def test_a_batch_is_remembered_with_its_rows_and_its_time(
    league_warehouse: DuckDBWarehouse,
) -> None:
    league_warehouse.materialize(batch(CONTEXT), "run 7")
    latest = league_warehouse.batch_history(1)[0]
    entries = [league_warehouse.entries(CONTEXT, day)[-1] for day in (BAD, NEXT)]
    assert (latest.table, latest.run_id) == (CONTEXT, "run 7")
    assert latest.rows == sum(entry.content.rows for entry in entries) > 0
    assert {latest.started_at} == {entry.started_at for entry in entries}
    assert latest.finished_at == max(entry.finished_at for entry in entries)
    assert 0 < latest.seconds < 60


def test_every_batch_ever_published_is_remembered_once_the_latest_first(
    league_warehouse: DuckDBWarehouse,
) -> None:
    before = league_warehouse.batch_history(1_000)
    league_warehouse.materialize(batch(PLAYER), "again")
    after = league_warehouse.batch_history(1_000)
    assert after[1:] == before
    assert {found.table for found in before} == set(
        planned(league_warehouse).catalog.ordered()
    )
    assert [b.finished_at for b in after] == sorted(
        (b.finished_at for b in after), reverse=True
    )
    assert league_warehouse.batch_history(3) == after[:3]


def test_nothing_is_remembered_of_raw_tables_and_of_a_warehouse_in_which_nothing_was_computed(
    league_warehouse: DuckDBWarehouse,
) -> None:
    """Observing a raw table takes no time to speak of, and would make every estimate too low."""
    assert any(league_warehouse.records("team_box")["team_box"])
    assert "team_box" not in {
        found.table for found in league_warehouse.batch_history(1_000)
    }
    empty = open_warehouse()
    assert empty.batch_history(10) == []
    empty.close()


def test_failed_and_quarantined_cells_are_no_finished_batch(planted: Planted) -> None:
    warehouse = planted(CONTEXT, where="FALSE")
    before = warehouse.batch_history(1_000)
    assert set(warehouse.materialize(batch(CONTEXT, BAD), "bad").quarantined) == {BAD}
    warehouse.fail(batch(CONTEXT), "bad", RuntimeError("no"))
    assert warehouse.batch_history(1_000) == before
    warehouse.materialize(batch(CONTEXT), "half")
    assert (
        warehouse.batch_history(1)[0].rows
        == warehouse.entries(CONTEXT, NEXT)[-1].content.rows
    )
