"""A retry of a run through Prefect's API goes on where the run was:
the ledger decides, receipts do not."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.errors import GateClosed, PermanentWarehouseError
from planning.batches import Batch
from planning.cells import Outcome
from tests.invariant import breaches
from tests.league import FIRST_DAY
from tests.league_files import raw_league
from warehouse.connections import open_warehouse
from warehouse.duckdb import DuckDBWarehouse

TEAM = "team_offense_game_summary"
BAD = date(2023, 11, 21)
"""Past the bootstrap, and inside the cuts of what comes after."""


@pytest.fixture
def url(prefect_server: None, tmp_path: Path) -> str:
    """The little league, nothing computed."""
    return f"duckdb:{shutil.copy(raw_league(), tmp_path / 'league.duckdb')}"


@pytest.fixture
def sick(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Dates on which the first table cannot be computed."""
    dates, well = [BAD], DuckDBWarehouse.materialize

    def materialize(self: DuckDBWarehouse, batch: Batch, run_id: str) -> Any:
        if batch.table == TEAM and set(dates) & set(batch.dates):
            raise PermanentWarehouseError(f"{batch.name}: planted")
        return well(self, batch, run_id)

    monkeypatch.setattr(DuckDBWarehouse, "materialize", materialize)
    return dates


def test_f44_a_retry_of_the_run_computes_what_failed_and_what_waited_for_it(
    url: str, sick: list[date]
) -> None:
    # Imported late, as in the other tests of flows: Prefect takes two seconds.
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow
    from prefect.states import Scheduled

    from flows.backfill import backfill

    # One season of it: half the batches, and nothing of the other is in a cut of this one's.
    parameters = {"warehouse": url, "start": FIRST_DAY}
    with get_client(sync_client=True) as client:
        created = client.create_flow_run(backfill, parameters=parameters)
        with pytest.raises(GateClosed):
            run_flow(backfill, flow_run=created, parameters=parameters)
        sick.clear()
        client.set_flow_run_state(created.id, Scheduled(), force=True)
        run_flow(
            backfill, flow_run=client.read_flow_run(created.id), parameters=parameters
        )
        ended = client.read_flow_run(created.id)
    assert ended.state is not None
    assert (ended.state.type.value, ended.run_count) == ("COMPLETED", 2)
    with open_warehouse(url) as warehouse:
        assert isinstance(warehouse, DuckDBWarehouse)
        assert breaches(warehouse) == {}
        attempts = [(e.outcome, e.run_id) for e in warehouse.entries(TEAM, BAD)]
        others = [
            len(warehouse.entries(TEAM, day))
            for day in warehouse.records(TEAM)[TEAM]
            if day != BAD
        ]
    assert attempts == [
        (Outcome.FAILED, str(created.id)),
        (Outcome.DONE, str(created.id)),
    ]
    assert set(others) == {1}
