"""A plan is an upper bound: what is computed when every
recomputation gives other rows than before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from planning.cells import CellState, Outcome
from planning.forecast import TablePlan, forecast
from planning.ledger import Content
from planning.scope import Scope
from planning.selection import Selection
from reports.reasons import tell_reason
from tests.planning.small_calendar import LACKS, game_day
from tests.planning.small_warehouse import AS_EVER, OTHER, SmallWarehouse

TEAM, DEFENSE, CONTEXT = (
    "team_offense_game_summary",
    "team_defense_game_summary",
    "upcoming_team_game_context",
)
PLAYER, FEATURES = "player_game_summary", "ml_feature_store"
D1, D2, D3 = date(2024, 11, 18), date(2024, 11, 20), date(2024, 11, 21)
STRAY = date(2024, 11, 19)


@pytest.fixture
def known() -> SmallWarehouse:
    """Three days of a season on which every cell is fresh."""
    return SmallWarehouse(tuple(map(game_day, (D1, D2, D3))))


def plans(known: SmallWarehouse, **asked: Any) -> Mapping[str, TablePlan]:
    planner, selection = known.planner(), Selection(**asked)
    listed = forecast(planner, Scope(planner, selection).needs, selection.rerun, 110)
    return {plan.table: plan for plan in listed}


def cells(found: Mapping[str, TablePlan]) -> set[tuple[str, date]]:
    return {
        (table, date.fromisoformat(day))
        for table, plan in found.items()
        for day in plan.reasons
    }


def change(known: SmallWarehouse, how: str) -> None:
    """Something happens to a warehouse in which all was fresh."""
    if how == "a box score is corrected":
        known.write("team_box", D1, OTHER)
    elif how == "a player's birth date is found":
        known.write("players", None, OTHER)
    elif how == "a query is edited":
        known.codes[PLAYER] = "new"
    elif how == "a row is deleted by hand":
        known.contents[DEFENSE][D2] = Content(1, "duckdb:z")
    else:
        known.write(
            TEAM, D2, outcome=Outcome.FAILED, error_class="E", error_message="m"
        )


CHANGES = [
    "a box score is corrected",
    "a player's birth date is found",
    "a query is edited",
    "a row is deleted by hand",
    "a computation fails",
]


@pytest.mark.parametrize("how", CHANGES)
def test_f26_a_plan_lists_what_is_computed_if_every_recomputation_gives_other_rows(
    known: SmallWarehouse, how: str
) -> None:
    change(known, how)
    planned = cells(plans(known))
    assert planned == set(known.backfill(OTHER))
    assert cells(plans(known)) == set()


@pytest.mark.parametrize("how", CHANGES)
def test_a_recomputation_that_gives_the_same_rows_does_less_than_planned(
    known: SmallWarehouse, how: str
) -> None:
    change(known, how)
    planned = cells(plans(known))
    assert set(known.backfill(AS_EVER)) < planned


def test_nothing_is_planned_where_all_is_fresh(known: SmallWarehouse) -> None:
    found = plans(known)
    assert cells(found) == set()
    assert {plan.fresh for plan in found.values()} == {3}


def test_a_plan_counts_causes_and_gives_every_reason(known: SmallWarehouse) -> None:
    known.write("team_box", D1, OTHER)
    known.states[CONTEXT, D1] = LACKS
    found = plans(known)
    assert found[TEAM].causes == {"stale": 1}
    assert told(found[TEAM]) == {str(D1): "stale: team_box of that day"}
    assert found[CONTEXT].causes == {"stale": 3}
    assert told(found[CONTEXT])[str(D3)] == f"stale: {TEAM} {D1}; {DEFENSE} {D1}"
    assert told(found[CONTEXT])[str(D1)].startswith("stale: its expected keys changed")


def told(plan: TablePlan) -> dict[str, str]:
    return {day: tell_reason(reason) for day, reason in plan.reasons.items()}


def test_a_plan_tells_cells_asked_for_from_those_added_as_history(
    known: SmallWarehouse,
) -> None:
    known.write("team_box", D1, OTHER)
    found = plans(known, dates=(D3,), tables=(CONTEXT,))
    counted = {t: (p.asked, p.history, p.fresh) for t, p in found.items()}
    assert counted == {TEAM: (0, 1, 1), DEFENSE: (0, 1, 1), CONTEXT: (1, 0, 0)}
    assert found[TEAM].needed_by == (CONTEXT,)


def test_a_gap_is_planned_as_a_gap_and_nothing_above_it(known: SmallWarehouse) -> None:
    """Rows that a gap takes away are not nobody to expect: what reads them is a gap as well."""
    known.days = (game_day(D1, games_without_team_box=("0022400061",)), *known.days[1:])
    found = plans(known)
    assert list(found[TEAM].gaps) == [str(D1)]
    assert list(found[CONTEXT].gaps) == [str(D2), str(D3)]
    assert cells(found) == set()


def test_a_gap_that_is_filled_by_what_is_computed_before_it_is_planned_too(
    known: SmallWarehouse,
) -> None:
    """The plan of an empty warehouse is the whole of it, not its first table."""
    known.entries = [e for e in known.entries if e.table in known.catalog.raw]
    known.contents = dict.fromkeys(known.catalog.ordered(), {})
    assert {table: plan.cells for table, plan in plans(known).items()} == dict.fromkeys(
        known.catalog.ordered(), 3
    )


def test_a_rerun_is_planned_for_what_is_asked_for_and_stale_follows_it(
    known: SmallWarehouse,
) -> None:
    found = plans(known, tables=(TEAM, CONTEXT), dates=(D1, D2), rerun=True)
    assert (found[TEAM].causes, found[DEFENSE].causes) == ({"rerun": 2}, {"stale": 1})
    assert found[CONTEXT].causes == {"rerun": 1, "stale": 1}


def test_rows_off_the_schedule_are_planned_away_and_what_saw_them_is_stale(
    known: SmallWarehouse,
) -> None:
    """A removed game leaves its rows behind: every window after it holds them until they go."""
    known.states[TEAM, STRAY] = CellState(0, 2, 0, 2)
    known.write(TEAM, STRAY)
    known.compute(CONTEXT, D2, D3)
    assert known.planner().strays(TEAM) == [STRAY]
    assert cells(plans(known)) == {(CONTEXT, D2), (CONTEXT, D3)} | {
        (t, d)
        for t in known.catalog.ordered()
        for d in (D2, D3)
        if reads(known, t, CONTEXT)
    }
    known.backfill()
    assert known.planner().strays(TEAM) == []
    assert (known.due(CONTEXT), known.contents[TEAM][STRAY].rows) == ({}, 0)


def reads(known: SmallWarehouse, table: str, source: str) -> bool:
    """Whether a table is computed from another, by whatever way."""
    upstream = {read.table for _, read in known.catalog.upstream(table)}
    return source in upstream or any(reads(known, t, source) for t in upstream)


def test_what_reads_rows_off_the_schedule_waits_until_they_are_gone(
    known: SmallWarehouse,
) -> None:
    known.states[TEAM, STRAY] = CellState(0, 2, 0, 2)
    decision = known.planner().decide(CONTEXT, [D1, D2])
    assert decision.settled == {D1: Outcome.DONE, D2: Outcome.UPSTREAM_MISSING}


def test_rows_off_the_schedule_that_only_the_ledger_knows_of_are_cleared_too(
    known: SmallWarehouse,
) -> None:
    known.write(TEAM, STRAY)
    known.contents[TEAM].pop(STRAY)
    decision = known.decided(TEAM)
    assert (decision.clear, decision.settled[STRAY]) == (
        {STRAY: Outcome.NO_GAMES},
        Outcome.NO_GAMES,
    )


def test_the_range_asked_for_decides_which_rows_off_the_schedule_are_taken_up(
    known: SmallWarehouse,
) -> None:
    late = date(2025, 7, 1)
    for day in (STRAY, late):
        known.states[TEAM, day] = CellState(0, 2, 0, 2)

    def chosen(**asked: Any) -> tuple[date, ...]:
        return Scope(known.planner(), Selection(tables=(TEAM,), **asked)).needs.targets[
            TEAM
        ]

    assert chosen() == (D1, STRAY, D2, D3, late)
    assert chosen(start=D2) == (D2, D3, late)
    assert chosen(end=D2) == (D1, STRAY, D2)
    assert chosen(dates=(D2,)) == (D2,)
    assert chosen(last_days=2) == (D2, D3, late)


def test_rows_off_the_schedule_are_history_of_what_would_see_them(
    known: SmallWarehouse,
) -> None:
    """A single date asked for takes away what its window would otherwise hold."""
    known.states[TEAM, STRAY] = CellState(0, 2, 0, 2)
    planner = known.planner()
    asked = {
        day: Scope(planner, Selection(tables=(CONTEXT,), dates=(day,))).needs
        for day in (D1, D2)
    }
    assert asked[D2].history[TEAM] == (D1, STRAY)
    assert TEAM not in asked[D1].history
