"""Skips, waits and gaps that the calendar and the raw data decide,
and which of them goes before which."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from planning.calendar import GameDay
from planning.cells import CellState, Outcome
from planning.decisions import by_design, raw_gap
from processors.discovery import load
from reports.reasons import tell_reason
from tests.planning.small_calendar import START, game_day

TEAM, PLAYER = "team_offense_game_summary", "player_game_summary"
TEAM_CONTEXT, PLAYER_CONTEXT = (
    "upcoming_team_game_context",
    "upcoming_player_game_context",
)
ZONES, FACTORS = "team_defense_zone_analysis", "player_composite_factors"
FEATURES = "ml_feature_store"
D1 = START + timedelta(days=20)
Facts = dict[str, Any]
OPEN: Facts = {"final_games": 1, "covered_final_games": 1}
UNCOVERED: Facts = {"covered_games": 0, "covered_final_games": 0}
NO_TEAM_BOX: Facts = {"games_without_team_box": ("1",)}
NO_PLAYER_BOX: Facts = {"games_without_player_box": ("1",)}


def design(
    table: str, expected: int = 2, day: date = D1, **facts: Any
) -> Outcome | None:
    """The outcome of a cell on a day with these facts, from calendar and raw data alone."""
    catalog = load()
    return by_design(
        catalog[table], catalog.bootstrap_days(table), game_day(day, **facts), expected
    )


def test_a_cell_with_nothing_against_it_is_to_be_done() -> None:
    assert {design(t) for t in load().ordered()} == {None}


def test_a_date_without_games_is_no_games_for_every_table() -> None:
    catalog = load()
    assert {by_design(p, 0, None, 0) for p in catalog} == {Outcome.NO_GAMES}


def test_a_date_whose_games_are_all_called_off_says_so_for_every_table() -> None:
    facts: Facts = {"games": 0, "final_games": 0, "called_off_games": ("1", "2")}
    assert {design(p.name, **facts) for p in load()} == {Outcome.CALLED_OFF}


def test_an_overdue_game_makes_gaps_where_a_game_of_yesterday_makes_dates_wait() -> (
    None
):
    """Otherwise one game that nobody asked for again holds back a season, and nobody is told."""
    own: Facts = {**OPEN, "open_games": ("1",), "overdue_games": ("1",)}
    assert {design(t, **own) for t in (TEAM, PLAYER)} == {Outcome.UPSTREAM_MISSING}
    earlier: Facts = {"first_open_date": START, "first_overdue_date": START}
    assert {design(t, **earlier) for t in (TEAM_CONTEXT, FEATURES)} == {
        Outcome.UPSTREAM_MISSING
    }
    assert {design(t, **earlier) for t in (TEAM, PLAYER)} == {None}
    assert {
        design(t, **own, first_open_date=D1, first_overdue_date=D1)
        for t in (TEAM_CONTEXT, FEATURES)
    } == {None}


def test_a_gap_behind_an_overdue_game_names_it_and_what_mends_it() -> None:
    own = game_day(D1, final_games=1, overdue_games=("0022400117",))
    told = told_gap(TEAM, own)
    assert told.startswith(f"game 0022400117 of {D1} is neither final nor called off")
    assert told.endswith("; load it again, or say that it is not played")
    later = game_day(D1, first_open_date=START, first_overdue_date=START)
    assert told_gap(FEATURES, later, "0022400001").startswith(
        f"game 0022400001 of {START}"
    )
    assert raw_gap(load()[TEAM], later, ("0022400001",)) is None


def told_gap(table: str, day: GameDay, *overdue: str) -> str:
    gap = raw_gap(load()[table], day, overdue)
    assert gap is not None
    return tell_reason(gap)


def test_a_date_without_covered_games_is_not_covered_for_player_tables_alone() -> None:
    assert {design(t, **UNCOVERED) for t in (TEAM, TEAM_CONTEXT, ZONES)} == {None}
    assert {design(t, **UNCOVERED) for t in (PLAYER, PLAYER_CONTEXT, FACTORS)} == {
        Outcome.NOT_COVERED
    }


def test_f40_the_bootstrap_is_a_skip_by_its_own_name_for_the_last_phase_alone() -> None:
    catalog = load()
    found = {p.phase: design(p.name, day=START + timedelta(days=13)) for p in catalog}
    assert found == {
        "team": None,
        "player": None,
        "context": None,
        "precompute": Outcome.BOOTSTRAP,
    }
    assert {design(p.name, day=START + timedelta(days=14)) for p in catalog} == {None}


def test_f49_labels_wait_for_the_games_of_their_date_and_features_for_earlier_ones() -> (
    None
):
    assert {design(t, **OPEN) for t in (TEAM, PLAYER)} == {Outcome.NOT_FINAL}
    assert {design(t, first_open_date=START) for t in (TEAM, PLAYER)} == {None}
    assert {design(t, first_open_date=START) for t in (TEAM_CONTEXT, FEATURES)} == {
        Outcome.NOT_FINAL
    }
    assert {
        design(t, **OPEN, first_open_date=D1) for t in (TEAM_CONTEXT, FEATURES)
    } == {None}


def test_nobody_to_expect_is_insufficient_history() -> None:
    assert design(ZONES, expected=0) is Outcome.INSUFFICIENT_HISTORY
    assert design(PLAYER_CONTEXT, expected=0) is Outcome.INSUFFICIENT_HISTORY


def test_a_missing_required_box_score_is_a_gap_of_the_tables_that_describe_the_game() -> (
    None
):
    assert design(TEAM, **NO_TEAM_BOX) is Outcome.UPSTREAM_MISSING
    assert design(PLAYER, **NO_TEAM_BOX) is Outcome.UPSTREAM_MISSING
    assert design(PLAYER, **NO_PLAYER_BOX) is Outcome.UPSTREAM_MISSING
    assert design(TEAM, **NO_PLAYER_BOX) is None
    assert design(TEAM_CONTEXT, **NO_TEAM_BOX) is None
    assert design(FEATURES, **NO_PLAYER_BOX) is None


def test_f42_a_raw_gap_says_which_box_score_is_missing_and_what_to_do() -> None:
    catalog = load()
    teams = game_day(D1, games_without_team_box=("0022400001", "0022400002"))
    players = game_day(D1, games_without_player_box=tuple("12345"))
    half = replace(teams, games_with_one_team_row=("0022400002",))
    assert told_gap(TEAM, half).startswith(
        "team_box lacks 0022400001 and has 1 of the 2 rows of 0022400002; load its"
    )
    halves = replace(half, games_with_one_team_row=half.games_without_team_box)
    assert told_gap(TEAM, halves).startswith(
        "team_box has 1 of the 2 rows each of 0022400001, 0022400002; load its box"
    )
    assert told_gap(TEAM, teams) == (
        "team_box lacks 0022400001, 0022400002; load its box score, then run the same command again"
    )
    assert told_gap(PLAYER, players).startswith(
        "player_box has fewer than 5 active players on a side of 1, 2, 3 and 2 more; load it again"
    )
    assert raw_gap(catalog[TEAM], players) is raw_gap(catalog[FEATURES], teams) is None


@pytest.mark.parametrize(
    ("table", "facts", "outcome"),
    [
        (PLAYER, {"games": 0, **UNCOVERED, "final_games": 0}, Outcome.NO_GAMES),
        (FEATURES, {"day": START, **UNCOVERED}, Outcome.NOT_COVERED),
        (PLAYER, {**OPEN, **UNCOVERED}, Outcome.NOT_COVERED),
        (
            FEATURES,
            {"day": START + timedelta(days=1), "first_open_date": START},
            Outcome.BOOTSTRAP,
        ),
        (TEAM, {**OPEN, **NO_TEAM_BOX}, Outcome.NOT_FINAL),
        (FEATURES, {"first_open_date": START, "expected": 0}, Outcome.NOT_FINAL),
        (PLAYER, {**NO_PLAYER_BOX, "expected": 0}, Outcome.UPSTREAM_MISSING),
    ],
)
def test_the_first_reason_of_the_calendar_wins(
    table: str, facts: Facts, outcome: Outcome
) -> None:
    assert design(table, **facts) is outcome


def test_outcomes_are_a_closed_set_and_each_is_of_one_kind() -> None:
    done, waiting = {Outcome.DONE}, {Outcome.NOT_FINAL}
    skips = {o for o in Outcome if o.is_skip}
    gaps = {o for o in Outcome if o.is_gap}
    assert skips == {
        "no_games",
        "called_off",
        "not_covered",
        "bootstrap",
        "insufficient_history",
    }
    assert gaps == {"upstream_missing", "quarantined", "failed"}
    assert done | waiting | skips | gaps == set(Outcome)
    assert len(Outcome) == len(done) + len(waiting) + len(skips) + len(gaps)
    assert {o for o in Outcome if o.is_complete} == done | skips


def test_a_state_holds_what_is_expected_only_with_every_key_once() -> None:
    assert CellState(2, 2).holds_what_is_expected
    assert CellState().holds_what_is_expected
    assert not CellState(2, 2, 1, 1).holds_what_is_expected
    assert not CellState(2, 3).holds_what_is_expected
    assert not CellState(0, 1, 0, 1).holds_what_is_expected
