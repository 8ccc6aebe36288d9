"""The closed set of outcomes, each on data that causes it;
and how gaps heal once their cause is gone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import PermanentWarehouseError
from planning.batches import Batch
from planning.cells import Outcome
from planning.selection import Selection
from tests.league import FIRST_DAY
from tests.loop import backfill, fingerprints, open_warehouse, planned, rows
from tests.raw_rows import Row, World, raw_load
from tests.warehouse.planting import PLAYER, TEAM
from warehouse.duckdb import DuckDBWarehouse

DEFENSE, CONTEXT = "team_defense_game_summary", "upcoming_team_game_context"
ZONES, FEATURES = "team_defense_zone_analysis", "ml_feature_store"
ABSURD, RAISING, LACKING, LIVE = (
    FIRST_DAY + timedelta(days=n) for n in (35, 36, 37, 38)
)
FINE, LAST, FREE, EARLY, UNCOVERED = (
    FIRST_DAY + timedelta(days=n) for n in (28, 39, 34, 3, 39)
)
OFF = FIRST_DAY + timedelta(days=33)
MOST = 2**62


def of(world: World, table: str, day: date) -> list[Row]:
    return [row for row in world[table] if row["game_date"] == day]


def make_sick(warehouse: DuckDBWarehouse, world: World) -> None:
    """Numbers no game can have, numbers no integer can hold,
    a box score withdrawn, a game reopened."""
    absurd = [{**row, "fga": 400} for row in of(world, "team_box", ABSURD)]
    raising = [
        {**row, "pts": MOST if n % 2 else -MOST}
        for n, row in enumerate(of(world, "team_box", RAISING))
    ]
    warehouse.load(raw_load({"team_box": absurd + raising}))
    warehouse.load(
        raw_load(
            {
                "schedule": [
                    {**row, "status": "live"} for row in of(world, "schedule", LIVE)
                ]
            }
        )
    )
    off = [{**row, "status": "cancelled"} for row in of(world, "schedule", OFF)]
    warehouse.load(raw_load({"schedule": off}))
    rows(
        warehouse,
        f"DELETE FROM nba_raw.player_box WHERE game_date = '{LACKING}' AND team = 'ASH'",
    )


@pytest.fixture(scope="module")
def sick(
    league_file: Path, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DuckDBWarehouse]:
    """The computed league after all that, and after one more backfill."""
    path = shutil.copy(league_file, tmp_path_factory.mktemp("sick"))
    warehouse = open_warehouse(path=str(path))
    make_sick(warehouse, world)
    backfill(warehouse, run_id="sick")
    yield warehouse
    warehouse.close()


def outcome(warehouse: DuckDBWarehouse, table: str, day: date) -> str:
    """How a cell ended, as the planner has it."""
    decision = planned(warehouse).decide(table, [day])
    return str(
        decision.compute[day].cause
        if day in decision.compute
        else decision.settled[day]
    )


@pytest.mark.parametrize(
    ("table", "day", "ended"),
    [
        (TEAM, FINE, Outcome.DONE),
        (TEAM, FREE, Outcome.NO_GAMES),
        (PLAYER, UNCOVERED, Outcome.NOT_COVERED),
        (TEAM, OFF, Outcome.CALLED_OFF),
        (FEATURES, EARLY, Outcome.BOOTSTRAP),
        (ZONES, FIRST_DAY + timedelta(days=15), Outcome.INSUFFICIENT_HISTORY),
        (TEAM, LIVE, Outcome.NOT_FINAL),
        (CONTEXT, LAST, Outcome.NOT_FINAL),
        (PLAYER, LACKING, Outcome.UPSTREAM_MISSING),
        (DEFENSE, ABSURD, Outcome.UPSTREAM_MISSING),
        (CONTEXT, RAISING, Outcome.UPSTREAM_MISSING),
        (TEAM, ABSURD, Outcome.QUARANTINED),
        (TEAM, RAISING, Outcome.FAILED),
    ],
)
def test_each_outcome_is_what_its_data_makes_it(
    table: str, day: date, ended: Outcome, sick: DuckDBWarehouse
) -> None:
    assert outcome(sick, table, day) == ended
    told = sick.entries(table, day)
    if ended is Outcome.CALLED_OFF:
        assert [entry.outcome for entry in told] == [Outcome.DONE, ended]
    elif ended.is_skip:
        assert told == []
    else:
        assert told[-1].outcome is ended
        held = day in sick.contents(table)
        assert held is (ended in (Outcome.DONE, Outcome.FAILED))


def test_the_outcomes_tried_here_are_all_that_there_are() -> None:
    (mark,) = test_each_outcome_is_what_its_data_makes_it.pytestmark  # type: ignore[attr-defined]
    assert {ended for _, _, ended in mark.args[1]} == set(Outcome)


def test_f47_class_and_message_of_the_error_are_in_the_ledger(
    sick: DuckDBWarehouse,
) -> None:
    entry = sick.entries(TEAM, RAISING)[-1]
    assert entry.error_class == "OutOfRangeException"
    assert entry.error_message is not None
    assert f"{TEAM} {RAISING}: " in entry.error_message
    assert "Overflow in subtraction" in entry.error_message


def test_f27_only_the_dates_at_fault_are_held_back(sick: DuckDBWarehouse) -> None:
    others = [
        day
        for day in sick.records(TEAM)[TEAM]
        if day not in (OFF, ABSURD, RAISING, LIVE)
    ]
    assert {sick.records(TEAM)[TEAM][day].last.outcome for day in others} == {
        Outcome.DONE
    }


def test_gaps_are_tried_again_by_the_next_backfill_and_waiting_cells_are_not(
    sick: DuckDBWarehouse,
) -> None:
    receipts = backfill(sick)
    assert {(r["table"], r["first"], r["last"]) for r in receipts} == {
        (TEAM, str(ABSURD), str(RAISING))
    }
    assert (
        sick.entries(TEAM, RAISING)[-1].attempt
        == sick.entries(TEAM, RAISING)[-2].attempt + 1
    )


def test_every_gap_heals_by_itself_once_its_cause_is_gone(
    league_warehouse: DuckDBWarehouse, world: World, computed: DuckDBWarehouse
) -> None:
    make_sick(league_warehouse, world)
    last = Selection(start=OFF)
    backfill(league_warehouse, last)
    assert FEATURES in {
        t
        for t, d in fingerprints(computed).keys()
        - fingerprints(league_warehouse).keys()
    }
    for table in ("schedule", "team_box", "player_box"):
        days = (OFF, ABSURD, RAISING, LACKING, LIVE)
        league_warehouse.load(
            raw_load({table: [r for r in world[table] if r["game_date"] in days]})
        )
    backfill(league_warehouse, last)
    assert fingerprints(league_warehouse) == fingerprints(computed)
    assert backfill(league_warehouse) == []


def test_a_cell_that_failed_heals_on_the_next_run_and_what_waited_for_it_with_it(
    league_warehouse: DuckDBWarehouse, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    well, day = DuckDBWarehouse.materialize, LACKING

    def fails(self: DuckDBWarehouse, batch: Batch, run_id: str) -> Any:
        if batch.table == TEAM:
            raise PermanentWarehouseError(f"{batch.name}: planted")
        return well(self, batch, run_id)

    box = [{**row, "stl": 30} for row in of(world, "team_box", day)]
    league_warehouse.load(raw_load({"team_box": box}))
    monkeypatch.setattr(DuckDBWarehouse, "materialize", fails)
    both = Selection(tables=(TEAM, PLAYER))
    backfill(league_warehouse, both)
    assert [outcome(league_warehouse, t, day) for t in (TEAM, PLAYER)] == [
        "failed",
        "upstream_missing",
    ]
    monkeypatch.undo()
    backfill(league_warehouse, both)
    assert [outcome(league_warehouse, t, day) for t in (TEAM, PLAYER)] == [
        "done",
        "done",
    ]
    assert [e.outcome for e in league_warehouse.entries(PLAYER, day)] == [
        "done",
        "upstream_missing",
        "done",
    ]
