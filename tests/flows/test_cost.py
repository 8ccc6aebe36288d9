"""What a run may cost is held against an estimate before each phase;
a pool is for BigQuery alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError, CostError
from runs.events import Event, VerdictReached
from runs.listening import listening
from tests.bigquery_stand_in.opening import URL, warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.league import league
from tests.raw_rows import raw_load
from warehouse.bigquery.cost import DOLLARS_PER_TEBIBYTE

ONE_WEEK = {"start": "2023-10-24", "end": "2023-10-31", "phases": ("team", "player")}


@pytest.fixture
def stand_in(
    prefect_server: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StandIn]:
    """A stand-in of BigQuery with the league's raw rows,
    which every client of this process talks to."""
    with StandIn() as made:
        warehouse_on(made).load(raw_load(league()))
        monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", made.url)
        yield made
    assert made.broken == []


def run(**parameters: Any) -> list[Event]:
    """The events of a backfill, kept also when it ends in an error."""
    # Imported late, as in the other tests of flows: Prefect takes two seconds.
    from flows.backfill import backfill

    events: list[Event] = []
    with listening(events.append):
        backfill(**parameters)
    return events


def staged(stand_in: StandIn) -> set[str]:
    """The tables that something was computed of."""
    return {
        r.labels["table"]
        for r in stand_in.calls("jobs.insert", step="stage", dry_run=False)
    }


def test_a_run_stops_before_the_phase_that_would_pass_its_limit_and_what_is_computed_stays(
    stand_in: StandIn,
) -> None:
    """The first phase alone bills less than this, with the second it is more."""
    first_phase = warehouse_on(stand_in)
    with pytest.raises(
        CostError, match=r"phase team would cost about \$0\.00\d\d.*--max-cost"
    ):
        run(warehouse=URL, **ONE_WEEK, max_cost=0.0)
    assert staged(stand_in) == set()
    limit = 45 * 10 / 2**20 * DOLLARS_PER_TEBIBYTE
    with pytest.raises(
        CostError, match=r"phase player would cost.*with \$0\.00\d\d spent before it"
    ):
        run(warehouse=URL, **ONE_WEEK, max_cost=limit)
    assert staged(stand_in) == {
        "team_offense_game_summary",
        "team_defense_game_summary",
    }
    assert first_phase.rows_held("team_offense_game_summary") > 0
    events = run(warehouse=URL, **ONE_WEEK, max_cost=1.0)
    assert [e.decision for e in events if isinstance(e, VerdictReached)] == [
        "GO with warnings",
        "GO",
    ]
    assert staged(stand_in) > {"player_game_summary"}


def test_a_file_is_of_one_process_so_no_phase_of_it_goes_to_a_pool(
    prefect_server: None, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="one process holds at a time.*BigQuery"):
        run(warehouse=f"duckdb:{tmp_path / 'league.duckdb'}", in_pool=True)
    assert not (tmp_path / "league.duckdb").exists()


def test_without_the_deployment_a_phase_can_be_handed_to_nobody(
    stand_in: StandIn,
) -> None:
    with pytest.raises(
        ConfigError, match="no deployment phase/nba: prefect deploy --all"
    ):
        run(warehouse=URL, **ONE_WEEK, in_pool=True)
