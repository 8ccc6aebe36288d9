"""A short range is judged by what can be judged of it:
no false NO-GO, and what was left out is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from planning.cells import Outcome
from planning.selection import Selection
from runs.judge import NOTHING_COMPARABLE, judge_phase
from tests.league import FIRST_DAY, LATE_DAY
from tests.loop import backfill, planned, rows
from tests.raw_rows import raw_load
from warehouse.duckdb import DuckDBWarehouse

LAST_COVERED = date(2023, 11, 30)
TEAM, PLAYER, FEATURES = (
    "team_offense_game_summary",
    "player_game_summary",
    "ml_feature_store",
)


def span(start: date, days: int) -> Selection:
    return Selection(start=start, end=start + timedelta(days=days - 1))


RANGES = {
    "one month": span(date(2023, 11, 1), 30),
    "one week": span(date(2023, 11, 20), 7),
    "one date": span(LATE_DAY, 1),
    "a season's first date": span(FIRST_DAY, 1),
    "a season's first four weeks": span(FIRST_DAY, 28),
    "the first days, all of them bootstrap": span(FIRST_DAY, 7),
    "play-offs alone": span(FIRST_DAY + timedelta(days=38), 2),
    "the earlier season's end": span(date(2023, 4, 1), 6),
    "a date with a game that lacks a shot": span(FIRST_DAY + timedelta(days=8), 1),
    "a date of a postponed game": span(FIRST_DAY + timedelta(days=9), 1),
}


@pytest.mark.parametrize("name", RANGES)
def test_no_short_range_is_a_false_no_go(name: str, warehouse: DuckDBWarehouse) -> None:
    for phase in warehouse.catalog.phases:
        said = judge_phase(warehouse, phase.name, RANGES[name], name)
        assert (said.decision, [str(b) for b in said.breaches]) == ("GO", [])


def test_a_date_is_not_held_against_another_of_its_month(
    warehouse: DuckDBWarehouse,
) -> None:
    """Both have two games; on one nothing is due, since the season has just begun."""
    other = judge_phase(warehouse, "precompute", span(date(2023, 11, 21), 1), "run 1")
    assert other.is_accepted
    early = judge_phase(warehouse, "precompute", span(date(2023, 11, 1), 1), "run 2")
    assert other.made.verdict_id not in {past.verdict_id for past in early.past}


def test_what_a_short_range_leaves_unjudged_is_said(warehouse: DuckDBWarehouse) -> None:
    week = judge_phase(warehouse, "precompute", RANGES["one week"])
    (few,) = (line for line in week.not_judged if NOTHING_COMPARABLE not in line)
    assert few.startswith(
        f"{FEATURES}: feature_quality_mean, distinct_values: too few to judge: 2023: "
    )
    assert (
        f"{PLAYER}: player_rows: too few to judge"
        in judge_phase(warehouse, "player", RANGES["one week"]).not_judged[0]
    )
    early = judge_phase(
        warehouse, "precompute", RANGES["the first days, all of them bootstrap"]
    )
    told = [line for line in early.not_judged if line.startswith(f"{FEATURES}:")]
    assert len(told) == 1
    assert "monthly_volume" in told[0]
    assert told[0].endswith(": nothing to judge")


def test_the_demand_on_a_bootstrap_range_is_what_the_schedule_allows(
    warehouse: DuckDBWarehouse,
) -> None:
    early = judge_phase(
        warehouse, "precompute", RANGES["the first days, all of them bootstrap"]
    )
    covered = [m for m in early.measurements if m.name == "games_covered_pct"]
    assert {(m.value, m.ceiling) for m in covered} == {(0, 0)}
    assert len(covered) == 5


@pytest.mark.parametrize("unfinished", [1, 2])
def test_a_range_that_ends_on_a_day_with_unfinished_games_waits_for_that_day_alone(
    unfinished: int, own_warehouse: DuckDBWarehouse
) -> None:
    """Tonight's games are no gap, and no reason to stop;
    but where one of them was played, no plain GO."""
    day = (
        f"FROM nba_raw.schedule WHERE game_date = '{LAST_COVERED}' ORDER BY game_id LIMIT "
        f"{unfinished}"
    )
    games = rows(own_warehouse, day)
    games += rows(
        own_warehouse, f"FROM nba_raw.schedule WHERE game_date > '{LAST_COVERED}'"
    )
    own_warehouse.load(
        raw_load({"schedule": [game | {"status": "scheduled"} for game in games]})
    )
    asked = span(LAST_COVERED - timedelta(days=6), 7)
    backfill(own_warehouse, asked)
    assert planned(own_warehouse).find(TEAM, LAST_COVERED).outcome is Outcome.NOT_FINAL
    for phase in own_warehouse.catalog.phases:
        said = judge_phase(own_warehouse, phase.name, asked)
        waits = unfinished == 1 and phase.name in ("team", "player")
        assert said.decision == ("GO with warnings" if waits else "GO")
        assert {b.threshold.measurement for b in said.breaches} == (
            {"played_dates_waiting"} if waits else set()
        )
