"""The tables of bookkeeping: one declaration, as files and projects have held them since."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime
from typing import Any

from planning.cells import CellBreach, Outcome
from planning.ledger import Content, Entry
from tests.loop import open_warehouse, rows
from warehouse import bookkeeping
from warehouse.auditing import breach_of, evidence_rows, find_breaches
from warehouse.bigquery.schema import column_types
from warehouse.duckdb.texts import translated, translated_with_times
from warehouse.ledger import Once, entry_of, entry_row

TIME = "TIMESTAMP WITH TIME ZONE"
ON_DUCKDB = {
    "ledger": (
        "table_name VARCHAR, cell_date DATE, outcome VARCHAR, row_count BIGINT, expected BIGINT, "
        "input_fingerprint VARCHAR, code_fingerprint VARCHAR, output_fingerprint VARCHAR, "
        f"digest VARCHAR, changed_at {TIME}, run_id VARCHAR, attempt BIGINT, started_at {TIME}, "
        f"finished_at {TIME}, bytes BIGINT, code_version VARCHAR, error_class VARCHAR, "
        "error_message VARCHAR"
    ),
    "rejects": (
        "file VARCHAR, row BIGINT, raw_table VARCHAR, game_id VARCHAR, column_name VARCHAR, "
        "reason VARCHAR, value VARCHAR"
    ),
    "quarantine": (
        "table_name VARCHAR, cell_date DATE, check_name VARCHAR, breaking BIGINT, keys JSON, "
        "run_id VARCHAR"
    ),
    "waivers": (
        f"game_id VARCHAR, raw_table VARCHAR, reason VARCHAR, declared BOOLEAN, waived_at {TIME}"
    ),
    "verdicts": (
        f"verdict_id VARCHAR, phase VARCHAR, decided_at {TIME}, decision VARCHAR, body JSON, "
        "run_id VARCHAR, stage VARCHAR"
    ),
    "overrides": (
        f"verdict_id VARCHAR, phase VARCHAR, decided_at {TIME}, reason VARCHAR, decided_by VARCHAR"
    ),
    "points_predictions": (
        "game_date DATE, player_id BIGINT, model_id VARCHAR, points DOUBLE, mean_points DOUBLE, "
        "low DOUBLE, high DOUBLE, naive VARCHAR, naive_points DOUBLE, features VARCHAR, "
        f"code_version VARCHAR, predicted_at {TIME}"
    ),
    "runs": (
        f"run_id VARCHAR, selection VARCHAR, ended_at {TIME}, seconds DOUBLE, "
        "estimate_low DOUBLE, estimate_high DOUBLE, estimate_batches BIGINT, "
        "cells_planned BIGINT, rows_planned BIGINT, cells_computed BIGINT, rows_computed BIGINT, "
        f"began_at {TIME}, ending VARCHAR, asked VARCHAR"
    ),
}
DAY, AT = date(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def test_a_files_bookkeeping_has_the_columns_that_older_files_have() -> None:
    """Another type would refuse every file that there is, another column would amend it."""
    warehouse = open_warehouse()
    for table in bookkeeping.TABLES:
        described = rows(warehouse, f"DESCRIBE {table.path}")
        held = [f"{row['column_name']} {row['column_type']}" for row in described]
        assert ", ".join(held) == ON_DUCKDB[table.name]
    warehouse.close()


def test_json_is_a_text_on_bigquery_and_the_quarantine_says_when() -> None:
    assert column_types(bookkeeping.VERDICTS)["body"] == "STRING"
    assert column_types(bookkeeping.QUARANTINE)["kept_at"] == "TIMESTAMP"
    kinds = {
        kind for table in bookkeeping.TABLES for kind in column_types(table).values()
    }
    assert kinds == {"STRING", "DATE", "INT64", "FLOAT64", "TIMESTAMP", "BOOL"}


def test_clustering_names_columns_that_are_there() -> None:
    for table in bookkeeping.TABLES:
        names = {column.name for column in table.columns}
        assert table.clustered_by
        assert set(table.clustered_by) <= names, table.name


def test_an_entry_is_its_row_and_back() -> None:
    content = Content(3, "a:3")
    entry = Entry(
        "t", DAY, Outcome.DONE, content, 4, "i", "c", "d", AT, "r", 5, AT, AT, 6, "v"
    )
    row = entry_row(entry)
    assert row.keys() == {column.name for column in bookkeeping.LEDGER.columns}
    assert entry_of(row, Once()) == entry


def test_what_the_entries_of_a_batch_share_is_held_once() -> None:
    """A ledger of thirty seasons has sixty thousand cells, each with its times, run and code."""
    entry = Entry(
        "table",
        DAY,
        Outcome.DONE,
        Content(3, "a:3"),
        inputs="inputs",
        code="c" * 32,
        digest="a:3",
        changed_at=AT,
        run_id="r" * 36,
        started_at=AT,
        finished_at=AT,
        code_version="version",
    )
    once = Once()
    one, other = (entry_of(copied(entry_row(entry)), once) for _ in range(2))
    assert one == other == entry
    for name in ("table", "day", "code", "changed_at", "run_id", "code_version"):
        assert getattr(one, name) is getattr(other, name), name
    assert one.digest is one.content.fingerprint


def copied(row: dict[str, Any]) -> dict[str, Any]:
    """The row as it comes from a database, each value an object of its own."""
    found: dict[str, Any] = pickle.loads(pickle.dumps(row))
    return found


def test_breaches_come_by_date_with_their_keys_in_order() -> None:
    counts = {DAY: {"missing_keys": 2, "orphans": 0}, date(2024, 1, 1): {"orphans": 1}}
    keys = [
        {"as_of": DAY, "check_name": "missing_keys", "breaking_key": key}
        for key in ("b", "a")
    ]
    found = find_breaches(counts, lambda _: keys)
    assert list(found) == [date(2024, 1, 1), DAY]
    assert found[DAY] == (CellBreach("missing_keys", 2, ("a", "b")),)
    assert found[date(2024, 1, 1)] == (CellBreach("orphans", 1),)
    (row,) = evidence_rows("t", {DAY: found[DAY]}, "r", AT)
    assert breach_of(row) == found[DAY][0]


def test_a_list_of_values_is_joined_with_and_not_searched_row_by_row() -> None:
    text = translated(
        "DELETE FROM t WHERE day IN UNNEST(@days) AND NOT day IN UNNEST(@others)"
    )
    assert ("UNNEST($days)" in text, "UNNEST($others)" in text) == (True, True)
    assert "ARRAY_CONTAINS" not in text


def test_times_are_fetched_as_microseconds() -> None:
    text, times = translated_with_times(
        "SELECT run_id, MAX(finished_at) AS finished_at FROM t"
    )
    assert times == ("finished_at",)
    assert "EPOCH_US(MAX(finished_at)) AS finished_at" in text
