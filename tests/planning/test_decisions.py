"""What becomes of a cell, from what it holds and from what it reads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from planning.cells import CellState, Outcome
from planning.decisions import Decision, Planner
from planning.reasons import Span, WaitsFor
from reports.reasons import tell_reason
from tests.planning.small_calendar import (
    HOLDS,
    LACKS,
    NOTHING,
    START,
    Cells,
    game_day,
    planner,
)

TEAM, PLAYER = "team_offense_game_summary", "player_game_summary"
TEAM_CONTEXT, PLAYER_CONTEXT = (
    "upcoming_team_game_context",
    "upcoming_player_game_context",
)
ZONES, FACTORS = "team_defense_zone_analysis", "player_composite_factors"
FEATURES = "ml_feature_store"
D1, D2, D3 = (START + timedelta(days=n) for n in (20, 22, 24))
Facts = dict[str, Any]
OPEN: Facts = {"final_games": 1, "covered_final_games": 1}
UNCOVERED: Facts = {"covered_games": 0, "covered_final_games": 0}
NO_TEAM_BOX: Facts = {"games_without_team_box": ("1",)}


def decided(
    table: str, *days: date, given: Cells | None = None, rerun: tuple[date, ...] = ()
) -> Decision:
    """The decision where every cell on D1, D2 and D3 holds what it should, but for those given."""
    return planner(map(game_day, (D1, D2, D3)), given).decide(
        table, days or (D3,), rerun
    )


def test_a_cell_that_holds_its_expected_keys_is_done_and_not_computed_again() -> None:
    decision = decided(TEAM, D1, D2)
    assert decision.settled == {D1: Outcome.DONE, D2: Outcome.DONE}
    assert (tuple(decision.compute), tuple(decision.clear), decision.reasons) == (
        (),
        (),
        {},
    )
    assert decision.counts == {Outcome.DONE: 2}


@pytest.mark.parametrize(
    "state",
    [
        CellState(2, 0, 2),
        CellState(2, 1, 1),
        CellState(2, 3, 0, 1),
        CellState(2, 2, 1, 1),
        CellState(2, 3, 0, 0),
    ],
)
def test_f41_a_cell_that_lacks_adds_or_repeats_a_key_is_computed(
    state: CellState,
) -> None:
    assert tuple(decided(TEAM, D1, D2, given={(TEAM, D1): state}).compute) == (D1,)
    assert planner(map(game_day, (D1, D2)), {(TEAM, D1): state}).incomplete(TEAM) == [
        D1
    ]


def test_f44_a_hole_before_the_latest_success_is_computed() -> None:
    assert tuple(decided(TEAM, D3, D1, D2, given={(TEAM, D2): LACKS}).compute) == (D2,)


def test_rerun_computes_fresh_cells_and_no_others() -> None:
    decision = decided(TEAM, D1, D2, rerun=(D2,))
    assert (decision.settled, tuple(decision.compute)) == ({D1: Outcome.DONE}, (D2,))


def test_rerun_does_not_turn_a_skip_or_a_gap_into_work() -> None:
    decision = decided(ZONES, D3, rerun=(D3,), given={(ZONES, D3): NOTHING})
    assert (decision.settled, tuple(decision.compute)) == (
        {D3: Outcome.INSUFFICIENT_HISTORY},
        (),
    )
    decision = decided(TEAM_CONTEXT, D3, rerun=(D3,), given={(TEAM, D1): LACKS})
    assert (decision.settled, tuple(decision.compute)) == (
        {D3: Outcome.UPSTREAM_MISSING},
        (),
    )


def test_f20_a_cell_whose_same_day_input_is_not_complete_is_upstream_missing() -> None:
    assert decided(PLAYER, D2, given={(TEAM, D2): LACKS}).settled == {
        D2: Outcome.UPSTREAM_MISSING
    }
    assert decided(PLAYER, D1, D3, given={(TEAM, D2): LACKS}).settled == {
        D1: Outcome.DONE,
        D3: Outcome.DONE,
    }


def test_f28_features_are_not_computed_on_history_that_is_not_complete() -> None:
    decision = decided(TEAM_CONTEXT, D1, D2, D3, given={(TEAM, D2): LACKS})
    assert decision.settled == {
        D1: Outcome.DONE,
        D2: Outcome.DONE,
        D3: Outcome.UPSTREAM_MISSING,
    }


def test_a_missing_upstream_names_its_dates_and_the_command_that_fills_them() -> None:
    decision = decided(TEAM_CONTEXT, given={(TEAM, D1): LACKS, (TEAM, D2): LACKS})
    assert decision.reasons == {D3: WaitsFor(TEAM, Span(D1, D2, 2))}
    assert tell_reason(decision.reasons[D3]) == (
        f"{TEAM} {D1} and 1 more date not complete; "
        f"fullcourt backfill --table {TEAM} --start {D1} --end {D2}"
    )


def two_seasons(lacking: date) -> Planner:
    """A date of the season before, two of this one;
    player_game_summary lacks rows on one of them."""
    before = date(2024, 3, 1)
    days = [game_day(before, date(2023, 10, 24)), game_day(D2), game_day(D3)]
    return planner(days, {(PLAYER, lacking): LACKS})


def test_an_incomplete_season_before_matters_only_to_a_cut_of_years() -> None:
    before = two_seasons(date(2024, 3, 1))
    assert before.decide(PLAYER_CONTEXT, [D3]).settled == {D3: Outcome.DONE}
    assert before.decide(FEATURES, [D3]).settled == {D3: Outcome.UPSTREAM_MISSING}
    assert two_seasons(D2).decide(PLAYER_CONTEXT, [D3]).settled == {
        D3: Outcome.UPSTREAM_MISSING
    }


def test_a_skip_by_design_upstream_is_complete() -> None:
    """A date on which no team has 15 games gives factors without zones, not a gap."""
    assert decided(FACTORS, given={(ZONES, D3): NOTHING}).settled == {D3: Outcome.DONE}
    days = [game_day(D1, **UNCOVERED), game_day(D3)]
    assert planner(days, {(PLAYER, D1): NOTHING}).decide(
        PLAYER_CONTEXT, [D3]
    ).settled == {D3: Outcome.DONE}


def test_a_waiting_upstream_of_an_earlier_season_is_not_complete() -> None:
    before = game_day(date(2024, 3, 1), date(2023, 10, 24), **OPEN)
    decision = planner([before, game_day(D3)]).decide(FEATURES, [D3])
    assert decision.settled == {D3: Outcome.UPSTREAM_MISSING}


def test_the_calendar_goes_before_what_upstream_lacks() -> None:
    early = START + timedelta(days=3)
    days = [game_day(START), game_day(early)]
    decision = planner(days, {(PLAYER_CONTEXT, early): LACKS}).decide(FACTORS, [early])
    assert (decision.settled, decision.reasons) == ({early: Outcome.BOOTSTRAP}, {})


def test_upstream_missing_goes_before_what_the_cell_holds() -> None:
    decision = decided(
        TEAM_CONTEXT, given={(TEAM, D1): LACKS, (TEAM_CONTEXT, D3): HOLDS}
    )
    assert (decision.settled, tuple(decision.clear)) == (
        {D3: Outcome.UPSTREAM_MISSING},
        (D3,),
    )


@pytest.mark.parametrize(
    ("table", "facts", "outcome"),
    [
        (TEAM, {"games": 0, "final_games": 0}, Outcome.NO_GAMES),
        (PLAYER, UNCOVERED, Outcome.NOT_COVERED),
        (TEAM, OPEN, Outcome.NOT_FINAL),
        (TEAM, NO_TEAM_BOX, Outcome.UPSTREAM_MISSING),
        (ZONES, {}, Outcome.INSUFFICIENT_HISTORY),
    ],
)
def test_a_cell_that_should_hold_nothing_is_cleared_of_its_rows(
    table: str, facts: Facts, outcome: Outcome
) -> None:
    held = CellState(0, 3, 0, 3)
    decision = planner([game_day(D1, **facts)], {(table, D1): held}).decide(table, [D1])
    assert (decision.settled, tuple(decision.clear), tuple(decision.compute)) == (
        {D1: outcome},
        (D1,),
        (),
    )
    empty = planner([game_day(D1, **facts)], {(table, D1): NOTHING}).decide(table, [D1])
    assert (empty.settled, tuple(empty.clear)) == ({D1: outcome}, ())


def test_rows_on_a_date_that_is_not_on_the_schedule_are_cleared() -> None:
    stray = D1 + timedelta(days=1)
    decision = planner([game_day(D1)], {(TEAM, stray): CellState(0, 2, 0, 2)}).decide(
        TEAM, [stray]
    )
    assert (decision.settled, tuple(decision.clear)) == (
        {stray: Outcome.NO_GAMES},
        (stray,),
    )
