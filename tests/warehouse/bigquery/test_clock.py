"""A system's clock that was once ahead makes nothing older than what it follows, on either
engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from planning.overrides import Override
from planning.run_history import RunRecord
from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.loop import open_warehouse
from warehouse.connections import open_read_only
from warehouse.protocol import Warehouse

Opening = Callable[[], Warehouse]
AHEAD = datetime.now(UTC).replace(microsecond=7) + timedelta(days=400)
MADE = {"verdict_id": "v", "decided_at": str(AHEAD), "run_id": "r", "stage": "gate"}
VERDICT: dict[str, Any] = {"made": MADE, "phase": "team", "decision": "GO"}
OVERRIDE = Override(
    verdict_id="v", phase="team", reason="looked at by hand", decided_at=AHEAD
)
BEGUN = RunRecord("r", "all tables", None, None, began_at=AHEAD)
ENDED = RunRecord("r", "all tables", AHEAD, None, ending="Completed")


@pytest.fixture(params=["duckdb", "bigquery"])
def opening(
    request: pytest.FixtureRequest, stand_in: StandIn, tmp_path: Path
) -> Opening:
    """One warehouse, opened anew by each call."""
    if request.param == "bigquery":
        return lambda: warehouse_on(stand_in)
    return lambda: open_warehouse(path=str(tmp_path / "own.duckdb"))


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(lambda w: w.record_verdict(VERDICT), id="verdict"),
        pytest.param(lambda w: w.record_override(OVERRIDE), id="override"),
        pytest.param(lambda w: w.record_run(BEGUN), id="run that began"),
        pytest.param(lambda w: w.record_run(ENDED), id="run that ended"),
    ],
)
def test_the_clock_is_later_than_all_that_is_on_record(
    record: Callable[[Warehouse], None], opening: Opening
) -> None:
    first = opening()
    assert first.now() < AHEAD
    record(first)
    first.close()
    again = opening()
    assert AHEAD < again.now() < AHEAD + timedelta(seconds=1)
    again.close()


def test_a_file_without_the_table_of_runs_has_a_clock(tmp_path: Path) -> None:
    """A file of an earlier version, opened to read, has none."""
    path = tmp_path / "older.duckdb"
    older = open_warehouse(path=str(path))
    older.drop("runs")
    older.close()
    with open_read_only(f"duckdb:{path}") as warehouse:
        assert warehouse.now() < AHEAD
