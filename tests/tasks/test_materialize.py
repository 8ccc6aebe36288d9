"""How batches are handed to Prefect."""

from __future__ import annotations

from typing import Any

import pytest
from prefect.utilities.annotations import quote

from planning.batches import Batch
from runs.survey import survey
from tasks.materialize import materialize, materialize_all
from warehouse.duckdb import DuckDBWarehouse

TEAM = "team_offense_game_summary"


class Done:
    """A future that has its answer."""

    def wait(self) -> None:
        """Nothing is left to wait for."""

    def result(self) -> None:
        """The answer does not matter here."""


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What each task of the test was submitted with."""
    given: list[tuple[Any, ...]] = []

    def submit(_task: object, *arguments: Any) -> Done:
        given.append(arguments)
        return Done()

    monkeypatch.setattr(type(materialize), "submit", submit)
    return given


def test_prefect_does_not_look_into_a_batch(
    warehouse: DuckDBWarehouse, submitted: list[tuple[Any, ...]]
) -> None:
    """It would look for futures in every date of it, season after season."""
    planner = survey(warehouse)
    days = [*planner.calendar.days]
    decision = planner.decide(TEAM, days, rerun=days)
    materialize_all("duckdb:", planner, [decision], len(days), "r")
    batches = [batch for _url, batch, _run_id, _rows in submitted]
    assert batches
    assert all(isinstance(batch, quote) for batch in batches)
    assert {type(batch.unquote()) for batch in batches} == {Batch}
