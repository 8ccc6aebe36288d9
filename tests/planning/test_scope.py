"""The scope of a run: the needed cells by phase and table, worked out once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from planning.decisions import Planner
from planning.scope import Scope
from planning.selection import Selection
from tests.planning.small_calendar import START, game_day, planner

TEAM, DEFENSE, CONTEXT = (
    "team_offense_game_summary",
    "team_defense_game_summary",
    "upcoming_team_game_context",
)
FEATURES = "ml_feature_store"
DAYS = tuple(START + timedelta(days=n) for n in (0, 1, 3, 10))
OLD = tuple(START + timedelta(days=n) for n in (0, 1))
DUE, SKIPPED = START + timedelta(days=30), START + timedelta(days=32)


def scope(**asked: object) -> Scope:
    selection = Selection(**asked)  # type: ignore[arg-type]
    return Scope(planner(map(game_day, DAYS)), selection)


def test_a_phase_is_in_scope_for_history_that_a_later_table_reads() -> None:
    found = scope(tables=(CONTEXT,), dates=(DAYS[2],))
    assert found.phases == ("team", "context")
    assert found.dates("team") == {DEFENSE: DAYS[:2], TEAM: DAYS[:2]}
    assert found.dates("context") == {CONTEXT: (DAYS[2],)}
    assert found.all_tables == (TEAM, DEFENSE, CONTEXT)


def test_a_phase_that_nothing_needs_is_not_in_scope() -> None:
    found = scope(phases=("team",))
    assert found.phases == ("team",)
    assert found.tables("player") == ()
    assert found.dates("precompute") == {}


def test_only_what_was_asked_for_is_computed_again() -> None:
    again = scope(tables=(CONTEXT,), dates=(DAYS[2],), rerun=True)
    assert (again.reruns(CONTEXT), again.reruns(TEAM)) == ((DAYS[2],), ())
    assert scope(tables=(CONTEXT,)).reruns(CONTEXT) == ()


def test_a_scope_among_dates_leaves_out_the_others_and_their_tables() -> None:
    found = scope(tables=(CONTEXT,), dates=(DAYS[2],)).among(DAYS[1:2])
    assert found.dates("team") == {DEFENSE: (DAYS[1],), TEAM: (DAYS[1],)}
    assert found.phases == ("team",)


@pytest.mark.parametrize(
    "skipped",
    [
        {"covered_games": 0, "covered_final_games": 0},
        {"games": 0, "final_games": 0},
        {"games": 0, "final_games": 0, "called_off_games": ("0022400001",)},
        {"first_regular_date": SKIPPED},
    ],
    ids=["not_covered", "no_games", "called_off", "bootstrap"],
)
def test_a_cell_that_is_skipped_by_design_needs_no_history(
    skipped: dict[str, Any],
) -> None:
    """`plan --last-days 7` of play-offs without box scores computed two seasons for features of
    which none was due."""
    days = [*map(game_day, OLD), game_day(DUE), game_day(SKIPPED, **skipped)]
    features = Selection(tables=(FEATURES,), dates=(SKIPPED,))
    assert Scope(planner(days), features).all_tables == (FEATURES,)
    due = Selection(tables=(FEATURES,), dates=(DUE, SKIPPED))
    assert SKIPPED not in Scope(planner(days), due).needs.history[CONTEXT]
    alone = features.model_copy(update={"dates": (DUE,)})
    assert (
        Scope(planner(days), due).needs.history
        == Scope(planner(days), alone).needs.history
    )


def test_the_needs_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at them took a tenth of a second on two real seasons, a dozen times a run."""
    looks: list[str] = []

    def strays(_planner: Planner, table: str) -> list[date]:
        looks.append(table)
        return []

    monkeypatch.setattr(Planner, "strays", strays)
    found = scope()
    for phase in found.phases:
        assert found.dates(phase)
    assert len(looks) == len(set(looks)) > 0
