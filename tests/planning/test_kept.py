"""What stays decided when tables were written to: a decision is kept as the very object."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest

from planning.cells import CellState, Outcome
from planning.decisions import Planner
from planning.found import CellDecision
from tests.planning.small_calendar import HOLDS, LACKS, START, game_day, planner

TEAM, DEFENSE, CONTEXT = (
    "team_offense_game_summary",
    "team_defense_game_summary",
    "upcoming_team_game_context",
)
D1, D2, D3 = (START + timedelta(days=n) for n in (20, 22, 24))
OTHER_START = START + timedelta(days=365)
OTHER_SEASON = OTHER_START + timedelta(days=20)
OFF_SCHEDULE = D3 + timedelta(days=1)


@pytest.fixture(autouse=True)
def _each_decision_is_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one value of the many cells that end alike would hide which of them were decided."""
    monkeypatch.setattr("planning.decisions.settled", CellDecision)


def decided() -> tuple[Planner, dict[str, dict[date, CellState]]]:
    """A planner that has decided every cell, and the states that it reads, for a test to change."""
    days = [*map(game_day, (D1, D2, D3)), game_day(OTHER_SEASON, OTHER_START)]
    known = planner(days, {(TEAM, D2): LACKS})
    for table in known.catalog.ordered():
        known.decide(table, known.calendar.days)
    states = {table: dict(cells) for table, cells in known.states.items()}
    changed = Planner(known.catalog, known.calendar, states)
    for table in changed.catalog.ordered():
        changed.decide(table, changed.calendar.days)
        changed.strays(table)
    return changed, states


def kept(before: Planner, after: Planner, table: str) -> set[date]:
    """The dates whose decision is the one that there was."""
    days = before.calendar.days
    return {day for day in days if before.find(table, day) is after.find(table, day)}


def test_what_nothing_happened_to_stays_decided() -> None:
    known, _ = decided()
    later = known.after({})
    for table in known.catalog.ordered():
        assert kept(known, later, table) == {D1, D2, D3, OTHER_SEASON}


def test_a_cell_that_becomes_complete_has_what_reads_it_decided_again() -> None:
    known, states = decided()
    assert known.find(CONTEXT, D3).outcome is Outcome.UPSTREAM_MISSING
    states[TEAM][D2] = HOLDS
    later = known.after({TEAM: frozenset({D2})})
    assert kept(known, later, TEAM) == {D1, D3, OTHER_SEASON}
    assert kept(known, later, DEFENSE) == {D1, D3, OTHER_SEASON}
    assert kept(known, later, CONTEXT) == {D1, D2, OTHER_SEASON}
    assert later.find(CONTEXT, D3).outcome is Outcome.DONE


def test_what_was_written_between_two_looks_is_decided_again_at_the_second() -> None:
    known, states = decided()
    states[TEAM][D2] = HOLDS
    between = known.after({TEAM: frozenset({D2})})
    states[TEAM][D1] = LACKS
    later = between.after({TEAM: frozenset({D1})})
    assert kept(known, later, TEAM) == {D3, OTHER_SEASON}
    assert later.incomplete(TEAM) == [D1]
    assert later.find(CONTEXT, D3).outcome is Outcome.UPSTREAM_MISSING


def test_where_most_of_a_table_was_written_nothing_found_of_it_is_kept() -> None:
    """What was found of all tables before a run computes them took ten MiB of thirty seasons."""
    known, states = decided()
    states[TEAM] |= dict.fromkeys((D1, D2, D3), HOLDS)
    later = known.after({TEAM: frozenset({D1, D2, D3})})
    assert kept(known, later, TEAM) == set()
    assert later.incomplete(TEAM) == []
    assert kept(known, later, DEFENSE) == set(), "what reads it hangs on it"


def test_where_nobody_knows_the_dates_all_of_the_table_is_decided_again() -> None:
    known, _ = decided()
    later = known.after({DEFENSE: None})
    assert kept(known, later, TEAM) == {D1, D2, D3, OTHER_SEASON}
    assert kept(known, later, DEFENSE) == set()
    assert kept(known, later, CONTEXT) == set()


def test_rows_off_the_schedule_are_found_and_gone_with_what_is_written() -> None:
    known, states = decided()
    states[TEAM][OFF_SCHEDULE] = CellState(0, 2, 0, 2)
    later = known.after({TEAM: frozenset({OFF_SCHEDULE})})
    assert (known.strays(TEAM), later.strays(TEAM)) == ([], [OFF_SCHEDULE])
    assert later.incomplete(TEAM) == [D2, OFF_SCHEDULE]
    states[TEAM][OFF_SCHEDULE] = CellState()
    assert later.after({TEAM: frozenset({OFF_SCHEDULE})}).strays(TEAM) == []


def test_two_threads_take_up_what_was_found_earlier(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A program may ask for the status while a flow runs in it: both look through one planner."""
    known, states = decided()
    states[TEAM][D2] = HOLDS
    later = known.after({TEAM: frozenset({D2})})
    keep, other = Planner._kept, threading.Thread(target=later.find, args=(CONTEXT, D3))

    def interrupted(self: Planner, *given: Any) -> Any:
        monkeypatch.setattr(Planner, "_kept", keep)
        other.start()
        # It waits for this thread to be done, which is not known before.
        other.join(0.2)
        return keep(self, *given)

    monkeypatch.setattr(Planner, "_kept", interrupted)
    assert later.find(CONTEXT, D3).outcome is Outcome.DONE
    other.join()
    assert kept(known, later, CONTEXT) == {D1, D2, OTHER_SEASON}
