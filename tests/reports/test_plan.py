"""A plan tells what stays a gap by its cause, with what helps; and in one line that nothing is to
be computed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from planning.decisions import Planner
from planning.forecast import TablePlan, forecast
from planning.scope import Scope
from planning.selection import Selection
from reports.plan import plan_json, print_gaps, print_plan
from tests.planning.small_calendar import game_day
from tests.planning.small_warehouse import SmallWarehouse
from tests.planning.test_causes import without_player_box

FIRST = date(2024, 11, 18)
DAYS = [FIRST + timedelta(days=number) for number in range(12)]
EVERYTHING = Selection()


def plans(planner: Planner) -> Sequence[TablePlan]:
    return forecast(planner, Scope(planner, EVERYTHING).needs, False, 110)


@pytest.fixture
def lacking() -> Sequence[TablePlan]:
    """What is planned where two games of one date lack the box scores of players."""
    return plans(without_player_box())


def test_gaps_are_told_by_cause_and_no_backfill_is_offered_where_raw_data_lacks(
    lacking: Sequence[TablePlan], capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each of 589 gaps offered a backfill that removed published rows."""
    print_plan(lacking, "plan")
    print_gaps(lacking, EVERYTHING)
    told = capsys.readouterr().out
    gaps = sum(len(part.gaps) for part in lacking)
    assert f"left as they are: {gaps} gaps, 1 cause" in told
    assert "fullcourt ingest nba-stats DIR  # load the box score" in told
    assert f"{gaps - 1} later cells wait for that" in told
    assert "fullcourt backfill" not in told
    assert len(told.splitlines()) < 30


def test_a_program_is_offered_no_backfill_either(lacking: Sequence[TablePlan]) -> None:
    for part in lacking:
        for gap in plan_json(part)["gaps"].values():
            assert "fullcourt backfill" not in gap


def test_a_plan_of_nothing_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    days = tuple(map(game_day, DAYS))
    found = plans(SmallWarehouse(days).planner())
    print_plan(found, "plan")
    print_gaps(found, EVERYTHING)
    (told,) = capsys.readouterr().out.splitlines()
    assert told.startswith("plan: nothing to compute: ")
    assert f"{sum(part.fresh for part in found)} cells are fresh" in told


def test_a_plan_of_nothing_counts_the_history_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A week of 30 cells was said to have 965 fresh ones."""
    planner = SmallWarehouse(tuple(map(game_day, DAYS))).planner()
    week = Selection(tables=("team_defense_game_summary",), dates=tuple(DAYS[:3]))
    print_plan(forecast(planner, Scope(planner, week).needs, False, 110), "plan")
    (told,) = capsys.readouterr().out.splitlines()
    assert told.endswith(": 3 cells asked for and 3 of their history are fresh")


def test_a_plan_of_dates_that_are_skipped_says_that_nothing_is_due(
    capsys: pytest.CaptureFixture[str],
) -> None:
    days = game_day(FIRST), game_day(DAYS[1], covered_games=0, covered_final_games=0)
    planner = SmallWarehouse(days).planner()
    features = Selection(tables=("ml_feature_store",), dates=(DAYS[1],))
    wanted = Scope(planner, features).needs
    print_plan(forecast(planner, wanted, False, 110), "plan")
    (told,) = capsys.readouterr().out.splitlines()
    assert told == (
        "plan: nothing to compute: nothing is due there; not to be done: 1 not_covered"
    )
